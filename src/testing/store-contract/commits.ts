import type { PaymentRow, PaymentStore } from '../../ledger/store.js';
import { expectSame } from './expect.js';
import {
  changed,
  drained,
  full,
  given,
  plain,
  sampleAudit,
  sampleEvent,
  sampleReceipt,
  sampleRow,
  startMs,
  times,
} from './samples.js';
import type { ContractCase } from './types.js';

/** Everything a store says of a payment. */
async function stateOf(store: PaymentStore, { payment: { id } }: PaymentRow) {
  return { row: await store.get(id), audit: await store.audit(id), receipt: await store.receipt(id) };
}

const idsOf = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);

export const commitCases: readonly ContractCase[] = [
  [
    'a change of the next version is written: row, audit, events and receipt',
    async ({ store }) => {
      const row = await given(store);
      const change = full(changed(row, { state: 'successful' }), 'paid');
      expectSame(await store.commit(change), 'committed', 'commit');
      const { audit, receipt } = change;
      expectSame(await stateOf(store, row), { row: change.row, audit, receipt }, 'what is there');
      expectSame(await store.find('', row.payment.externalId), [change.row], 'find');
      expectSame(await drained(store), idsOf(change.events), 'events');
    },
  ],
  [
    'a change of any other version is stale, and nothing of it is written',
    async ({ store }) => {
      const first = await given(store);
      const row = changed(first, { state: 'submitted' });
      await store.commit(plain(row));
      for (const version of [1, 2, 4, 5]) {
        const change = full({ ...changed(row, { state: 'failed' }), version }, 'stale');
        expectSame(await store.commit(change), 'stale', `commit of version ${version} on version 2`);
      }
      expectSame(await stateOf(store, row), { row, audit: [], receipt: undefined }, 'what is there');
      expectSame(await drained(store), [], 'events');
    },
  ],
  [
    'a change of a payment that is not there is stale, and nothing of it is written',
    async ({ store }) => {
      const row = sampleRow();
      expectSame(await store.commit(full(changed(row), 'lost')), 'stale', 'commit');
      expectSame(await store.commit(full({ ...row, version: 1 }, 'lost')), 'stale', 'commit of version 1');
      expectSame(await stateOf(store, row), { audit: [] }, 'what is there');
      expectSame(await drained(store), [], 'events');
    },
  ],
  [
    'of many changes of one version at once, exactly one is written',
    async ({ store, another }) => {
      const row = await given(store);
      const stores = [store, await another(), await another()];
      const changes = times(12, (index) => {
        const next = changed(row, { payeeNote: `by ${index}` });
        return plain(next, { audit: [sampleAudit(next, `by ${index}`)], events: [sampleEvent(next)] });
      });
      const outcomes = await Promise.all(changes.map((change, index) => (stores[index % 3] ?? store).commit(change)));
      expectSame(outcomes.filter((outcome) => outcome === 'committed').length, 1, 'changes written');
      const winner = changes[outcomes.indexOf('committed')];
      const { row: is, audit } = await stateOf(store, row);
      expectSame({ row: is, audit }, { row: winner?.row, audit: winner?.audit }, 'what is there');
      expectSame(await drained(store), [sampleEvent(row).id], 'events');
    },
  ],
  [
    'an order has one receipt: a second is told as such, and nothing of its change is written',
    async ({ store }) => {
      const order = { scope: 'shop', externalId: 'order-1' };
      const first = await given(store, order);
      const second = await given(store, { ...order, attempt: 2 });
      expectSame(await store.commit(full(changed(first), 'first')), 'committed', 'the first receipt');
      expectSame(await store.commit(full(changed(second), 'second')), 'second-receipt', 'the second receipt');
      expectSame(await stateOf(store, second), { row: second, audit: [] }, 'what is there');
      expectSame((await drained(store)).length, 2, 'events');
      // And it is no obstacle to what comes without one.
      const without = changed(second, { state: 'successful' });
      expectSame(await store.commit(plain(without)), 'committed', 'the change without a receipt');
    },
  ],
  [
    'a payment has one receipt, which stays as it is through later changes',
    async ({ store }) => {
      const row = await given(store);
      const paid = changed(row, { state: 'successful' });
      await store.commit(plain(paid, { receipt: sampleReceipt(paid) }));
      const again = changed(paid, { amount: '1' });
      expectSame(
        await store.commit(plain(again, { receipt: { ...sampleReceipt(again), number: 'another' } })),
        'second-receipt',
        'a second receipt of the same payment',
      );
      expectSame(await store.commit(plain(changed(paid, { state: 'refunded' }))), 'committed', 'a later change');
      expectSame(await store.receipt(row.payment.id), sampleReceipt(paid), 'receipt');
    },
  ],
  [
    'orders of the same name in two scopes have a receipt each',
    async ({ store }) => {
      for (const scope of ['', 'shop', 'other shop']) {
        const row = await given(store, { scope, externalId: 'order-1' });
        const paid = changed(row);
        const outcome = await store.commit(plain(paid, { receipt: sampleReceipt(paid) }));
        expectSame(outcome, 'committed', `receipt in scope "${scope}"`);
        expectSame(await store.receipt(row.payment.id), sampleReceipt(paid), 'receipt');
      }
    },
  ],
  [
    'of many attempts that are paid at once, exactly one gets the receipt',
    async ({ store, another }) => {
      const stores = [store, await another(), await another()];
      const rows: PaymentRow[] = [];
      for (const attempt of times(9, (index) => index + 1)) {
        rows.push(await given(store, { externalId: 'order-1', attempt }));
      }
      const outcomes = await Promise.all(
        rows.map((row, index) => (stores[index % 3] ?? store).commit(full(changed(row), 'paid'))),
      );
      const wanted = [...times(8, () => 'second-receipt'), 'committed'].sort();
      expectSame([...outcomes].sort(), wanted, 'outcomes');
      const receipts = await Promise.all(rows.map(({ payment }) => store.receipt(payment.id)));
      expectSame(
        receipts.map((receipt) => receipt !== undefined),
        outcomes.map((outcome) => outcome === 'committed'),
        'receipts there',
      );
    },
  ],
  [
    'a change that gives up its lease frees the payment, in the same step',
    async ({ store }) => {
      const row = await given(store);
      const [leased] = await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 1 });
      expectSame(await store.commit(plain(changed(row)), leased?.leasedUntilMs), 'committed', 'commit');
      const again = await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 1 });
      expectSame(again.length, 1, 'payments free');
    },
  ],
  [
    'a change leaves a lease alone that it does not name: its own, and that of somebody else',
    async ({ store }) => {
      const row = await given(store);
      const lease = (nowMs: number) => store.leaseDue({ nowMs, leaseMs: 1_000, limit: 1 });
      const [old] = await lease(startMs);
      await store.commit(plain(changed(row)));
      expectSame(await lease(startMs + 999), [], 'leased after a change that names none');
      expectSame((await lease(startMs + 1_000)).length, 1, 'leased by somebody else when the time was over');
      await store.commit(plain(changed(changed(row))), old?.leasedUntilMs);
      expectSame(await lease(startMs + 1_999), [], 'leased after a change that names the lease before');
    },
  ],
  [
    'a change that is not written gives up no lease',
    async ({ store }) => {
      const order = { externalId: 'order-1' };
      const paid = await given(store, { ...order, dueAtMs: startMs + 60_000 });
      await store.commit(plain(changed(paid), { receipt: sampleReceipt(paid) }));
      const row = await given(store, { ...order, attempt: 2 });
      const [leased] = await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 1 });
      await store.commit(plain(row), leased?.leasedUntilMs);
      await store.commit(plain(changed(row), { receipt: sampleReceipt(row) }), leased?.leasedUntilMs);
      expectSame(await store.leaseDue({ nowMs: startMs, leaseMs: 1_000, limit: 1 }), [], 'leased by somebody else');
    },
  ],
];
