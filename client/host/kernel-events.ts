// Follows what the kernel says of its links, addresses, routes and rules: a trigger, never the truth.
import type { Clock } from '../../shared/clock/clock.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Commands } from './ports.ts';

/** Text and not JSON: iproute2 6.1 prints text here whatever is asked. */
const monitor = ['ip', 'monitor', 'label', 'link', 'address', 'route', 'rule'];
const restartMs = 5_000;

export interface KernelEvents {
  readonly commands: Commands;
  readonly clock: Clock;
  readonly log: Log;
  readonly onLine: (line: string) => void;
}

/** Calls `onLine` for each line of `ip monitor`; starts it again when it ends. The result cancels. */
export const followKernel = (given: KernelEvents): (() => void) => {
  let cancel: () => void = () => undefined;
  const start = (): void => {
    cancel = given.commands.follow(monitor, given.onLine, () => {
      given.log.warn(
        'ip monitor ended; changes are seen at the next regular look until it is back',
        {
          reason: 'the kernel dropped its messages, or somebody stopped it',
        },
      );
      cancel = given.clock.after(restartMs, start);
    });
  };
  start();
  return () => {
    cancel();
  };
};
