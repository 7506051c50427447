// The view of one node.
import { describe, expect, it } from 'vitest';
import type { Hostname } from '../../../shared/address/hostname.ts';
import { nodeOf } from '../../../server/register/register.ts';
import { removeNode } from '../../../server/register/remove.ts';
import { viewFor } from '../../../server/view/view.ts';
import { act, joinAll, registerWith, valueOf } from '../register/requests.ts';

const removal = (name: string): { name: Hostname; reason: string } => ({
  name: name as Hostname,
  reason: 'left',
});
const full = joinAll(registerWith(), ['c', 'z', 'b', 'y', 'a']);
const fewer = valueOf(removeNode(full, removal('z'), act)).register;
const { register } = valueOf(removeNode(fewer, removal('y'), act));

describe('viewFor', () => {
  const view = valueOf(viewFor(register, 'b'));

  it('shows the node itself apart from its peers', () => {
    expect(view.self).toEqual(nodeOf(register, 'b'));
    expect(view.peers).toEqual([nodeOf(register, 'a'), nodeOf(register, 'c')]);
  });

  it('sorts peers and tombstones by name, whatever the order of joining', () => {
    expect(view.tombstones.map(({ name }) => name)).toEqual(['y', 'z']);
    const reversed = joinAll(registerWith(), ['a', 'b', 'c']);
    expect(valueOf(viewFor(reversed, 'b')).peers.map(({ name }) => name)).toEqual(['a', 'c']);
  });

  it('carries revision and settings', () => {
    expect(view.revision).toEqual(register.revision);
    expect(view.settings).toEqual(register.settings);
  });

  it.each(['unknown', 'z'])('is refused to %s, which is not in the mesh', (name) => {
    expect(viewFor(register, name)).toMatchObject({
      ok: false,
      refusal: { code: 'unknown-node', detail: expect.stringContaining(`"${name}"`) as string },
    });
  });
});
