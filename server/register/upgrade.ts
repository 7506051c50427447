// Rows that an older version of the program wrote, in the form of today.
import { malformed, parsed, type Parsed } from '../../shared/outcome/parsed.ts';
import { headKey, rowFormat, type Row } from './row.ts';

type Fields = Readonly<Record<string, unknown>>;

/** As they are where they are of today's format, or where they cannot be read at all. */
export const upgradedRows = (rows: readonly Row[]): Parsed<readonly Row[]> => {
  if (formatOf(rows) !== 1) return parsed(rows);
  try {
    return parsed(rows.map(fromFormat1));
  } catch (fault) {
    return malformed(
      `the stored register of format 1 cannot be brought up to date (${String(fault)}): nothing was ` +
        'changed; restore the state directory from a backup',
    );
  }
};

const formatOf = (rows: readonly Row[]): unknown => {
  const head = rows.find(({ table, key }) => table === 'register' && key === headKey);
  try {
    return head && fieldsOf(head)['format'];
  } catch {
    // Whoever restores the rows says better what is wrong with them.
    return undefined;
  }
};

// Format 1 knew no authorisations: what a node announced and gathered was what it might.
const fromFormat1 = (row: Row): Row => {
  const fields = fieldsOf(row);
  switch (row.table) {
    case 'register':
      return withFields(row, { ...fields, format: rowFormat, operatorKeys: [], lastEvent: '0' });
    case 'node': {
      const { gathering, advertised, ...rest } = fields;
      const ranges = gathering as readonly { readonly prefix: string }[];
      return withFields(row, {
        ...rest,
        asked: { advertise: advertised, gathering },
        authorised: { advertise: advertised, gathering: ranges.map(({ prefix }) => prefix) },
        tags: [],
      });
    }
    default:
      return row;
  }
};

const fieldsOf = ({ value }: Row): Fields => {
  const fields = JSON.parse(value) as unknown;
  if (typeof fields !== 'object' || fields === null) throw new TypeError('a row is no object');
  return fields as Fields;
};

const withFields = (row: Row, fields: Fields): Row => ({ ...row, value: JSON.stringify(fields) });
