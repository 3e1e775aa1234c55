import { expectSame } from './expect.js';
import { changed, given, plain, startMs, times } from './samples.js';
import type { ContractCase } from './types.js';

export const leaseCases: readonly ContractCase[] = [
  [
    'only what is due is leased: not what is due later, nor what is never due',
    async ({ store }) => {
      const now = await given(store, { dueAtMs: startMs });
      await given(store, { dueAtMs: startMs + 1 });
      const never = changed(await given(store, { dueAtMs: startMs }));
      const { dueAtMs: _, ...notDue } = never;
      await store.commit(plain(notDue));
      const leased = await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 10 });
      expectSame(leased, [{ row: now, leasedUntilMs: startMs + 1_000 }], 'leased');
    },
  ],
  [
    'what is due for the longest time is leased first, and no more than asked for',
    async ({ store }) => {
      for (const late of [30, 10, 50, 20, 40])
        await given(store, { externalId: `late ${late}`, dueAtMs: startMs - late });
      const lease = async () =>
        (await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 2 })).map(({ row }) => row.payment.externalId);
      expectSame(await lease(), ['late 50', 'late 40'], 'first');
      expectSame(await lease(), ['late 30', 'late 20'], 'second');
      expectSame(await lease(), ['late 10'], 'third');
      expectSame(await lease(), [], 'fourth');
    },
  ],
  [
    'a lease lasts exactly as long as asked for, and then another holder gets the payment',
    async ({ store, another }) => {
      await given(store);
      const other = await another();
      const first = await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 10 });
      expectSame(first[0]?.leasedUntilMs, startMs + 1_000, 'leased until');
      const early = await other.leaseDue({ nowMs: startMs + 999, leaseMs: 1_000, limit: 10 });
      expectSame(early, [], 'leased while it is held');
      const late = await other.leaseDue({ nowMs: startMs + 1_000, leaseMs: 1_000, limit: 10 });
      expectSame(late[0]?.leasedUntilMs, startMs + 2_000, 'leased by the next holder until');
    },
  ],
  [
    'a lease shows the payment as it is now, and follows a due time that was changed',
    async ({ store }) => {
      const row = await given(store, { dueAtMs: startMs });
      const later = changed(row, { state: 'submitted' }, { dueAtMs: startMs + 500 });
      await store.commit(plain(later));
      expectSame(await store.leaseDue({ nowMs: startMs + 499, leaseMs: 1, limit: 1 }), [], 'leased before');
      const leased = await store.leaseDue({ nowMs: startMs + 500, leaseMs: 1, limit: 1 });
      expectSame(leased[0]?.row, later, 'leased row');
    },
  ],
  [
    'of many that lease at once, each payment is held by one',
    async ({ store, another }) => {
      for (const index of times(20, (number) => number)) await given(store, { dueAtMs: startMs - index });
      const stores = [store, await another(), await another()];
      const leased = await Promise.all(
        times(9, (index) => (stores[index % 3] ?? store).leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 5 })),
      );
      const ids = leased.flat().map(({ row }) => row.payment.id);
      expectSame(new Set(ids).size, ids.length, 'payments with one holder');
      // Who comes while others choose may go away empty; the next one finds what is left.
      const rest = await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 20 });
      expectSame(ids.length + rest.length, 20, 'payments leased in all');
    },
  ],
  [
    'a released payment can be leased at once',
    async ({ store }) => {
      const { payment } = await given(store);
      const lease = () => store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 1 });
      const [first] = await lease();
      expectSame(await lease(), [], 'leased while it is held');
      await store.release(payment.id, first?.leasedUntilMs ?? 0);
      expectSame((await lease()).length, 1, 'leased after the release');
    },
  ],
  [
    'a holder whose time is over cannot release the lease of the next one',
    async ({ store }) => {
      const { payment } = await given(store);
      const lease = (nowMs: number) => store.leaseDue({ nowMs, leaseMs: 1_000, limit: 1 });
      const [old] = await lease(startMs);
      await lease(startMs + 1_000);
      await store.release(payment.id, old?.leasedUntilMs ?? 0);
      expectSame(await lease(startMs + 1_001), [], 'leased after the release of the lease before');
    },
  ],
  [
    'a release of one payment leaves others alone, and changes no version',
    async ({ store }) => {
      const [one, two] = [await given(store), await given(store)];
      const leased = await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 2 });
      await store.release(one.payment.id, leased[0]?.leasedUntilMs ?? 0);
      const again = await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 2 });
      expectSame(
        again.map(({ row }) => row.payment.id),
        [one.payment.id],
        'leased',
      );
      expectSame(await store.get(two.payment.id), two, 'the other payment');
      expectSame(await store.commit(plain(changed(one))), 'committed', 'a change of the next version');
    },
  ],
  [
    'times may have fractions',
    async ({ store }) => {
      const row = await given(store, { dueAtMs: startMs + 0.25 });
      const [leased] = await store.leaseDue({ nowMs: startMs + 2.5, leaseMs: 1_000.75, limit: 1 });
      expectSame(leased?.row, row, 'leased row');
      await store.release(row.payment.id, leased?.leasedUntilMs ?? 0);
      const again = await store.leaseDue({ nowMs: startMs + 2.5, leaseMs: 1_000.75, limit: 1 });
      await store.commit(plain(changed(row)), again[0]?.leasedUntilMs);
      expectSame((await store.leaseDue({ nowMs: startMs + 2.5, leaseMs: 1, limit: 1 })).length, 1, 'payments free');
      expectSame(await store.takeReadPermit(startMs + 0.5, startMs + 1_000.5), 0, 'permit');
      await store.returnReadPermit(startMs + 1_000.5, startMs + 0.75);
    },
  ],
];
