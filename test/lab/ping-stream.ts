// Pings that go on while something happens: how many got no answer, and when answers came.
import type { Mesh } from './mesh.ts';
import { waitFor } from './wait-for.ts';

export interface PingStream {
  readonly what: string;
  /** Unix milliseconds of every answer so far. */
  readonly answers: () => readonly number[];
  /** Waits for one more answer; gives how many of those sent before it were not answered. */
  readonly lost: () => Promise<{ readonly lost: number; readonly sent: number }>;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly sequence: number;
  readonly atMs: number;
}

const answersIn = (output: string): readonly Answer[] =>
  Array.from(
    output.matchAll(/^\[(\d+\.\d+)\] \d+ bytes from .* icmp_seq=(\d+) /gm),
    ([, seconds, sequence]) => ({ sequence: Number(sequence), atMs: 1000 * Number(seconds) }),
  );

let number = 0;

export const startPings = (mesh: Mesh, from: string, to: string): PingStream => {
  number += 1;
  const ping = mesh.host(from).start(`ping-${number}`, ['ping', '-n', '-D', '-i', '0.2', to]);
  const read = (): readonly Answer[] => answersIn(ping.output());
  return {
    what: `${from} to ${to}`,
    answers: () => read().map(({ atMs }) => atMs),
    lost: async () => {
      const last = read().at(-1)?.sequence ?? 0;
      const what = `${to} to answer ${from} once more`;
      const answers = await waitFor({ what, deadlineMs: 30_000 }, () => {
        const now = read();
        return (now.at(-1)?.sequence ?? 0) > last ? now : `${now.length} answers so far`;
      });
      const sent = answers.at(-1)?.sequence ?? 0;
      return { sent, lost: sent - new Set(answers.map(({ sequence }) => sequence)).size };
    },
    stop: async () => {
      await ping.stop('SIGINT');
    },
  };
};
