// Follows a host's routes with the kernel's own moments: `ip -ts monitor route`.
import type { Host, Running } from './host.ts';
import { waitFor } from './wait-for.ts';

export interface RouteChange {
  readonly atMs: number;
  readonly gone: boolean;
  /** As `ip` writes it: "default", "10.0.0.0/8", "fd00::1". */
  readonly destination: string;
  readonly line: string;
}

export interface RouteEvents {
  /** All since the start: what came for a moment is seen, too. */
  readonly changes: () => readonly RouteChange[];
  /** When (Unix milliseconds) a line that matches was last printed; undefined = never. */
  readonly lastAt: (pattern: RegExp) => number | undefined;
  readonly stop: () => Promise<number>;
}

let number = 0;

/** Once this has resolved, nothing is missed. */
export const followRoutes = async (host: Host): Promise<RouteEvents> => {
  number += 1;
  const monitor = host.start(`routes-${number}`, ['ip', '-ts', 'monitor', 'route']);
  const mark = `198.18.0.${number}`;
  const [add, remove] = ['add', 'del'].map(
    (verb) => `ip route ${verb} unreachable ${mark} table 77`,
  );
  await waitFor({ what: `ip monitor on ${host.name}`, deadlineMs: 20_000 }, async () => {
    await host.shell(`${add}; ${remove}`);
    return monitor.output().includes(mark) ? true : 'its own mark is not told';
  });
  return {
    changes: () => changesIn(monitor.output()).filter(({ destination }) => destination !== mark),
    lastAt: (pattern) => lastAt(monitor, pattern),
    stop: () => monitor.stop(),
  };
};

const kinds = new Set(['unicast', 'blackhole', 'unreachable', 'prohibit', 'local', 'multicast']);

const changesIn = (output: string): readonly RouteChange[] =>
  output.split('\n').flatMap((line) => {
    const found = /^\[([^\]]+)\] (Deleted )?(.*)$/.exec(line);
    if (found === null) return [];
    const [, at = '', deleted, rest = ''] = found;
    const [first = '', second = ''] = rest.split(' ');
    const destination = kinds.has(first) ? second : first;
    return { atMs: new Date(at).getTime(), gone: deleted !== undefined, destination, line };
  });

const lastAt = (monitor: Running, pattern: RegExp): number | undefined => {
  const line = monitor
    .output()
    .split('\n')
    .findLast((each) => pattern.test(each));
  const stamp = /^\[([^\]]+)\]/.exec(line ?? '')?.[1];
  return stamp === undefined ? undefined : new Date(stamp).getTime();
};
