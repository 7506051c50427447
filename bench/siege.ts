// A controller under 10,000 half-open connections: how long nodes wait for news, against the same nodes in peace.
import { besiege } from '../test/hostile/siege.ts';
import { removePlaces } from '../test/bad-input/programs.ts';

const connections = 10_000;
const rounds = 40;
const goals = { wait: 5, memory: 3 };

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Figure {
  readonly value: number;
  readonly goal: number;
}

const line = (name: string, { value, goal }: Figure, against: string): void => {
  const verdict = value <= goal ? 'ok' : 'short';
  console.log(`${name} ${value.toFixed(2)} times ${goal} ${verdict} (${against})`);
};

const siege = await besiege();
await siege.deltas(10);
const calm = median(await siege.deltas(rounds));
const before = siege.memory();
await siege.attack('half-open', connections);
const besieged = await siege.deltas(rounds);
const memory = siege.memory();
const held = siege.connections();
await siege.end();
removePlaces();

const worst = Math.max(...besieged);
line(
  'siege-half-open-wait',
  { value: median(besieged) / calm, goal: goals.wait },
  `a change known after ${median(besieged).toFixed(0)} ms, at worst ${worst.toFixed(0)} ms, against ` +
    `${calm.toFixed(0)} ms in peace; ${held} connections held`,
);
line(
  'siege-half-open-memory',
  { value: memory / before, goal: goals.memory },
  `${memory.toFixed(0)} MiB against ${before.toFixed(0)} MiB before`,
);
