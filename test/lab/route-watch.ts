// Every change of a host's routes from now on, as the kernel tells it: what came for a moment is seen too.
import type { Mesh } from './mesh.ts';
import { waitFor } from './wait-for.ts';

export interface RouteChange {
  readonly atMs: number;
  readonly gone: boolean;
  /** An address or prefix as `ip` writes it: "default", "10.0.0.0/8", "fd00::1". */
  readonly destination: string;
  readonly line: string;
}

export interface RouteWatch {
  readonly changes: () => readonly RouteChange[];
  readonly stop: () => Promise<void>;
}

const kinds = new Set(['unicast', 'blackhole', 'unreachable', 'prohibit', 'local', 'multicast']);

const changeFrom = (line: string): RouteChange | undefined => {
  const found = /^\[([^\]]+)\] (?:\[ROUTE\])?(Deleted )?(.*)$/.exec(line);
  if (found === null) return undefined;
  const [, at = '', deleted, rest = ''] = found;
  const words = rest.split(' ');
  const destination = kinds.has(words[0] ?? '') ? words[1] : words[0];
  return {
    atMs: Date.parse(at),
    gone: deleted !== undefined,
    destination: destination ?? '',
    line,
  };
};

let number = 0;

export const watchRoutes = async (mesh: Mesh, name: string): Promise<RouteWatch> => {
  number += 1;
  const host = mesh.host(name);
  const monitor = host.start(`routes-${number}`, ['ip', '-o', '-ts', 'monitor', 'route']);
  // A route of documentation that shows that the watch has begun.
  const probe = '192.0.2.255';
  await waitFor({ what: `ip monitor on ${name}`, deadlineMs: 20_000 }, async () => {
    await host.shell(`ip route add blackhole ${probe}; ip route del blackhole ${probe}\n`);
    return monitor.output().includes(`Deleted blackhole ${probe}`) ? true : monitor.output();
  });
  return {
    changes: () =>
      monitor
        .output()
        .split('\n')
        .flatMap((line) => changeFrom(line) ?? [])
        .filter(({ destination }) => destination !== probe),
    stop: async () => {
      await monitor.stop();
    },
  };
};
