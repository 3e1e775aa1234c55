import { expectSame, expectTrue } from './expect.js';
import {
  changed,
  drained,
  full,
  given,
  plain,
  sampleAudit,
  sampleEvent,
  sampleRow,
  startMs,
  times,
} from './samples.js';
import type { ContractCase } from './types.js';

export const insertCases: readonly ContractCase[] = [
  [
    'a payment comes back as it was inserted',
    async ({ store }) => {
      const row = await given(store, { scope: 'shop', record: { type: 'invoice', id: '17' } });
      expectSame(await store.get(row.payment.id), row, 'get after insert');
      expectSame(await store.find('shop', row.payment.externalId), [row], 'find after insert');
    },
  ],
  [
    'an insert writes its audit and its events along with the payment',
    async ({ store }) => {
      const row = sampleRow();
      const { id } = row.payment;
      await store.insert(plain(row, { audit: [sampleAudit(row, 'new')], events: [sampleEvent(row)] }), startMs + 1_000);
      expectSame(await store.audit(id), [sampleAudit(row, 'new')], 'audit');
      const events = await store.takeEvents({ nowMs: startMs, leaseMs: 1_000, limit: 10 });
      expectSame(events, [sampleEvent(row)], 'events');
    },
  ],
  [
    'a second payment of the same id is refused, and leaves no trace',
    async ({ store }) => {
      const row = await given(store);
      const second = sampleRow({ id: row.payment.id, externalId: 'another', amount: '99' });
      expectSame(await store.insert(full(second, 'second'), 0), false, 'insert');
      expectSame(await store.get(row.payment.id), row, 'get');
      expectSame(await store.find('', 'another'), [], 'find');
      expectSame(await store.audit(row.payment.id), [], 'audit');
      expectSame(await store.receipt(row.payment.id), undefined, 'receipt');
      expectSame(await drained(store), [], 'events');
    },
  ],
  [
    'a second payment of the same order and attempt is refused, and leaves no trace',
    async ({ store }) => {
      const row = await given(store, { scope: 'shop', externalId: 'order-1' });
      const second = sampleRow({ scope: 'shop', externalId: 'order-1', amount: '99' });
      expectSame(await store.insert(full(second, 'second'), 0), false, 'insert');
      expectSame(await store.get(second.payment.id), undefined, 'get');
      expectSame(await store.find('shop', 'order-1'), [row], 'find');
      expectSame(await store.audit(second.payment.id), [], 'audit');
      expectSame(await store.receipt(second.payment.id), undefined, 'receipt');
      expectSame(await drained(store), [], 'events');
    },
  ],
  [
    'another scope, external id or attempt is another payment',
    async ({ store }) => {
      const order = { scope: 'shop', externalId: 'order-1' };
      await given(store, order);
      await given(store, { ...order, scope: 'other shop' });
      await given(store, { ...order, externalId: 'order-2' });
      await given(store, { ...order, attempt: 2 });
      // Would be the same, if the two were only strung together.
      await given(store, { scope: 'sho', externalId: 'porder-1' });
      expectSame((await store.find('shop', 'order-1')).length, 2, 'attempts found');
    },
  ],
  [
    'external ids are told apart sign by sign: case, accents and spaces count',
    async ({ store }) => {
      const names = [
        'order',
        'Order',
        'order ',
        'ördér',
        'o\u0308rde\u0301r',
        'заказ',
        '订单',
        '🧾',
        "o'rder",
        'order%',
      ];
      for (const externalId of names) await given(store, { externalId });
      for (const externalId of names) {
        const found = await store.find('', externalId);
        expectSame(
          found.map(({ payment }) => payment.externalId),
          [externalId],
          'find',
        );
      }
    },
  ],
  [
    'of many inserts of one order at once, exactly one is done',
    async ({ store, another }) => {
      const stores = [store, await another(), await another()];
      const rows = times(12, () => sampleRow({ externalId: 'order-1' }));
      const done = await Promise.all(
        rows.map((row, index) =>
          (stores[index % 3] ?? store).insert(plain(row, { audit: [sampleAudit(row, 'x')] }), 0),
        ),
      );
      expectSame(done.filter(Boolean).length, 1, 'inserts done');
      expectSame(await store.find('', 'order-1'), [rows[done.indexOf(true)]], 'find');
    },
  ],
  [
    'a payment is inserted with its lease: nobody else gets it before that is over',
    async ({ store }) => {
      const row = sampleRow();
      await store.insert(plain(row), startMs + 1_000);
      const lease = (nowMs: number) => store.leaseDue({ nowMs, leaseMs: 1_000, limit: 10 });
      expectSame(await lease(startMs + 999), [], 'leased while it is held');
      expectSame((await lease(startMs + 1_000)).length, 1, 'leased when the time is over');
    },
  ],
  [
    'what is not there is not found',
    async ({ store }) => {
      const { payment } = await given(store, { scope: 'shop' });
      const unknown = crypto.randomUUID();
      expectSame(await store.get(unknown), undefined, 'get');
      expectSame(await store.find('', payment.externalId), [], 'find in another scope');
      expectSame(await store.find('shop', 'nothing'), [], 'find of another order');
      expectSame(await store.receipt(unknown), undefined, 'receipt');
      expectSame([await store.audit(unknown), await store.callbacks(unknown)], [[], []], 'audit and callbacks');
    },
  ],
  [
    'all attempts of an order are found, by their number',
    async ({ store }) => {
      for (const attempt of [10, 2, 1, 3]) await given(store, { externalId: 'order-1', attempt });
      const found = await store.find('', 'order-1');
      expectSame(
        found.map(({ payment }) => payment.attempt),
        [1, 2, 3, 10],
        'attempts',
      );
    },
  ],
  [
    'what a caller does to its objects changes nothing in the store',
    async ({ store }) => {
      const row = sampleRow();
      const kept = structuredClone(row);
      const change = plain(row, { audit: [sampleAudit(row, 'kept')] });
      await store.insert(change, 0);
      Object.assign(row.payment, { state: 'successful' });
      Object.assign(change.audit[0] ?? {}, { note: 'spoilt' });
      const got = await store.get(kept.payment.id);
      expectSame(got, kept, 'get, after the inserted object was changed');
      Object.assign(got?.payment ?? {}, { state: 'successful' });
      for (const found of await store.find('', kept.payment.externalId)) Object.assign(found.payment, { amount: '0' });
      for (const entry of await store.audit(kept.payment.id)) Object.assign(entry, { note: 'spoilt' });
      expectSame(await store.get(kept.payment.id), kept, 'get, after what it gave was changed');
      expectSame((await store.audit(kept.payment.id))[0]?.note, 'kept', 'audit');
    },
  ],
  [
    'every text comes back sign by sign, however odd or long',
    async ({ store }) => {
      const odd = [
        `'"\\\`$1?;--%_`,
        '\u0000\u001f\u007f\u2028',
        '😀 ñ 汉 \u202e',
        '\ud800 alone',
        'x'.repeat(200_000),
        '',
      ];
      const row = sampleRow({ payerMessage: odd.join('|'), payeeNote: '', amount: '123456789012345678.123456789' });
      const raw = { texts: odd, nested: [{ deep: [null, true, 1.5e300, -0.1, {}] }], 'odd\u0000key': odd[1] };
      await store.insert(plain(row, { audit: [sampleAudit(row, odd.join('|'))] }), 0);
      await store.addCallback({ paymentId: row.payment.id, atMs: startMs, raw }, sampleAudit(row, 'callback'), 20);
      expectSame(await store.get(row.payment.id), row, 'row');
      expectSame((await store.audit(row.payment.id))[0]?.note, odd.join('|'), 'note');
      expectSame((await store.callbacks(row.payment.id))[0]?.raw, raw, 'callback');
      const later = changed(row, { payerMessage: odd.toReversed().join('|') });
      expectTrue((await store.commit(plain(later))) === 'committed', 'the change to be committed');
      expectSame(await store.get(row.payment.id), later, 'changed row');
    },
  ],
];
