// Signed words on the wire: the payloads, each with the context that its signature is bound to.
import { ControllerProof as WireControllerProof } from '../../proto/gen/meshover/v1/joining.ts';
import {
  MembershipCertificate as WireMembershipCertificate,
  Removal as WireRemoval,
  Signed as WireSigned,
  Statement as WireStatement,
  Succession as WireSuccession,
} from '../../proto/gen/meshover/v1/mesh.ts';
import { asnFrom } from '../address/asn.ts';
import { parseHostname } from '../address/hostname.ts';

import { parseRegisterKey } from '../address/key.ts';
import type {
  ControllerProof,
  MembershipCertificate,
  Removal,
  Signed,
  Statement,
  Succession,
} from '../mesh/trust.ts';
import { allParsed, malformed, parsed, type Parsed } from '../outcome/parsed.ts';
import { addressOf } from './address.ts';
import { identityKeyFromWire, keyToWire, wireguardKeyFromWire } from './key.ts';

/** How one kind of word is written and read; `context` keeps a signature from serving another kind. */
export interface SignedKind<T> {
  readonly context: string;
  encode(word: T): Uint8Array;
  decode(payload: Uint8Array): Parsed<T>;
}

export interface OpenSigned {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export const closeSigned = (open: OpenSigned): Signed =>
  Buffer.from(
    WireSigned.encode({
      payload: Buffer.from(open.payload),
      signature: Buffer.from(open.signature),
    }).finish(),
  ).toString('base64') as Signed;

export const openSigned = (signed: Signed): Parsed<OpenSigned> => {
  try {
    return parsed(WireSigned.decode(Buffer.from(signed, 'base64')));
  } catch (fault) {
    return malformed(`a signed word cannot be read (${String(fault)})`);
  }
};

/** Empty bytes are no word at all. */
export const signedFromWire = (bytes: Uint8Array): Signed | undefined =>
  bytes.length === 0 ? undefined : (Buffer.from(bytes).toString('base64') as Signed);

export const signedToWire = (signed: Signed | undefined): Buffer =>
  Buffer.from(signed ?? '', 'base64');

const decoding =
  <W, T>(
    message: { decode(bytes: Uint8Array): W },
    read: (wire: W) => Parsed<T>,
  ): ((payload: Uint8Array) => Parsed<T>) =>
  (payload) => {
    try {
      return read(message.decode(payload));
    } catch (fault) {
      return malformed(`it cannot be read (${String(fault)})`);
    }
  };

export const statementKind: SignedKind<Statement> = {
  context: 'meshover.v1.Statement',
  encode: (word) =>
    WireStatement.encode({
      ...word,
      wireguardKey: keyToWire(word.wireguardKey),
      tunnelAddresses: [word.tunnelAddress6, word.tunnelAddress4],
      exchangeKey: Buffer.from(word.exchangeKey, 'base64'),
    }).finish(),
  decode: decoding(WireStatement, (wire) =>
    allParsed<Statement>(
      {
        registerId: parsed(wire.registerId),
        name: parseHostname(wire.name),
        wireguardKey: wireguardKeyFromWire(wire.wireguardKey),
        tunnelAddress6: addressOf(wire.tunnelAddresses, 6),
        tunnelAddress4: addressOf(wire.tunnelAddresses, 4),
        exchangeKey: parsed(Buffer.from(wire.exchangeKey).toString('base64')),
        sequence: parsed(wire.sequence),
      },
      'statement',
    ),
  ),
};

export const membershipKind: SignedKind<MembershipCertificate> = {
  context: 'meshover.v1.MembershipCertificate',
  encode: (word) =>
    WireMembershipCertificate.encode({
      ...word,
      identityKey: keyToWire(word.identityKey),
      tunnelAddresses: [word.tunnelAddress6, word.tunnelAddress4],
      nodeAddresses: [word.nodeAddress6, word.nodeAddress4],
    }).finish(),
  decode: decoding(WireMembershipCertificate, (wire) =>
    allParsed<MembershipCertificate>(
      {
        registerId: parsed(wire.registerId),
        name: parseHostname(wire.name),
        identityKey: identityKeyFromWire(wire.identityKey),
        asn: asnFrom(wire.asn),
        tunnelAddress6: addressOf(wire.tunnelAddresses, 6),
        tunnelAddress4: addressOf(wire.tunnelAddresses, 4),
        nodeAddress6: addressOf(wire.nodeAddresses, 6),
        nodeAddress4: addressOf(wire.nodeAddresses, 4),
        serial: parsed(wire.serial),
        epoch: parsed(wire.epoch),
        issuedAtSeconds: parsed(wire.issuedAtSeconds),
      },
      'membership certificate',
    ),
  ),
};

export const successionKind: SignedKind<Succession> = {
  context: 'meshover.v1.Succession',
  encode: (word) =>
    WireSuccession.encode({
      ...word,
      oldIdentityKey: keyToWire(word.oldIdentityKey),
      newIdentityKey: keyToWire(word.newIdentityKey),
    }).finish(),
  decode: decoding(WireSuccession, (wire) =>
    allParsed<Succession>(
      {
        registerId: parsed(wire.registerId),
        name: parseHostname(wire.name),
        oldIdentityKey: identityKeyFromWire(wire.oldIdentityKey),
        newIdentityKey: identityKeyFromWire(wire.newIdentityKey),
        issuedAtSeconds: parsed(wire.issuedAtSeconds),
      },
      'succession',
    ),
  ),
};

export const removalKind: SignedKind<Removal> = {
  context: 'meshover.v1.Removal',
  encode: (word) => WireRemoval.encode({ ...word }).finish(),
  decode: decoding(WireRemoval, (wire) =>
    allParsed<Removal>(
      {
        registerId: parsed(wire.registerId),
        epoch: parsed(wire.epoch),
        name: parseHostname(wire.name),
        asn: asnFrom(wire.asn),
        removedAt: parsed(wire.removedAt),
        reason: parsed(wire.reason),
      },
      'removal',
    ),
  ),
};

export const controllerProofKind: SignedKind<ControllerProof> = {
  context: 'meshover.v1.ControllerProof',
  encode: (word) =>
    WireControllerProof.encode({
      ...word,
      nonce: Buffer.from(word.nonce, 'hex'),
      registerKey: Buffer.from(word.registerKey, 'base64'),
      certificateHash: Buffer.from(word.certificateHash, 'hex'),
    }).finish(),
  decode: decoding(WireControllerProof, (wire) =>
    allParsed<ControllerProof>(
      {
        nonce: parsed(Buffer.from(wire.nonce).toString('hex')),
        registerId: parsed(wire.registerId),
        registerKey: parseRegisterKey(Buffer.from(wire.registerKey).toString('base64')),
        certificateHash: parsed(Buffer.from(wire.certificateHash).toString('hex')),
        nowMs: parsed(wire.nowMs),
      },
      'controller proof',
    ),
  ),
};
