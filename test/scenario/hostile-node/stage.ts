// What the stories share: who is who, and the watch over the honest nodes.
import { addressesOf } from '../../lab/addresses.ts';
import type { Mesh } from '../../lab/mesh.ts';
import { operate } from '../../lab/operator.ts';
import { hostile } from './hostile.ts';
import type { Victim } from './lies.ts';
import type { Peace } from './peace.ts';

export interface Stage {
  readonly own: Victim;
  readonly node: (name: string) => Victim;
  readonly peace: Peace;
}

const stages = new Map<Mesh, Stage>();

export const stageOf = (mesh: Mesh): Stage => {
  const stage = stages.get(mesh);
  if (stage === undefined) throw new Error('the first story did not reach its end');
  return stage;
};

interface ListedNode {
  readonly name: string;
  readonly asn: number;
}

const asnsOf = async (mesh: Mesh): Promise<ReadonlyMap<string, number>> => {
  const { nodes } = JSON.parse(await operate(mesh, ['nodes', '-o', 'json'])) as {
    readonly nodes: readonly { readonly node: ListedNode }[];
  };
  return new Map(nodes.map(({ node }) => [node.name, node.asn]));
};

const tunnelOf = async (mesh: Mesh, name: string): Promise<Victim['tunnel']> => {
  const shown = await mesh.host(name).must(['ip', '-o', 'addr', 'show', 'dev', 'mo-wg']);
  const address = (pattern: RegExp): string => pattern.exec(shown)?.[1] ?? '';
  return { v4: address(/ inet ([^/ ]+)/), v6: address(/ inet6 (fd[^/ ]+)/) };
};

export const victimsOf = async (mesh: Mesh): Promise<(name: string) => Victim> => {
  const asns = await asnsOf(mesh);
  const victims = new Map<string, Victim>();
  for (const { name } of mesh.nodes)
    victims.set(name, {
      ...(await addressesOf(mesh, name)),
      asn: asns.get(name) ?? 0,
      tunnel: await tunnelOf(mesh, name),
    });
  return (name) => {
    const victim = victims.get(name);
    if (victim === undefined) throw new Error(`no node ${name}`);
    return victim;
  };
};

export const setStage = (mesh: Mesh, node: Stage['node'], peace: Peace): void => {
  stages.set(mesh, { own: node(hostile), node, peace });
};
