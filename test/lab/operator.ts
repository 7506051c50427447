// What an operator does and sees: meshoverctl on the controller's machine.
import type { Mesh } from './mesh.ts';
import { waitFor } from './wait-for.ts';

/** Standard output; a refusal is a fault. */
export const operate = async (mesh: Mesh, words: readonly string[]): Promise<string> => {
  const ran = await mesh.callController(words);
  if (ran.status === 0) return ran.stdout;
  throw new Error(`meshoverctl ${words.join(' ')}: status ${ran.status}: ${ran.stderr.trim()}`);
};

const listed = async <T>(mesh: Mesh, words: readonly string[]): Promise<T> =>
  JSON.parse(await operate(mesh, [...words, '-o', 'json'])) as T;

interface Named {
  readonly name: string;
}

export const memberNames = async (mesh: Mesh): Promise<readonly string[]> => {
  const { nodes } = await listed<{ nodes: readonly { node: Named }[] }>(mesh, ['nodes']);
  return nodes.map(({ node }) => node.name);
};

export interface WaitingNode extends Named {
  readonly fingerprint: string;
  readonly why: string;
}

export const waitingNodes = async (mesh: Mesh): Promise<readonly WaitingNode[]> =>
  (await listed<{ nodes: readonly WaitingNode[] }>(mesh, ['pending'])).nodes;

export const waitingNode = (mesh: Mesh, name: string): Promise<WaitingNode> =>
  waitFor({ what: `${name} to wait`, deadlineMs: 60_000, everyMs: 500 }, async () => {
    const nodes = await waitingNodes(mesh);
    return (
      nodes.find((node) => node.name === name) ??
      `waiting: ${nodes.map((node) => node.name).join(' ')}`
    );
  });

export interface Told {
  readonly what: string;
  readonly subject: string;
  readonly who: string;
  readonly atMs: string;
}

/** The newest event of a kind about a subject. */
export const lastEvent = async (mesh: Mesh, what: string, subject: string): Promise<Told> => {
  const lines = (await operate(mesh, ['events', '-o', 'json'])).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Told);
  const found = events.findLast((event) => event.what === what && event.subject === subject);
  if (found === undefined) throw new Error(`no event ${what} of ${subject}:\n${lines.join('\n')}`);
  return found;
};

export const joined = (mesh: Mesh, name: string): Promise<true> =>
  waitFor({ what: `${name} to join`, deadlineMs: 60_000, everyMs: 500 }, async () => {
    const names = await memberNames(mesh);
    return names.includes(name) ? true : `members: ${names.join(' ')}`;
  });

/** Lets a waiting node in with all that it asks for, as a script does: by the fingerprint. */
export const approve = async (mesh: Mesh, name: string): Promise<void> => {
  const { fingerprint } = await waitingNode(mesh, name);
  await operate(mesh, ['approve', name, '-fingerprint', fingerprint, '-authorise']);
};
