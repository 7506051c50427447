// What a node says of itself when it joins.
import type { Endpoint } from '../address/endpoint.ts';
import type { Hostname } from '../address/hostname.ts';
import type { IdentityKey, WireGuardKey } from '../address/key.ts';
import type { Prefix } from '../address/prefix.ts';
import type { Gathering, LinkDriver } from './peer.ts';
import type { Signed } from './trust.ts';

export interface JoinRequest {
  readonly name: Hostname;
  readonly wireguardKey: WireGuardKey;
  readonly identityKey: IdentityKey;
  /** Best first. */
  readonly endpoints: readonly Endpoint[];
  readonly gathering: readonly Gathering[];
  /** Prefixes that the node asks to announce. */
  readonly advertise: readonly Prefix[];
  readonly linkDriver: LinkDriver;
  /** A join token; '' where the node has none. Secret. */
  readonly token: string;
  /** Statement by the identity key; undefined while the node does not know its addresses. */
  readonly signedStatement: Signed | undefined;
  /** Succession, when the identity key follows another one. */
  readonly succession: Signed | undefined;
}
