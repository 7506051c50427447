// The demo's prompt: a shell on a host, FRR's vtysh, metrics, the controller's list; until Ctrl-C.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline/promises';
import type { Mesh } from './mesh.ts';
import { program } from './programs.ts';

const hostNames = (mesh: Mesh): readonly string[] => [
  ...mesh.nodes.map(({ name }) => name),
  ...mesh.nodes.flatMap(({ lan }) => (lan === undefined ? [] : [lan.name])),
  'controller',
  'outside',
];

const helpFor = (mesh: Mesh): string =>
  [
    'The mesh stays up. Look around:',
    `  shell HOST      a root shell on ${hostNames(mesh).join(', ')} (exit comes back)`,
    '  vtysh NODE      FRR of a node: show bgp summary, show bfd peers, show running-config',
    "  metrics NODE    what the agent tells Prometheus; metrics controller: the controller's",
    '  nodes           meshoverctl nodes',
    '  help            this',
    'Ctrl-C ends the demo and removes everything.',
    '',
  ].join('\n');

/** The command line of a word of the prompt; undefined where it is none. */
const commandFor = (mesh: Mesh, line: string): readonly string[] | undefined => {
  const [word = '', name = ''] = line.trim().split(/\s+/);
  const onController = mesh.host('controller').enter;
  if (word === 'nodes') return [...onController, program('meshoverctl'), 'nodes'];
  if (!hostNames(mesh).includes(name)) return undefined;
  const { enter } = mesh.host(name);
  if (word === 'shell') return [...enter, 'env', `PS1=root@${name}# `, 'bash', '--norc', '-i'];
  if (word === 'vtysh') return [...enter, 'docker', 'exec', '-it', 'meshover-frr', 'vtysh'];
  if (word !== 'metrics') return undefined;
  const node = mesh.nodes.find((each) => each.name === name);
  const target = node === undefined ? '[::1]:9180' : `[2001:db8::${node.number}]:9181`;
  return [...enter, 'curl', '-s', `http://${target}/metrics`];
};

const runOnTerminal = (argv: readonly string[]): Promise<void> =>
  new Promise((resolve) => {
    const [command = '', ...words] = argv;
    const child = spawn(command, words, { stdio: 'inherit' });
    child.once('error', ({ message }) => {
      process.stdout.write(`${message}\n`);
      resolve();
    });
    child.once('exit', () => {
      resolve();
    });
  });

/** One line; undefined at Ctrl-C or the end of input. A fresh reader each time, so that a shell has the terminal alone. */
const ask = async (): Promise<string | undefined> => {
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<undefined>((resolve) => {
    reader.once('SIGINT', () => {
      resolve(undefined);
    });
    reader.once('close', () => {
      resolve(undefined);
    });
  });
  const line = await Promise.race([reader.question('demo> '), ended]);
  reader.close();
  return line;
};

export const lookAround = async (mesh: Mesh): Promise<void> => {
  // Ctrl-C in a shell is the shell's; only at the prompt it ends the demo.
  process.on('SIGINT', () => undefined);
  process.stdout.write(helpFor(mesh));
  for (let line = await ask(); line !== undefined; line = await ask()) {
    const command = commandFor(mesh, line);
    if (command !== undefined) await runOnTerminal(command);
    else if (line.trim() !== '') process.stdout.write(helpFor(mesh));
  }
  process.stdout.write('\nthe demo is removed\n');
};
