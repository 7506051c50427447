// A statement that a node signed before the one that its peers know: for another WireGuard key.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityFrom } from '../../../client/identity/keys.ts';
import type { Peer } from '../../../proto/gen/meshover/v1/mesh.ts';
import type { WireGuardKey } from '../../../shared/address/key.ts';
import { Secret } from '../../../shared/log/secret.ts';
import { peekWord, signWord } from '../../../shared/trust/signed.ts';
import { signedFromWire, signedToWire, statementKind } from '../../../shared/wire/signed.ts';
import type { Host } from '../../lab/host.ts';

/** As a controller would keep it from earlier days: the peer with that key and that statement. */
export const olderStatement = (host: Host, peer: Peer): Peer => {
  const path = join(host.libDirectory, 'meshover', 'identity', 'keys');
  const [, body = ''] = readFileSync(path, 'utf8').split('\n');
  const kept = JSON.parse(body) as { readonly identity: string; readonly wireguard: string };
  const identity = identityFrom({
    identity: new Secret(kept.identity),
    wireguard: new Secret(kept.wireguard),
  });
  const signed = signedFromWire(peer.signedStatement);
  const word = signed && peekWord(statementKind, signed);
  if (!identity.ok || word?.ok !== true) throw new Error(`no statement of ${peer.name}`);
  const wireguardKey = Buffer.alloc(32, 9);
  const older = {
    ...word.value,
    wireguardKey: wireguardKey.toString('base64') as WireGuardKey,
    sequence: word.value.sequence - 1n,
  };
  const signedStatement = signedToWire(signWord(statementKind, older, identity.value.signingKey));
  return { ...peer, wireguardKey, signedStatement };
};
