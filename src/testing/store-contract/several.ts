import { expectSame } from './expect.js';
import {
  changed,
  full,
  given,
  listed,
  plain,
  sampleAudit,
  sampleReceipt,
  sampleRow,
  startMs,
  times,
} from './samples.js';
import type { ContractCase } from './types.js';

export const severalCases: readonly ContractCase[] = [
  [
    'what one store writes, the others on its database see at once',
    async ({ store, another }) => {
      const other = await another();
      const row = await given(store);
      expectSame(await other.get(row.payment.id), row, 'get');
      const paid = changed(row, { state: 'successful' });
      await other.commit(full(paid, 'paid'));
      await other.addCallback({ paymentId: row.payment.id, atMs: startMs, raw: {} }, sampleAudit(row, 'callback'), 20);
      expectSame(await store.get(row.payment.id), paid, 'row');
      expectSame(await store.receipt(row.payment.id), sampleReceipt(paid), 'receipt');
      expectSame((await store.audit(row.payment.id)).length, 3, 'audit');
      expectSame((await store.callbacks(row.payment.id)).length, 1, 'callbacks');
      expectSame(await listed(store.list({ states: ['successful'] })), [row.payment.id], 'list');
      expectSame(await store.commit(plain(changed(row))), 'stale', 'commit on the version before');
    },
  ],
  [
    'an empty database may be used for the first time by many at once',
    async ({ store, another }) => {
      const stores = [store, ...(await Promise.all(times(7, () => another())))];
      const done = await Promise.all(stores.map((each) => each.insert(plain(sampleRow({ externalId: 'order-1' })), 0)));
      expectSame(done.filter(Boolean).length, 1, 'inserts done');
      const waits = await Promise.all(stores.map((each) => each.takeReadPermit(startMs, startMs + 1)));
      expectSame(waits.length, 8, 'answers');
    },
  ],
  [
    'many things at once are done as if one after the other',
    async ({ store, another }) => {
      const stores = [store, await another(), await another()];
      const row = await given(store, { dueAtMs: startMs + 60_000 });
      // Each changes the payment five times, on whatever it has become.
      await Promise.all(
        times(6, async (index) => {
          const mine = stores[index % 3] ?? store;
          for (let tries = 0, done = 0; done < 5 && tries < 1_000; tries++) {
            const known = (await mine.get(row.payment.id)) ?? row;
            const next = changed(known, { payeeNote: `${known.payment.payeeNote}.` });
            const audit = [sampleAudit(next, `${next.version}`)];
            if ((await mine.commit(plain(next, { audit }))) === 'committed') done++;
          }
        }),
      );
      const last = await store.get(row.payment.id);
      expectSame([last?.version, last?.payment.payeeNote], [31, '.'.repeat(30)], 'version and note');
      const notes = (await store.audit(row.payment.id)).map(({ note }) => note);
      expectSame(
        notes,
        times(30, (index) => `${index + 2}`),
        'audit',
      );
    },
  ],
];
