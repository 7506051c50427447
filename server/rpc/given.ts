// What the services are given to answer with.
import type { Hostname } from '../../shared/address/hostname.ts';
import type { IdentityKey } from '../../shared/address/key.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Outcome, RefusalCode } from '../../shared/outcome/refusal.ts';
import type { Hub } from '../hub/hub.ts';

export type Caller =
  | { readonly kind: 'node'; readonly name: Hostname }
  | { readonly kind: 'admin' }
  | { readonly kind: 'anyone' };

export interface Claimed {
  /** Full path: "/meshover.v1.Joining/Join". */
  readonly method: string;
  /** The value of the metadata entry "authorization". */
  readonly authorization: string | undefined;
  readonly registerId: string;
  /** The key that a node of this name must sign with. */
  readonly keyOf: (name: Hostname) => IdentityKey | undefined;
}

export interface RpcGiven {
  readonly hub: Hub;
  /** Who calls, and whether that caller may call this at all. */
  readonly authenticate: (claimed: Claimed) => Promise<Outcome<Caller>>;
  readonly counters: { joined(): void; refused(code: RefusalCode): void };
  readonly clock: Clock;
  readonly log: Log;
  readonly open: boolean;
  readonly startedAtMs: number;
}
