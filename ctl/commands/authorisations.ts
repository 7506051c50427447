// What nodes may announce and gather: authorise, authorisations.
import { allParsed, malformed, parsed } from '../../shared/outcome/parsed.ts';
import { commandFrom } from '../command.ts';
import { parseName, parsePrefixes } from '../flag-values.ts';
import { authorisationTable, printAuthorisations } from '../print/authorisations.ts';
import { listCommand } from './list-command.ts';

export const authorise = commandFrom({
  words: 'authorise',
  operand: 'NAME',
  summary: 'grant or withdraw what a node may advertise and gather',
  flags: {
    advertise: { help: 'prefixes behind the node', default: '', placeholder: 'CIDR,...' },
    gathering: { help: 'source ranges', default: '', placeholder: 'CIDR,...' },
    withdraw: { help: 'withdraw instead of grant', kind: 'switch' },
  },
  read: ({ operand, values: { withdraw, ...values } }) => {
    const given = allParsed({
      name: parseName(operand),
      advertise: parsePrefixes('-advertise', values.advertise),
      gathering: parsePrefixes('-gathering', values.gathering),
    });
    if (!given.ok) return given;
    const { name, advertise, gathering } = given.value;
    if (advertise.length + gathering.length === 0) {
      return malformed('authorise needs -advertise or -gathering, with the prefixes');
    }
    const request = { name, advertise: [...advertise], gathering: [...gathering], withdraw };
    return parsed(async (desk) => {
      const { ask } = await desk.controller();
      const { authorisations } = await ask('authorise', request);
      desk.out(authorisationTable(authorisations === undefined ? [] : [authorisations]));
    });
  },
});

export const authorisations = listCommand({
  words: 'authorisations',
  summary: 'what each node may advertise and gather, and what it asks for in vain',
  print: async ({ ask }, { output }) =>
    printAuthorisations(await ask('listAuthorisations', {}), output),
});
