// Who may use meshoverctl: admin create, list, revoke.
import { malformed, parsed } from '../../shared/outcome/parsed.ts';
import { commandFrom } from '../command.ts';
import { printAdministrators } from '../print/administrators.ts';
import { listCommand } from './list-command.ts';

const roles = ['admin', 'operator', 'viewer'];

export const adminCreate = commandFrom({
  words: 'admin create',
  operand: 'NAME',
  summary: 'make an administrator; the token is printed once',
  flags: { role: { help: 'viewer, operator or admin', default: '', placeholder: 'ROLE' } },
  read: ({ operand: name, values: { role } }) => {
    if (!roles.includes(role)) {
      return malformed(
        `-role "${role}" is none of viewer (looks), operator (admits, removes, authorises, makes join tokens), admin (makes administrators too)`,
      );
    }
    return parsed(async (desk) => {
      const { ask } = await desk.controller();
      const { token } = await ask('createAdministrator', { name, role });
      desk.out(`${token}\n`);
      desk.err(`${name} keeps it in a file of mode 0600 and names that with -token-file\n`);
    });
  },
});

export const adminList = listCommand({
  words: 'admin list',
  summary: 'administrators and their roles',
  print: async ({ ask }, printing) =>
    printAdministrators(await ask('listAdministrators', {}), printing),
});

export const adminRevoke = commandFrom({
  words: 'admin revoke',
  operand: 'NAME',
  summary: "the administrator's token is worth nothing from now on",
  flags: {},
  read: ({ operand: name }) =>
    parsed(async (desk) => {
      const { ask } = await desk.controller();
      await ask('revokeAdministrator', { name });
      desk.out(`${name} is no administrator any more\n`);
    }),
});
