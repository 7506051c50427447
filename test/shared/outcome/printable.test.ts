// What strangers wrote is one harmless line.
import { expect, test } from 'vitest';
import { printable } from '../../../shared/outcome/printable.ts';
import { malformed } from '../../../shared/outcome/parsed.ts';
import { refused } from '../../../shared/outcome/refusal.ts';

test.each([
  ['plain words, "quoted" – ü 日本 😀', 'plain words, "quoted" – ü 日本 😀'],
  ['two\nlines\r\n', 'two\\u000alines\\u000d\\u000a'],
  ['\u001b[31mred', '\\u001b[31mred'],
  ['\u202egnp.exe', '\\u202egnp.exe'],
  ['half \ud83d', 'half \\ud83d'],
])('%j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});

test('no end of text', () => {
  expect(printable('x'.repeat(10_000)).length).toBeLessThan(2000);
});

test('reasons and refusals are printable, whoever made them', () => {
  expect(malformed('"a\nb"').reason).toBe('"a\\u000ab"');
  expect(refused('malformed', '"a\nb"').refusal.detail).toBe('"a\\u000ab"');
});
