// What the services are given to answer with.
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { RefusalCode } from '../../shared/outcome/refusal.ts';
import type { CallerChecks } from '../auth/caller.ts';
import type { Hub } from '../hub/hub.ts';

/** What the services count, for the metrics. */
export interface Counters {
  joined(): void;
  refused(code: RefusalCode): void;
}

export interface RpcGiven {
  readonly hub: Hub;
  readonly checks: CallerChecks;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly log: Log;
  readonly open: boolean;
  readonly startedAtMs: number;
}
