// operatorkey create: a key that never is on the controller.
import { parsed } from '../../shared/outcome/parsed.ts';
import { commandFrom } from '../command.ts';
import { createOperatorKey } from '../operator-key-file.ts';

export const operatorKeyCreate = commandFrom({
  words: 'operatorkey create',
  operand: 'FILE',
  summary: "make an operator's key; its public half is printed",
  flags: {},
  connects: false,
  read: ({ operand }) =>
    parsed((desk) => {
      const key = createOperatorKey(operand);
      desk.out(`${key}\n`);
      desk.err(`${operand} is private: keep it off the controller, with a copy in a safe place\n`);
      desk.err(`the controller tells the nodes to believe it: server -operatorkey ${key}\n`);
      return Promise.resolve();
    }),
});
