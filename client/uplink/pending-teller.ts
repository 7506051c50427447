// Says that this node waits for an operator: at once, and again now and then.
import type { UplinkGiven } from './given.ts';

const againMs = 600_000;

export class PendingTeller {
  readonly #given: Pick<UplinkGiven, 'log' | 'monotonicMs' | 'onTrouble'>;
  #said: { readonly reason: string; readonly atMs: number } | undefined;

  constructor(given: Pick<UplinkGiven, 'log' | 'monotonicMs' | 'onTrouble'>) {
    this.#given = given;
  }

  tell(address: string, reason: string, fingerprint: string): void {
    const { log, monotonicMs, onTrouble } = this.#given;
    onTrouble({ kind: 'pending', reason });
    const atMs = monotonicMs();
    if (this.#said?.reason === reason && atMs - this.#said.atMs < againMs) return;
    this.#said = { reason, atMs };
    log.warn(reason, { address, fingerprint });
  }
}
