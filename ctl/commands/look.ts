// Commands that only look: nodes, status, whoami, pending.
import { printServerAddress } from '../connection/server-address.ts';
import { printCaller, printController } from '../print/controller.ts';
import { printNodes } from '../print/nodes.ts';
import { printPending } from '../print/pending.ts';
import { listCommand } from './list-command.ts';

export const nodes = listCommand({
  words: 'nodes',
  summary: 'who is in the mesh, and in what state',
  print: async ({ ask }, printing) => printNodes(await ask('listNodes', {}), printing),
});

export const status = listCommand({
  words: 'status',
  summary: 'the controller itself',
  print: async ({ ask }, { output }) => printController(await ask('getController', {}), output),
});

export const whoami = listCommand({
  words: 'whoami',
  summary: 'who you are to the controller, and its fingerprint',
  print: async ({ ask, address, proof }, { output }) => {
    const { administrator, role } = await ask('getController', {});
    const server = printServerAddress(address);
    return printCaller({ administrator, role, server, registerKey: proof.registerKey }, output);
  },
});

export const pending = listCommand({
  words: 'pending',
  summary: 'nodes that wait for an operator',
  print: async ({ ask }, printing) => printPending(await ask('listPending', {}), printing),
});
