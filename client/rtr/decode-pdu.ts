// Bytes → an RTR message, or the code of the Error Report that answers them.
import { bitsOf, ipFromBigint, type Family } from '../../shared/address/ip.ts';
import { networkOf, prefixOf } from '../../shared/address/prefix.ts';
import {
  headerLength,
  pduTypes,
  rtrVersions,
  subjectKeyIdLength,
  type ErrorCode,
  type Intervals,
  type Pdu,
  type RtrVersion,
} from './pdu.ts';

export interface Header {
  readonly version: number;
  readonly type: number;
  /** Session id, error code or flags, as the type says. */
  readonly field: number;
  /** Of the whole message. */
  readonly length: number;
}

export interface Wrong {
  readonly code: ErrorCode;
  readonly text: string;
}

export type Decoded =
  | { readonly ok: true; readonly version: RtrVersion; readonly pdu: Pdu }
  | { readonly ok: false; readonly wrong: Wrong };

/** Undefined until there are enough bytes. */
export const headerOf = (bytes: Uint8Array): Header | undefined => {
  if (bytes.length < headerLength) return undefined;
  const view = viewOf(bytes);
  return {
    version: view.getUint8(0),
    type: view.getUint8(1),
    field: view.getUint16(2),
    length: view.getUint32(4),
  };
};

/** `bytes` is one whole message; what its header says of the length is checked too. */
export const decodePdu = (bytes: Uint8Array): Decoded => {
  const header = headerOf(bytes);
  if (header === undefined) return wrong('corrupt-data', `${bytes.length} bytes are no header`);
  const version = rtrVersions.find((each) => each === header.version);
  if (version === undefined) {
    return wrong('unsupported-protocol-version', `version ${header.version} is not 0 or 1`);
  }
  if (header.length !== bytes.length) {
    return wrong('corrupt-data', `a message cannot have the length ${header.length}`);
  }
  const read = readerOf(header.type, version);
  if (read === undefined) {
    return wrong('unsupported-pdu-type', `type ${header.type} in version ${version}`);
  }
  const pdu = read(header, bytes.subarray(headerLength));
  return pdu === undefined
    ? wrong('corrupt-data', `type ${header.type} of ${bytes.length} bytes does not fit its shape`)
    : { ok: true, version, pdu };
};

const wrong = (code: ErrorCode, text: string): Decoded => ({ ok: false, wrong: { code, text } });

type Reader = (header: Header, body: Uint8Array) => Pdu | undefined;

const readerOf = (type: number, version: RtrVersion): Reader | undefined => {
  switch (type) {
    case pduTypes['serial-notify']:
      return withSerial('serial-notify');
    case pduTypes['serial-query']:
      return withSerial('serial-query');
    case pduTypes['reset-query']:
      return (_, body) => (body.length === 0 ? { kind: 'reset-query' } : undefined);
    case pduTypes['cache-reset']:
      return (_, body) => (body.length === 0 ? { kind: 'cache-reset' } : undefined);
    case pduTypes['cache-response']:
      return ({ field }, body) =>
        body.length === 0 ? { kind: 'cache-response', sessionId: field } : undefined;
    case pduTypes.prefix4:
      return (_, body) => prefixFrom(body, 4);
    case pduTypes.prefix6:
      return (_, body) => prefixFrom(body, 6);
    case pduTypes['end-of-data']:
      return version === 0 ? endOfData0 : endOfData1;
    case pduTypes['router-key']:
      return version === 0 ? undefined : routerKeyFrom;
    case pduTypes['error-report']:
      return errorReportFrom;
    default:
      return undefined;
  }
};

const withSerial =
  (kind: 'serial-notify' | 'serial-query'): Reader =>
  ({ field }, body) =>
    body.length === 4 ? { kind, sessionId: field, serial: viewOf(body).getUint32(0) } : undefined;

const endOfData0: Reader = ({ field }, body) =>
  body.length === 4
    ? {
        kind: 'end-of-data',
        sessionId: field,
        serial: viewOf(body).getUint32(0),
        intervals: undefined,
      }
    : undefined;

const endOfData1: Reader = ({ field }, body) => {
  if (body.length !== 16) return undefined;
  const view = viewOf(body);
  const intervals: Intervals = {
    refresh: view.getUint32(4),
    retry: view.getUint32(8),
    expire: view.getUint32(12),
  };
  return { kind: 'end-of-data', sessionId: field, serial: view.getUint32(0), intervals };
};

const prefixFrom = (body: Uint8Array, family: Family): Pdu | undefined => {
  const bits = bitsOf(family);
  if (body.length !== 8 + bits / 8) return undefined;
  const view = viewOf(body);
  const [length, maxLength] = [view.getUint8(1), view.getUint8(2)];
  if (length > maxLength || maxLength > bits) return undefined;
  let value = 0n;
  for (let at = 4; at < 4 + bits / 8; at += 4) value = (value << 32n) | BigInt(view.getUint32(at));
  const network = ipFromBigint(family, value);
  const prefix = prefixOf(network, length);
  if (networkOf(prefix) !== network) return undefined;
  const vrp = { prefix, maxLength, asn: view.getUint32(4 + bits / 8) };
  return { kind: 'prefix', announces: (view.getUint8(0) & 1) === 1, vrp };
};

const routerKeyFrom: Reader = ({ field }, body) => {
  const before = subjectKeyIdLength + 4;
  if (body.length <= before) return undefined;
  return {
    kind: 'router-key',
    announces: (field & 0x100) !== 0,
    subjectKeyId: body.slice(0, subjectKeyIdLength),
    asn: viewOf(body).getUint32(subjectKeyIdLength),
    publicKey: body.slice(before),
  };
};

const errorReportFrom: Reader = ({ field }, body) => {
  const view = viewOf(body);
  if (body.length < 8) return undefined;
  const aboutLength = view.getUint32(0);
  if (aboutLength > body.length - 8) return undefined;
  const textAt = 4 + aboutLength + 4;
  if (view.getUint32(4 + aboutLength) !== body.length - textAt) return undefined;
  return {
    kind: 'error-report',
    code: field,
    about: body.slice(4, 4 + aboutLength),
    text: new TextDecoder().decode(body.subarray(textAt)),
  };
};

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
