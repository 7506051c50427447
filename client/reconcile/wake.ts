// What wakes the agent, and when: pure decisions over the times of causes and turns.

/** "route" is a change that gathering follows at once. */
export type Cause = 'view' | 'kernel' | 'route' | 'resync' | 'retry' | 'operator';

export interface Pace {
  /** When the next turn is due; undefined = none. */
  readonly dueAt: number | undefined;
  readonly causes: readonly Cause[];
  readonly lastEndedAt: number;
  readonly lastDurationMs: number;
}

/** From the start of one turn to the next, whatever the turn took, so that damage is seen in 10 s. */
export const resyncMs = 7_000;
const leastRestMs = 1_000;
const debounceMs = 50;
const routeDebounceMs = 5;
const longestRestMs = 2_000;

export const startingPace = (now: number): Pace => ({
  dueAt: undefined,
  causes: [],
  lastEndedAt: now - longestRestMs,
  lastDurationMs: 0,
});

/** A cause never postpones a turn that is due already, so that steady noise cannot starve it. */
export const wakeFor = (pace: Pace, cause: Cause, now: number): Pace => {
  const at = Math.max(now + quietMs(cause), pace.lastEndedAt + restMs(cause, pace.lastDurationMs));
  return {
    ...pace,
    dueAt: pace.dueAt === undefined ? at : Math.min(pace.dueAt, at),
    causes: pace.causes.includes(cause) ? pace.causes : [...pace.causes, cause].sort(),
  };
};

export const paceAfterTurn = (
  pace: Pace,
  turn: {
    readonly startedAt: number;
    readonly endedAt: number;
    /** Start of the last turn that looked at everything. */
    readonly resyncFrom: number;
  },
): Pace => {
  const ended = {
    ...pace,
    lastEndedAt: turn.endedAt,
    lastDurationMs: turn.endedAt - turn.startedAt,
  };
  const resyncAt = Math.max(turn.resyncFrom + resyncMs, turn.endedAt + leastRestMs);
  return { ...ended, dueAt: Math.min(ended.dueAt ?? resyncAt, resyncAt) };
};

/** A gatherer's way changed and nothing else: the rules and routes are looked at, the rest is not. */
export const isOnlyRoutes = (causes: readonly Cause[]): boolean =>
  causes.length > 0 && causes.every((cause) => cause === 'route');

/** What came while a turn ran counts for the next one. */
export const paceAtTurn = (pace: Pace): Pace => ({ ...pace, dueAt: undefined, causes: [] });

/** Changes come in bursts: a moment of patience makes them one turn. */
const quietMs = (cause: Cause): number => (cause === 'route' ? routeDebounceMs : debounceMs);

/** Under constant kernel noise the agent spends at most a fifth of its time on turns. */
const restMs = (cause: Cause, durationMs: number): number =>
  cause === 'kernel' ? Math.min(longestRestMs, 4 * durationMs) : cause === 'route' ? durationMs : 0;

/** Interfaces that container engines make and remove all day. */
const noisyInterface = /^\[(LINK|ADDR)\](Deleted )?\d+: (veth|docker|br-|cali|cni|lxc)/;

/** Judges one line of `ip monitor label`; undefined = nothing that concerns us. */
export const causeOf = (line: string, gathers: boolean): 'kernel' | 'route' | undefined => {
  if (line.startsWith('[LINK]') || line.startsWith('[ADDR]')) {
    return noisyInterface.test(line) ? undefined : 'kernel';
  }
  if (line.startsWith('[RULE]')) return 'kernel';
  if (!line.startsWith('[ROUTE]') || line.includes('table local')) return undefined;
  if (/ proto (bgp|186) /.test(line)) return gathers ? 'route' : undefined;
  return /\](Deleted )?default | proto 109 /.test(line) ? 'kernel' : undefined;
};
