// The committed code is what the .proto files make today.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

const textsIn = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  );

it('proto/gen is fresh (else run: npm run generate)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meshover-generate-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  execFileSync(join(root, 'packaging/generate.sh'), [folder]);
  const made = textsIn(folder);
  expect(Object.keys(made).length).toBeGreaterThan(4);
  expect(textsIn(join(root, 'proto/gen'))).toEqual(made);
});
