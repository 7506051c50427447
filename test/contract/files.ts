// What every implementation of Files must do.
import { describe, expect, it } from 'vitest';
import type { Files } from '../../client/host/ports.ts';

export const filesContract = (
  name: string,
  make: () => Promise<{ files: Files; root: string }>,
): void => {
  describe(`Files: ${name}`, () => {
    it('gives undefined for a file that is not there', async () => {
      const { files, root } = await make();
      expect(await files.read(`${root}/absent`)).toBeUndefined();
    });

    it('reads back what was written, making directories on the way', async () => {
      const { files, root } = await make();
      await files.write(`${root}/a/b/c`, 'grüß\n', 0o600);
      expect(await files.read(`${root}/a/b/c`)).toBe('grüß\n');
    });

    it('replaces a file whole', async () => {
      const { files, root } = await make();
      await files.write(`${root}/f`, 'a long first text', 0o600);
      await files.write(`${root}/f`, 'short', 0o600);
      expect(await files.read(`${root}/f`)).toBe('short');
    });

    it('leaves nothing but the file behind', async () => {
      const { files, root } = await make();
      await files.write(`${root}/d/f`, 'x', 0o600);
      expect(await files.list(`${root}/d`)).toEqual(['f']);
    });

    it('lists names sorted, and none for a directory that is not there', async () => {
      const { files, root } = await make();
      for (const each of ['b', 'a', 'c']) await files.write(`${root}/d/${each}`, '', 0o600);
      expect(await files.list(`${root}/d`)).toEqual(['a', 'b', 'c']);
      expect(await files.list(`${root}/none`)).toEqual([]);
    });

    it('removes a file, and is content when it is gone already', async () => {
      const { files, root } = await make();
      await files.write(`${root}/f`, 'x', 0o600);
      await files.remove(`${root}/f`);
      await files.remove(`${root}/f`);
      expect(await files.read(`${root}/f`)).toBeUndefined();
    });

    it('takes many writes of one file at once', async () => {
      const { files, root } = await make();
      const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
      await Promise.all(texts.map((text) => files.write(`${root}/d/f`, text, 0o600)));
      expect(texts).toContain(await files.read(`${root}/d/f`));
      expect(await files.list(`${root}/d`)).toEqual(['f']);
    });
  });
};
