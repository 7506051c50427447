// Our table as nft tells it, and hosts where nft or the kernel cannot.
import { describe, expect, it } from 'vitest';
import type { CommandResult, Files } from '../../../client/host/ports.ts';
import { readFirewall } from '../../../client/observe/firewall.ts';
import type { ObservedFirewall } from '../../../client/observe/observed.ts';

const ended = (code: number, stderr = '', stdout = ''): CommandResult => ({ code, stdout, stderr });
const absent = ended(1, 'Error: No such file or directory\nlist table inet meshover');

/** `listed` answers the listing, `probed` the try of a table. */
const read = (given: {
  readonly listed: CommandResult;
  readonly probed?: CommandResult;
  readonly record?: string;
}): Promise<ObservedFirewall> =>
  readFirewall({
    stateDir: '/state',
    commands: {
      run: ([, first]) =>
        Promise.resolve(first === '-c' ? (given.probed ?? ended(0)) : given.listed),
      startDetached: () => Promise.reject(new Error('starts nothing')),
      follow: () => () => undefined,
    },
    files: { read: () => Promise.resolve(given.record) } as unknown as Files,
  });

describe('our table', () => {
  it('has one fingerprint for one text', async () => {
    const { table, fault } = await read({ listed: ended(0, '', 'table') });
    expect(fault).toBeUndefined();
    expect(table).toBe((await read({ listed: ended(0, '', 'table') })).table);
    expect(table).not.toBe((await read({ listed: ended(0, '', 'tables') })).table);
  });

  it('is not there, and could be made', async () => {
    expect(await read({ listed: absent })).toEqual({
      table: undefined,
      fault: undefined,
      applied: undefined,
    });
  });

  it.each([
    ['is remembered', '{"text":"a","table":"b"}', { text: 'a', table: 'b' }],
    ['costs only the memory when damaged', '{"text":', undefined],
    ['is nothing where the file holds a list', '[]', undefined],
  ])('what was applied %s', async (_, record, applied) => {
    expect((await read({ listed: absent, record })).applied).toEqual(applied);
  });
});

describe('no nftables', () => {
  it('because the program is missing', async () => {
    const said = 'the program "nft" is not on this host; install it: apt-get install nftables';
    expect((await read({ listed: ended(127, said) })).fault).toBe(said);
  });

  it('because the kernel refuses', async () => {
    const probed = ended(1, 'Error: Could not process rule: Operation not supported\ntable');
    const { fault } = await read({ listed: absent, probed });
    expect(fault).toContain('(Error: Could not process rule: Operation not supported)');
    expect(fault).toContain('-disable firewall');
  });
});
