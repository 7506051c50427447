// What `meshoverctl authorisations` and `authorise` print.
import {
  ListAuthorisationsResponse,
  type Authorisations,
} from '../../proto/gen/meshover/v1/administration.ts';
import type { Output } from '../command.ts';
import { jsonOf } from './json.ts';
import { listCell, tableOf } from './table.ts';

export const printAuthorisations = (answer: ListAuthorisationsResponse, output: Output): string =>
  output === 'json'
    ? jsonOf(ListAuthorisationsResponse.toJSON(answer), 'authorisations')
    : authorisationTable(answer.authorisations);

export const authorisationTable = (all: readonly Authorisations[]): string =>
  tableOf([
    ['NAME', 'ASN', 'MAY ADVERTISE', 'MAY GATHER', 'ASKS IN VAIN'],
    ...all.map((each) => [
      each.name,
      String(each.asn),
      listCell(each.advertise),
      listCell(each.gathering),
      listCell([
        ...each.unauthorisedAdvertise,
        ...each.unauthorisedGathering.map((range) => `from ${range}`),
      ]),
    ]),
  ]);
