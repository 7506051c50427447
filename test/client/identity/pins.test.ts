// What is remembered of the peers: it comes back as it was, is found damaged, and can be forgotten.
import { describe, expect, it } from 'vitest';
import {
  noPins,
  pinsFrom,
  pinsFromView,
  pinsPath,
  pinsText,
  readPins,
  savePins,
  withoutPin,
  type Pins,
} from '../../../client/identity/pins.ts';
import { MemoryFiles } from '../../fake/files.ts';
import { believe, end, first, three, two, viewAt } from './court.ts';

const removed = believe(viewAt(5n, [three], { tombstones: [end(two, 4n)] }), first).pins;
const pins: Pins = { ...removed, refused: new Map([['node9', 'its statement is older']]) };

describe('pins', () => {
  it('come back as they were, those of removed peers and big numbers too', async () => {
    const files = new MemoryFiles();
    await savePins(files, '/state', pins);
    expect(await readPins(files, '/state')).toEqual({ ok: true, value: pins });
    expect(files.stored.get(pinsPath('/state'))?.mode).toBe(0o600);
  });

  it('are none where nothing was remembered', async () => {
    expect(await readPins(new MemoryFiles(), '/state')).toEqual({ ok: true, value: undefined });
  });

  it('are found damaged for any changed byte, and wherever they are cut', () => {
    const text = pinsText(pins);
    for (let i = 0; i < text.length; i++) {
      const changed = String.fromCharCode(text.charCodeAt(i) ^ 4);
      expect(pinsFrom(text.slice(0, i) + changed + text.slice(i + 1)).ok, `byte ${i}`).toBe(false);
      expect(pinsFrom(text.slice(0, i)).ok, `cut at ${i}`).toBe(false);
    }
  });

  it('are rebuilt from a view: its peers keep their keys and numbers', () => {
    const rebuilt = pinsFromView(first.view);
    expect(rebuilt.byName).toEqual(first.pins.byName);
    expect(rebuilt.registerId).toBe(first.pins.registerId);
  });

  it('forget one name and no other', () => {
    const left = withoutPin(first.pins, two.name);
    expect([...left.byName.keys()]).toEqual([three.name]);
    expect(withoutPin(noPins, two.name)).toEqual(noPins);
  });
});
