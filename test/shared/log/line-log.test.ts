// Log lines as text and as JSON.
import { expect, test } from 'vitest';
import { createLineLog, type LineLogOptions } from '../../../shared/log/line-log.ts';
import type { Log } from '../../../shared/log/log.ts';

const linesOf = (
  options: Pick<LineLogOptions, 'level' | 'format'>,
  use: (log: Log) => void,
): readonly string[] => {
  const lines: string[] = [];
  use(createLineLog({ ...options, now: () => 0, write: (line) => lines.push(line) }));
  return lines;
};

test('text', () => {
  const lines = linesOf({ level: 'info', format: 'text' }, (log) => {
    log.info('joined', { node: 'alpha', reason: 'two words', count: 3 });
    log.debug('not shown');
  });
  expect(lines).toEqual([
    '1970-01-01T00:00:00.000Z info  joined node=alpha reason="two words" count=3\n',
  ]);
});

test('JSON', () => {
  const [line = ''] = linesOf({ level: 'debug', format: 'json' }, (log) => {
    log.debug('joined', { node: 'alpha' });
  });
  expect(JSON.parse(line)).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'debug',
    message: 'joined',
    node: 'alpha',
  });
});

test('nobody forges a second line or steers the terminal', () => {
  const [line = ''] = linesOf({ level: 'info', format: 'text' }, (log) => {
    log.error('bad\nline', { reason: 'a\nb\u001b[2J' });
  });
  expect(line.slice(0, -1)).not.toMatch(/\p{C}/u);
});
