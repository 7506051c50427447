// The file of known controllers: whatever is in it, a key is found for its own line only.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  knownControllersPath,
  knownKey,
  rememberKey,
} from '../../ctl/connection/known-controllers.ts';
import type { RegisterKey } from '../../shared/address/key.ts';
import { newHome } from './desk.ts';

const key = (fill: number): RegisterKey => Buffer.alloc(32, fill).toString('base64') as RegisterKey;
const newPath = (): string => knownControllersPath({ HOME: newHome() });

test('what was remembered is known, the newest key of a server counts, others stay', () => {
  const path = newPath();
  rememberKey(path, 'a:1', key(1));
  rememberKey(path, 'b:1', key(2));
  rememberKey(path, 'a:1', key(3));
  expect([knownKey(path, 'a:1'), knownKey(path, 'b:1'), knownKey(path, 'c:1')]).toEqual([
    ...[key(3), key(2), undefined],
  ]);
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(2);
});

test('no other content makes a server known, or is lost', () => {
  const path = newPath();
  mkdirSync(dirname(path), { recursive: true });
  const line = fc.string().map((text) => text.replaceAll(/[\r\n]/g, ' '));
  fc.assert(
    fc.property(fc.array(line.filter((text) => text.trim() !== '')), (lines) => {
      writeFileSync(path, lines.join('\n'));
      expect(knownKey(path, 'controller.example:12384')).toBeUndefined();
      rememberKey(path, 'controller.example:12384', key(1));
      expect(readFileSync(path, 'utf8')).toBe(
        [...lines, `controller.example:12384 ${key(1)}`, ''].join('\n'),
      );
    }),
    { numRuns: 50 },
  );
});
