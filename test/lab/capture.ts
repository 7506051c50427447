// Looks at packets of a host while something is done: lines of tcpdump, all interfaces.
import type { Host } from './host.ts';
import { waitFor } from './wait-for.ts';

export interface Seen {
  readonly interface: string;
  readonly direction: 'In' | 'Out' | 'other';
}

const seenFrom = (line: string): Seen | undefined => {
  const found = /^\S+ (\S+)\s+(In|Out|P|B|M)\s/.exec(line);
  if (found === null) return undefined;
  const direction = found[2] === 'In' || found[2] === 'Out' ? found[2] : 'other';
  return { interface: found[1] ?? '', direction };
};

let number = 0;

/** What `filter` (pcap-filter(7)) catches on the host while `act` runs. */
export const captureWhile = async (
  host: Host,
  filter: string,
  act: () => Promise<void>,
): Promise<readonly Seen[]> => {
  const words = ['tcpdump', '-l', '-n', '--immediate-mode', '-i', 'any', filter];
  number += 1;
  const tcpdump = host.start(`tcpdump-${number}`, words);
  await waitFor({ what: `tcpdump on ${host.name}`, deadlineMs: 20_000 }, () =>
    tcpdump.output().includes('listening on') ? true : tcpdump.output(),
  );
  await act();
  // Told to stop, tcpdump first prints what the kernel still holds for it.
  await tcpdump.stop('SIGINT');
  return tcpdump
    .output()
    .split('\n')
    .flatMap((line) => seenFrom(line) ?? []);
};

export const count = (seen: readonly Seen[], name: RegExp, direction: Seen['direction']): number =>
  seen.filter((each) => name.test(each.interface) && each.direction === direction).length;
