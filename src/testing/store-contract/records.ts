import type { PaymentFilter } from '../../ledger/store.js';
import { expectSame } from './expect.js';
import { changed, given, listed, plain, sampleAudit, sampleRow, startMs, times } from './samples.js';
import type { ContractCase } from './types.js';

export const recordCases: readonly ContractCase[] = [
  [
    'callbacks are kept in the order they came, each payment its own, with their audit',
    async ({ store }) => {
      const [one, two] = [await given(store), await given(store)];
      const callback = (row: typeof one, index: number) => ({
        paymentId: row.payment.id,
        atMs: startMs - index,
        raw: { status: 'PENDING', index },
      });
      for (const index of times(3, (number) => number)) {
        for (const row of [one, two]) {
          expectSame(await store.addCallback(callback(row, index), sampleAudit(row, `${index}`), 20), true, 'kept');
        }
      }
      for (const row of [one, two]) {
        const { id } = row.payment;
        expectSame(
          await store.callbacks(id),
          times(3, (index) => callback(row, index)),
          'callbacks',
        );
        expectSame(
          await store.audit(id),
          times(3, (index) => sampleAudit(row, `${index}`)),
          'audit',
        );
      }
    },
  ],
  [
    'more callbacks than the limit are not kept, nor is their audit',
    async ({ store }) => {
      const [row, other] = [await given(store), await given(store)];
      const add = ({ payment }: typeof row, note: string) =>
        store.addCallback({ paymentId: payment.id, atMs: startMs, raw: note }, sampleAudit(row, note), 2);
      expectSame([await add(row, 'a'), await add(row, 'b'), await add(row, 'c')], [true, true, false], 'kept');
      expectSame((await store.callbacks(row.payment.id)).length, 2, 'callbacks');
      expectSame((await store.audit(row.payment.id)).length, 2, 'audit');
      expectSame(await add(other, 'd'), true, 'kept for another payment');
    },
  ],
  [
    'of many callbacks at once, no more than the limit are kept',
    async ({ store, another }) => {
      const { payment } = await given(store);
      const row = sampleRow({ id: payment.id });
      const stores = [store, await another(), await another()];
      const kept = await Promise.all(
        times(15, (index) =>
          (stores[index % 3] ?? store).addCallback(
            { paymentId: payment.id, atMs: startMs, raw: index },
            sampleAudit(row, `${index}`),
            5,
          ),
        ),
      );
      expectSame(kept.filter(Boolean).length, 5, 'callbacks said to be kept');
      expectSame((await store.callbacks(payment.id)).length, 5, 'callbacks');
      expectSame((await store.audit(payment.id)).length, 5, 'audit');
    },
  ],
  [
    "the audit is each payment's own, in the order it was written",
    async ({ store }) => {
      const other = await given(store, {}, {});
      let row = await given(store);
      const notes = times(12, (index) => `line ${index}`);
      for (const note of notes) {
        row = changed(row);
        // Times that do not grow, for clocks may go back.
        const entry = { ...sampleAudit(row, note), atMs: startMs - Number(note.slice(5)) };
        await store.commit(plain(row, { audit: [entry, { ...entry, note: `${note}, second` }] }));
      }
      const wanted = notes.flatMap((note) => [note, `${note}, second`]);
      expectSame(
        (await store.audit(row.payment.id)).map(({ note }) => note),
        wanted,
        'audit',
      );
      expectSame(await store.audit(other.payment.id), [], 'audit of another payment');
    },
  ],
  [
    'payments are listed by creation, oldest first',
    async ({ store }) => {
      const ids: string[] = [];
      for (const age of [30, 10, 50, 20, 40]) {
        const { payment } = await given(store, { createdAtMs: startMs - age, externalId: `${age}` });
        ids[5 - age / 10] = payment.id;
      }
      expectSame(await listed(store.list()), ids, 'listed');
      expectSame(await listed(store.list({})), ids, 'listed with an empty filter');
    },
  ],
  [
    'a list shows payments as they are now',
    async ({ store }) => {
      const row = await given(store);
      const next = changed(row, { state: 'failed' });
      await store.commit(plain(next));
      for await (const found of store.list()) expectSame(found, next, 'row');
      expectSame(await listed(store.list({ states: ['created'] })), [], 'by the state before');
      expectSame(await listed(store.list({ states: ['failed'] })), [row.payment.id], 'by the state now');
    },
  ],
  ...filterCases(),
  [
    'thousands of payments are listed, each once, many of them made in the same millisecond',
    async ({ store }) => {
      const ids: string[] = [];
      for (const index of times(1_250, (number) => number)) {
        ids.push((await given(store, { createdAtMs: startMs + (index > 600 ? 1 : 0) })).payment.id);
      }
      const found = await listed(store.list());
      expectSame(found.length, 1_250, 'payments listed');
      expectSame([...found].sort(), [...ids].sort(), 'listed');
      expectSame([...found.slice(0, 601)].sort(), ids.slice(0, 601).sort(), 'the older ones come first');
    },
  ],
  [
    'a list may be left half-way, and the store goes on',
    async ({ store }) => {
      const ids: string[] = [];
      for (const index of times(3, (number) => number)) {
        ids.push((await given(store, { createdAtMs: startMs + index })).payment.id);
      }
      for await (const { payment } of store.list()) {
        expectSame(payment.id, ids[0], 'the first');
        await given(store, { createdAtMs: startMs - 1 });
        break;
      }
      expectSame((await listed(store.list())).length, 4, 'listed afterwards');
    },
  ],
];

/** One payment of each kind, and what each filter finds of them. */
function filterCases(): ContractCase[] {
  const review = [{ reason: 'uncertain', sinceMs: startMs }] as const;
  const samples = {
    plain: {},
    failed: { state: 'failed' },
    uncertain: { state: 'uncertain', review },
    shop: { scope: 'shop' },
    other: { payerId: '46733123451', externalId: 'order-of-two' },
    early: { createdAtMs: startMs - 1 },
    late: { createdAtMs: startMs + 1, state: 'uncertain', review, scope: 'shop', externalId: 'order-of-two' },
  } as const;
  const filters: readonly [name: string, filter: PaymentFilter, found: readonly (keyof typeof samples)[]][] = [
    ['states', { states: ['failed', 'uncertain'] }, ['failed', 'uncertain', 'late']],
    ['no state at all', { states: [] }, []],
    ['open questions', { needsReview: true }, ['uncertain', 'late']],
    ['no open question', { needsReview: false }, ['plain', 'failed', 'shop', 'other', 'early']],
    ['scope', { scope: 'shop' }, ['shop', 'late']],
    ['the empty scope', { scope: '' }, ['plain', 'failed', 'uncertain', 'other', 'early']],
    ['external id, in every scope', { externalId: 'order-of-two' }, ['other', 'late']],
    ['payer', { payerId: '46733123451' }, ['other']],
    ['the first instant', { createdFromMs: startMs }, ['plain', 'failed', 'uncertain', 'shop', 'other', 'late']],
    ['the instant after', { createdBeforeMs: startMs }, ['early']],
    ['both instants', { createdFromMs: startMs + 1, createdBeforeMs: startMs + 2 }, ['late']],
    ['several things at once', { needsReview: true, scope: 'shop', states: ['uncertain'] }, ['late']],
    ['several things that nothing has', { scope: 'shop', payerId: '46733123451' }, []],
    ['undefined, which is no filter', { scope: undefined, states: undefined }, Object.keys(samples) as never],
  ];
  return filters.map(([name, filter, found]) => [
    `payments are listed by ${name}`,
    async ({ store }) => {
      const ids = new Map<string, string>();
      for (const [kind, options] of Object.entries(samples)) ids.set(kind, (await given(store, options)).payment.id);
      expectSame((await listed(store.list(filter))).sort(), found.map((kind) => ids.get(kind)).sort(), 'listed');
    },
  ]);
}
