// Pings ten times a second with time stamps: when did the answers begin, when did they end?
import type { Mesh } from '../../lab/mesh.ts';
import type { Running } from '../../lab/host.ts';

export interface PingStream {
  /** Unix milliseconds of every answer so far. */
  readonly answers: () => readonly number[];
  readonly stop: () => Promise<void>;
}

let number = 0;

export interface Way {
  readonly from: string;
  /** A node address of `from`. */
  readonly source: string;
  readonly to: string;
}

export const startPings = (mesh: Mesh, { from, source, to }: Way): PingStream => {
  number += 1;
  const words = ['ping', '-n', '-D', '-i', '0.1', '-W', '1', '-I', source, to];
  const ping: Running = mesh.host(from).start(`ping-trust-${number}`, words);
  return {
    answers: () =>
      [...ping.output().matchAll(/^\[(\d+\.\d+)\] \d+ bytes from/gm)].map(
        ([, seconds]) => 1000 * Number(seconds),
      ),
    stop: async () => {
      await ping.stop('SIGINT');
    },
  };
};
