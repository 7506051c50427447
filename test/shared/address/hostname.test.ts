// Hostnames: RFC 1123, lower case.
import { describe, expect, it } from 'vitest';
import { parseHostname } from '../../../shared/address/hostname.ts';

const label63 = 'a'.repeat(63);
const name253 = [label63, label63, label63, 'a'.repeat(61)].join('.');

describe('parseHostname', () => {
  it.each(['a', '0', 'node-1', 'a--b', 'n1.site.example', '3com', label63, name253])(
    'takes %s',
    (text) => {
      expect(parseHostname(text)).toEqual({ ok: true, value: text });
    },
  );

  it.each([
    '',
    '-a',
    'a-',
    'a.',
    '.a',
    'a..b',
    'a.-b',
    'a_b',
    'a b',
    'a\n',
    'ñ',
    'a/b',
    '10.0.0.1',
    `${label63}a`,
    `${name253}a`,
  ])('refuses %j with the rule and the flag', (text) => {
    const result = parseHostname(text);
    expect(result.ok).toBe(false);
    expect(result).toHaveProperty('reason', expect.stringMatching(/is not a hostname .*-hostname/));
  });

  it('names the lower-case form where only case is wrong', () => {
    expect(parseHostname('Node-1')).toEqual({
      ok: false,
      reason:
        'hostname "Node-1" has upper-case letters; names are lower case: use -hostname node-1',
    });
  });

  it('does not print a book when given one', () => {
    const result = parseHostname('_'.repeat(10_000));
    expect(result.ok ? '' : result.reason.length).toBeLessThan(300);
  });
});
