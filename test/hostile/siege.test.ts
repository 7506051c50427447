// A controller under attack goes on serving its nodes, and its memory stays within bounds.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removePlaces } from '../bad-input/programs.ts';
import { besiege, type Siege } from './siege.ts';

let siege: Siege;
let memoryBefore: number;

beforeAll(async () => {
  siege = await besiege();
  await siege.deltas(10);
  memoryBefore = siege.memory();
});

afterAll(async () => {
  await siege.end();
  removePlaces();
});

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

// All come from loopback, which is no source: as if each connection came from another network.
test.each([
  ['half-open', 3000],
  ['half-handshake', 1000],
  ['silent-http2', 200],
  ['slow-join', 50],
  ['slow-watch', 50],
  ['endless-headers', 4],
  ['wide-headers', 4],
  ['rapid-reset', 4],
  ['pings', 4],
  ['settings', 4],
  ['unknown-calls', 4],
  ['long-messages', 4],
])('%s, %i connections: nodes hear of a change meanwhile', async (kind, connections) => {
  const calm = median(await siege.deltas(7));
  await siege.attack(kind, connections);
  const besieged = median(await siege.deltas(15));
  const memory = siege.memory();
  await siege.raise();
  expect(besieged, `median of calm ones: ${calm.toFixed(0)} ms`).toBeLessThan(20 * calm);
  expect(memory, 'MiB').toBeLessThan(5 * memoryBefore);
});
