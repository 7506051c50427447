// Tells of connections that were cut: once a minute, whatever the flood.
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Cut } from './door.ts';

/** A health check or a port scan is of no interest; this many in a minute are. */
const worthTelling = 100;
const mostSources = 1_000;
const everyMs = 60_000;

/** What an honest node never does, or what may keep one out. */
const grave: ReadonlySet<Cut> = new Set(['too-many', 'too-much', 'request-late', 'not-reading']);

export interface CutTeller {
  told(cut: Cut, source: string | undefined): void;
  close(): void;
}

export const tellCuts = ({ clock, log }: { clock: Clock; log: Log }): CutTeller => {
  let cuts = new Map<Cut, number>();
  let sources = new Map<string, number>();
  let cancel: (() => void) | undefined;
  const tell = (): void => {
    const count = [...cuts.values()].reduce((sum, each) => sum + each, 0);
    const level = count >= worthTelling || [...cuts.keys()].some(isGrave) ? 'warn' : 'debug';
    log[level]('connections were turned away or cut in the last minute', {
      count,
      code: inOrder(cuts),
      reason: `most of them from ${inOrder(sources) || 'this machine'}; nodes that are served are not touched`,
    });
    cuts = new Map();
    sources = new Map();
    cancel = undefined;
  };
  return {
    told: (cut, source) => {
      log.debug('a connection was turned away or cut', { code: cut, address: source ?? 'here' });
      cuts.set(cut, (cuts.get(cut) ?? 0) + 1);
      if (source !== undefined && (sources.has(source) || sources.size < mostSources)) {
        sources.set(source, (sources.get(source) ?? 0) + 1);
      }
      cancel ??= clock.after(everyMs, tell);
    },
    close: () => {
      cancel?.();
    },
  };
};

const isGrave = (cut: Cut): boolean => grave.has(cut);

/** The five most frequent. */
const inOrder = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .sort(([a, most], [b, count]) => count - most || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([name, count]) => `${name} ${String(count)}`)
    .join(', ');
