// What the services are given to answer with.
import type { KeyObject } from 'node:crypto';
import type { RegisterKey } from '../../shared/address/key.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { RefusalCode } from '../../shared/outcome/refusal.ts';
import type { CallerChecks } from '../auth/caller.ts';
import type { Hub } from '../hub/hub.ts';
import type { Store } from '../store/store.ts';

/** What the services count, for the metrics. */
export interface Counters {
  joined(): void;
  refused(code: RefusalCode): void;
}

/** What the controller proves of itself. */
export interface ControllerIdentity {
  readonly registerKey: RegisterKey;
  /** Private half of the register's key. */
  readonly signingKey: KeyObject;
  /** Hexadecimal SHA-256 of the server's certificate (DER). */
  readonly certificateHash: string;
}

export interface RpcGiven {
  readonly identity: ControllerIdentity;
  readonly hub: Hub;
  readonly checks: CallerChecks;
  readonly counters: Counters;
  readonly auditLog: Pick<Store, 'readEvents'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly open: boolean;
  readonly startedAtMs: number;
}
