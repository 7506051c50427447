// What `meshoverctl admin list` prints.
import { ListAdministratorsResponse } from '../../proto/gen/meshover/v1/administration.ts';
import { jsonOf } from './json.ts';
import type { Printing } from './printing.ts';
import { tableOf } from './table.ts';
import { ageOf } from './times.ts';

export const printAdministrators = (
  answer: ListAdministratorsResponse,
  { output, nowSeconds }: Printing,
): string =>
  output === 'json'
    ? jsonOf(ListAdministratorsResponse.toJSON(answer), 'administrators')
    : tableOf([
        ['NAME', 'ROLE', 'MADE', 'BY'],
        ...answer.administrators.map((each) => [
          ...[
            each.name,
            each.role,
            ageOf(each.createdAtSeconds, nowSeconds),
            each.createdBy || '-',
          ],
        ]),
      ]);
