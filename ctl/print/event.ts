// What `meshoverctl events` prints: a line an event, so that a following reader sees it at once.
import { AuditEvent } from '../../proto/gen/meshover/v1/administration.ts';
import type { Output } from '../command.ts';
import { withoutControls } from './table.ts';

export const printEvent = (event: AuditEvent, output: Output): string =>
  output === 'json' ? `${JSON.stringify(AuditEvent.toJSON(event))}\n` : lineOf(event);

const lineOf = (event: AuditEvent): string => {
  const cells = [
    String(event.number).padStart(6),
    new Date(Number(event.atMs)).toISOString(),
    event.what.padEnd(21),
    event.subject.padEnd(20),
    `by ${event.who}`.padEnd(20),
    changeOf(event.old, event.new),
  ];
  return `${withoutControls(cells.join('  ')).trimEnd()}\n`;
};

/** Only what differs: "asn 1 → 2, tags [] → [a]". */
const changeOf = (before: string, after: string): string => {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  if (old === undefined || now === undefined) return [before, after].filter(Boolean).join(' → ');
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .map((field) => ({ field, was: wordOf(old[field]), is: wordOf(now[field]) }))
    .filter(({ was, is }) => was !== is)
    .map(({ field, was, is }) =>
      [field, was, was !== '' && is !== '' ? '→' : '', is === '' ? 'gone' : is]
        .filter(Boolean)
        .join(' '),
    )
    .join(', ');
};

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (json: string): Fields | undefined => {
  if (json === '') return {};
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
};

const wordOf = (value: unknown): string => {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};
