// The agent's RTR part as a process of its own, so that it can live on the loopback of a network namespace.
// node cache-process.ts PORT VTY-DIRECTORY EXPIRE; each line of standard input is a network (FrrCase).
import { createInterface } from 'node:readline';
import { createLineLog } from '../../shared/log/line-log.ts';
import { systemClock } from '../../client/host/system-clock.ts';
import { vtyIn } from '../../client/host/vty.ts';
import { RtrPart } from '../../client/modes/rtr-part.ts';
import { frrInputFor, type FrrCase } from '../client/desired/frr-case.ts';

const [port, directory = '', expire] = process.argv.slice(2);
const part = new RtrPart({
  port: Number(port),
  vty: vtyIn(directory),
  clock: systemClock,
  log: createLineLog({
    level: 'debug',
    format: 'text',
    now: () => Date.now(),
    write: (line) => process.stdout.write(line),
  }),
  random: Math.random,
  intervals: { refresh: 300, retry: 1, expire: Number(expire) },
});
for await (const line of createInterface({ input: process.stdin })) {
  part.take(frrInputFor(JSON.parse(line) as FrrCase).view);
}
await part.stop();
