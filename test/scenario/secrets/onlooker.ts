// What a user without rights sees of the processes, again and again while nodes join.
import type { Running } from '../../lab/host.ts';
import { startInLab } from '../../lab/host.ts';

export interface Look {
  readonly atMs: number;
  readonly seen: string;
}

export interface Onlooker {
  readonly looks: () => readonly Look[];
  readonly stop: () => Promise<void>;
  readonly log: string;
}

export const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] as const;

const script = `
while :; do
  echo "look $EPOCHREALTIME"
  cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '
  echo
  sleep 0.3
done
`;

export const startOnlooker = (): Onlooker => {
  const running: Running = startInLab('onlooker', [...nobody, 'bash', '-c', script]);
  return {
    log: running.log,
    looks: () =>
      running
        .output()
        .split(/^look /m)
        .slice(1)
        .map((text) => {
          const [at = '', ...seen] = text.split('\n');
          return { atMs: 1000 * Number(at), seen: seen.join('\n') };
        }),
    stop: async () => {
      await running.stop();
    },
  };
};
