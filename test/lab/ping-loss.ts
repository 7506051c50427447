// Pings that go on while something happens, five a second: how many got no answer?
import type { Ping } from './addresses.ts';
import type { Mesh } from './mesh.ts';
import { waitFor } from './wait-for.ts';

export interface PingStream {
  readonly what: string;
  /** Waits for one more answer; gives how many of those sent before it were not answered. */
  readonly lost: () => Promise<{ readonly lost: number; readonly sent: number }>;
  readonly stop: () => Promise<void>;
}

const answeredIn = (output: string): readonly number[] =>
  Array.from(output.matchAll(/ bytes from .* icmp_seq=(\d+) /g), ([, sequence]) =>
    Number(sequence),
  );

let number = 0;

/** A node has addresses outside the mesh, too: `source` is the one in it. */
export const startPings = (mesh: Mesh, { from, source, to }: Ping): PingStream => {
  number += 1;
  const words = ['ping', '-n', '-i', '0.2', ...(source === undefined ? [] : ['-I', source]), to];
  const ping = mesh.host(from).start(`ping-${number}`, words);
  return {
    what: `${from} to ${to}`,
    lost: async () => {
      const last = answeredIn(ping.output()).at(-1) ?? 0;
      const what = `${to} to answer ${from} once more`;
      const answered = await waitFor({ what, deadlineMs: 30_000 }, () => {
        const now = answeredIn(ping.output());
        return (now.at(-1) ?? 0) > last ? now : `${now.length} answers so far`;
      });
      const sent = answered.at(-1) ?? 0;
      return { sent, lost: sent - new Set(answered).size };
    },
    stop: async () => {
      await ping.stop('SIGINT');
    },
  };
};
