// meshoverctl: asks the controller on behalf of an operator.
import { programVersion } from '../shared/version.ts';
import { connectController, type Controller } from './connect.ts';
import { CtlError } from './ctl-error.ts';
import { ctlStartFrom, type CtlCommand, type CtlFlags } from './flags.ts';
import { printController } from './print-controller.ts';
import { printNodes } from './print-nodes.ts';

/** Resolves to the exit status: 0 done, 1 failed, 2 wrongly called. */
export const runCtl = async (argv: readonly string[]): Promise<number> => {
  const start = ctlStartFrom(argv, process.env);
  switch (start.kind) {
    case 'help':
      process.stdout.write(start.text);
      return 0;
    case 'version':
      process.stdout.write(`meshover ${programVersion}\n`);
      return 0;
    case 'complaints':
      for (const complaint of start.complaints) process.stderr.write(`meshoverctl: ${complaint}\n`);
      return 2;
    case 'run':
      return runCommand(start.command, start.flags);
  }
};

const runCommand = async (command: CtlCommand, flags: CtlFlags): Promise<number> => {
  let controller: Controller | undefined;
  try {
    controller = await connectController(flags);
    process.stdout.write(await answerTo(command, flags, controller));
    return 0;
  } catch (fault) {
    if (!(fault instanceof CtlError)) throw fault;
    process.stderr.write(`meshoverctl: ${fault.message}\n`);
    return 1;
  } finally {
    controller?.client.close();
  }
};

const answerTo = async (
  command: CtlCommand,
  flags: CtlFlags,
  { client, ask }: Controller,
): Promise<string> => {
  const { output } = flags;
  switch (command.kind) {
    case 'nodes': {
      const nodes = await ask(client.listNodes.bind(client), {});
      return printNodes(nodes, { output, nowSeconds: Math.floor(Date.now() / 1000) });
    }
    case 'status':
      return printController(await ask(client.getController.bind(client), {}), output);
    case 'remove': {
      const { name } = command;
      await ask(client.removeNode.bind(client), { name, reason: flags.reason });
      return `${name} is removed\n`;
    }
  }
};
