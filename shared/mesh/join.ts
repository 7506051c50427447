// What a node says of itself when it joins.
import type { Endpoint } from '../address/endpoint.ts';
import type { Hostname } from '../address/hostname.ts';
import type { IdentityKey, WireGuardKey } from '../address/key.ts';
import type { Prefix } from '../address/prefix.ts';
import type { Secret } from '../log/secret.ts';
import type { Gathering, LinkDriver } from './peer.ts';

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
  /** Undefined where the node has none. */
  readonly token: Secret | undefined;
  readonly version: string;
  /** Answer as if joined, but change nothing. */
  readonly dryRun: boolean;
}
