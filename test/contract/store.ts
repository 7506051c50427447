// What every store must do, whatever it keeps its rows in.
import { expect, test } from 'vitest';
import type { AuditEvent } from '../../server/register/record.ts';
import type { Row } from '../../server/register/row.ts';
import type { Store } from '../../server/store/store.ts';

export interface StoreSubject {
  /** Opens the same place again and again, one at a time. */
  open(): Promise<Store>;
}

const row = (key: string, value: string): Row => ({ table: 'node', key, value });

const event = (number: bigint, changes: Partial<AuditEvent> = {}): AuditEvent => ({
  ...{ number, atMs: 1_700_000_000_000, who: 'admin a', what: 'node-joined', subject: 'n' },
  ...{ old: '', new: '{}', revision: { registerId: '0'.repeat(32), epoch: 1n, number } },
  ...changes,
});

export const describeStore = (make: () => StoreSubject | Promise<StoreSubject>): void => {
  test('a new one is empty', async () => {
    const store = await (await make()).open();
    expect(await store.load()).toEqual([]);
    await store.close();
  });

  test('rows are kept, replaced and dropped, also over a restart', async () => {
    const subject = await make();
    const first = await subject.open();
    await first.commit(
      [row('b', '1'), row('a', '2'), { table: 'register', key: 'a', value: '3' }],
      [],
    );
    await first.commit([row('b', 'new'), { table: 'node', key: 'a', value: undefined }], []);
    const expected = [row('b', 'new'), { table: 'register', key: 'a', value: '3' }];
    expect(await first.load()).toEqual(expected);
    await first.close();
    const second = await subject.open();
    expect(await second.load()).toEqual(expected);
    await second.close();
  });

  test('many commits at once all arrive', async () => {
    const store = await (await make()).open();
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => store.commit([row(`n${String(i)}`, '{}')], [])),
    );
    expect(await store.load()).toHaveLength(50);
    await store.close();
  });

  test('any text is kept as it is', async () => {
    const store = await (await make()).open();
    const odd = row('é\u{1f600}"\'', '{"a":"\\u0000 -- ; DROP"}');
    await store.commit([odd], []);
    expect(await store.load()).toEqual([odd]);
    await store.close();
  });

  test('events are kept in their order, and read in pages, also after a restart', async () => {
    const subject = await make();
    const first = await subject.open();
    await first.commit([row('a', '1')], [event(1n), event(2n)]);
    await first.commit([], [event(3n, { old: '{"a":1}', new: 'é' })]);
    await first.close();
    const second = await subject.open();
    expect(await second.readEvents(0n, 2)).toEqual([event(1n), event(2n)]);
    expect(await second.readEvents(2n, 2)).toEqual([event(3n, { old: '{"a":1}', new: 'é' })]);
    expect(await second.readEvents(3n, 2)).toEqual([]);
    await second.close();
  });

  test('an event is never replaced, and the writes beside it are not kept either', async () => {
    const store = await (await make()).open();
    await store.commit([], [event(1n)]);
    await expect(store.commit([row('a', '1')], [event(1n, { who: 'x' })])).rejects.toThrow();
    expect(await store.load()).toEqual([]);
    expect(await store.readEvents(0n, 9)).toEqual([event(1n)]);
    await store.close();
  });

  test('after close every call rejects', async () => {
    const store = await (await make()).open();
    await store.close();
    await expect(store.load()).rejects.toThrow('closed');
    await expect(store.commit([row('a', '1')], [])).rejects.toThrow('closed');
  });
};
