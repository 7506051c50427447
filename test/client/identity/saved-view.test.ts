// The saved view: it comes back as it was, or is known to be damaged.
import { describe, expect, it } from 'vitest';
import {
  readSavedView,
  savedViewFrom,
  savedViewPath,
  savedViewText,
  saveView,
} from '../../../client/identity/saved-view.ts';
import type { View } from '../../../shared/mesh/view.ts';
import { MemoryFiles } from '../../fake/files.ts';
import { gathers, nodeFixture, viewFixture } from '../../fake/view.ts';

const view: View = {
  ...viewFixture(nodeFixture(1), [nodeFixture(2, { gathering: [gathers('192.0.2.0/27')] })]),
  tombstones: [
    {
      name: nodeFixture(9).name,
      asn: nodeFixture(9).asn,
      removedAt: 2n ** 63n,
      reason: 'gone – weg',
      signedRemoval: undefined,
    },
  ],
};

describe('saved view', () => {
  it('comes back as it was, big numbers too', async () => {
    const files = new MemoryFiles();
    await saveView(files, '/state', view);
    const read = await readSavedView(files, '/state');
    expect(read).toEqual({ ok: true, value: view });
  });

  it('is none where nothing was saved', async () => {
    expect(await readSavedView(new MemoryFiles(), '/state')).toEqual({
      ok: true,
      value: undefined,
    });
  });

  it('is readable by its owner only', async () => {
    const files = new MemoryFiles();
    await saveView(files, '/state', view);
    expect(files.stored.get(savedViewPath('/state'))?.mode).toBe(0o600);
  });

  it('is found damaged for any changed byte', () => {
    const text = savedViewText(view);
    for (let i = 0; i < text.length; i++) {
      const changed = String.fromCharCode(text.charCodeAt(i) ^ 4);
      const read = savedViewFrom(text.slice(0, i) + changed + text.slice(i + 1));
      expect(read.ok, `byte ${i}`).toBe(false);
    }
  });

  it('is found damaged wherever it is cut, and says what happens then', async () => {
    const text = savedViewText(view);
    for (let length = 0; length < text.length; length++) {
      expect(savedViewFrom(text.slice(0, length)).ok, `cut at ${length}`).toBe(false);
    }
    const files = new MemoryFiles();
    await files.write(savedViewPath('/state'), text.slice(0, 100), 0o600);
    const read = await readSavedView(files, '/state');
    expect(read.ok ? '' : read.reason).toContain('fetched again from the controller');
  });
});
