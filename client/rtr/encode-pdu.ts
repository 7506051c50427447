// An RTR message → its bytes.
import { bitsOf, ipToBigint } from '../../shared/address/ip.ts';
import { lengthOf, networkOf, prefixFamily } from '../../shared/address/prefix.ts';
import { headerLength, pduTypes, type Pdu, type RtrVersion } from './pdu.ts';

/** In version 0 an End of Data has no intervals; a router key exists in version 1 only. */
export const encodePdu = (version: RtrVersion, pdu: Pdu): Uint8Array => {
  switch (pdu.kind) {
    case 'serial-notify':
    case 'serial-query':
      return bytesOf(version, pduTypes[pdu.kind], {
        field: pdu.sessionId,
        body: words(pdu.serial),
      });
    case 'reset-query':
    case 'cache-reset':
      return bytesOf(version, pduTypes[pdu.kind], {});
    case 'cache-response':
      return bytesOf(version, pduTypes[pdu.kind], { field: pdu.sessionId });
    case 'prefix':
      return prefixBytes(version, pdu);
    case 'end-of-data': {
      const { refresh, retry, expire } = pdu.intervals ?? { refresh: 0, retry: 0, expire: 0 };
      const body = version === 0 ? words(pdu.serial) : words(pdu.serial, refresh, retry, expire);
      return bytesOf(version, pduTypes[pdu.kind], { field: pdu.sessionId, body });
    }
    case 'router-key': {
      const body = joined(pdu.subjectKeyId, words(pdu.asn), pdu.publicKey);
      return bytesOf(version, pduTypes[pdu.kind], { field: pdu.announces ? 0x100 : 0, body });
    }
    case 'error-report': {
      const text = new TextEncoder().encode(pdu.text);
      const body = joined(words(pdu.about.length), pdu.about, words(text.length), text);
      return bytesOf(version, pduTypes[pdu.kind], { field: pdu.code, body });
    }
  }
};

type PrefixPdu = Extract<Pdu, { readonly kind: 'prefix' }>;

const prefixBytes = (version: RtrVersion, { announces, vrp }: PrefixPdu): Uint8Array => {
  const family = prefixFamily(vrp.prefix);
  const network = ipToBigint(networkOf(vrp.prefix));
  const address = Array.from({ length: bitsOf(family) / 32 }, (_, index) =>
    Number((network >> BigInt(bitsOf(family) - 32 * (index + 1))) & 0xffff_ffffn),
  );
  const lengths = ((announces ? 1 : 0) << 24) | (lengthOf(vrp.prefix) << 16) | (vrp.maxLength << 8);
  return bytesOf(version, family === 4 ? pduTypes.prefix4 : pduTypes.prefix6, {
    body: words(lengths, ...address, vrp.asn),
  });
};

const bytesOf = (
  version: RtrVersion,
  type: number,
  { field = 0, body = new Uint8Array() }: { readonly field?: number; readonly body?: Uint8Array },
): Uint8Array => {
  const bytes = new Uint8Array(headerLength + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  view.setUint8(1, type);
  view.setUint16(2, field);
  view.setUint32(4, bytes.length);
  bytes.set(body, headerLength);
  return bytes;
};

const words = (...values: readonly number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => {
    view.setUint32(4 * index, value);
  });
  return new Uint8Array(view.buffer);
};

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};
