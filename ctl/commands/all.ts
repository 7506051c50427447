// Every command, in the order of the help.
import type { Command } from '../command.ts';
import { adminCreate, adminList, adminRevoke } from './administrators.ts';
import { approve, reject, rekey, remove } from './admission.ts';
import { authorisations, authorise } from './authorisations.ts';
import { events } from './events.ts';
import { nodes, pending, status, whoami } from './look.ts';
import { operatorKeyCreate } from './operator-key.ts';
import { tokenCreate, tokenList, tokenRevoke } from './tokens.ts';

export const allCommands: readonly Command[] = [
  ...[nodes, status, whoami, events],
  ...[pending, approve, reject, remove, rekey],
  ...[tokenCreate, tokenList, tokenRevoke],
  ...[authorise, authorisations],
  ...[adminCreate, adminList, adminRevoke],
  operatorKeyCreate,
];
