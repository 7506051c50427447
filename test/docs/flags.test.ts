import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flagsPage } from '../../packaging/flags-page.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('documentation and -help', () => {
  const page = flagsPage();

  it('agree on every flag (npm run flags-doc mends it)', () => {
    expect(read('docs/flags.md')).toBe(page);
  });

  it.each(['README.md', 'README.ja.md', 'docs/getting-started.md', 'docs/operating.md', 'docs/meshoverctl.md'])(
    '%s names no flag that no program has',
    (path) => {
      const known = new Set([...page.matchAll(/^ {2}(-[a-z]+)/gm)].map(([, flag]) => flag));
      const commands = [...read(path).matchAll(/(?:\.\/server|\.\/client|\.\/meshoverctl|`client|`server|`meshoverctl)[^`\n#]*/g)];
      const named = commands.flatMap(([text]) => text.match(/(?<= )-[a-z]{2,}/g) ?? []);
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((flag) => !known.has(flag))).toEqual([]);
    },
  );
});
