import type { LedgerEvent } from '../../ledger/event.js';
import type { PaymentStore } from '../../ledger/store.js';
import { expectSame } from './expect.js';
import { changed, drained, given, plain, sampleAudit, sampleEvent, startMs, times } from './samples.js';
import type { ContractCase } from './types.js';

async function take(store: PaymentStore, nowMs = startMs, limit = 10): Promise<string[]> {
  return idsOf(await store.takeEvents({ nowMs, leaseMs: 1_000, limit }));
}

const idsOf = (events: readonly LedgerEvent[]) => events.map(({ id }) => id);

/** A payment with so many events. */
async function withEvents(store: PaymentStore, count: number) {
  const row = await given(store);
  const next = changed(row);
  const events = times(count, (index) => sampleEvent(next, index + 1));
  await store.commit(plain(next, { events }));
  return { row: next, events, ids: idsOf(events) };
}

export const eventCases: readonly ContractCase[] = [
  [
    'an event is handed out as it was written',
    async ({ store }) => {
      const { events } = await withEvents(store, 1);
      expectSame(await store.takeEvents({ nowMs: startMs, leaseMs: 1_000, limit: 10 }), events, 'events');
    },
  ],
  [
    'the oldest events are handed out first, and no more than asked for',
    async ({ store }) => {
      const ids: string[] = [];
      for (const _ of times(5, () => 0)) ids.push(...(await withEvents(store, 1)).ids);
      expectSame(await take(store, startMs, 2), ids.slice(0, 2), 'first');
      expectSame(await take(store, startMs, 10), ids.slice(2), 'second');
    },
  ],
  [
    'an event that is held is handed out again when the time of its holder is over',
    async ({ store, another }) => {
      const { ids } = await withEvents(store, 1);
      const other = await another();
      expectSame(await take(store), ids, 'first');
      expectSame(await take(other, startMs + 999), [], 'while it is held');
      expectSame(await take(other, startMs + 1_000), ids, 'when the time is over');
    },
  ],
  [
    'of one payment the events come one by one, each after the one before was acknowledged',
    async ({ store }) => {
      const { row, ids } = await withEvents(store, 3);
      for (const id of ids) {
        expectSame(await take(store), [id], 'next event');
        expectSame(await take(store), [], 'while it is held');
        await store.acknowledgeEvent(id, sampleAudit(row, id));
      }
      expectSame(await take(store, startMs + 60_000), [], 'at the end');
    },
  ],
  [
    'events that later changes bring come after those before',
    async ({ store }) => {
      const { row, ids } = await withEvents(store, 1);
      const next = changed(row);
      await store.commit(plain(next, { events: [sampleEvent(next, 2)] }));
      expectSame(await drained(store), [...ids, sampleEvent(next, 2).id], 'events');
    },
  ],
  [
    'an event that waits holds up its own payment, and no other',
    async ({ store }) => {
      const stuck = await withEvents(store, 2);
      expectSame(await take(store), stuck.ids.slice(0, 1), 'first');
      const other = await withEvents(store, 1);
      expectSame(await take(store), other.ids, 'others');
    },
  ],
  [
    'an acknowledged event never comes again, and its delivery is in the audit',
    async ({ store }) => {
      const { row, ids } = await withEvents(store, 1);
      await take(store);
      await store.acknowledgeEvent(String(ids[0]), sampleAudit(row, 'delivered'));
      expectSame(await take(store, startMs + 86_400_000), [], 'a day later');
      expectSame((await store.audit(row.payment.id)).at(-1), sampleAudit(row, 'delivered'), 'audit');
    },
  ],
  [
    'an event that was not handled comes again when it is due, and its failure is in the audit',
    async ({ store }) => {
      const { row, ids } = await withEvents(store, 2);
      await take(store);
      const release = { leasedUntilMs: startMs + 1_000, dueAtMs: startMs + 200 };
      await store.releaseEvent(String(ids[0]), sampleAudit(row, 'failed'), release);
      expectSame(await take(store, startMs + 199), [], 'before');
      expectSame(await take(store, startMs + 200), ids.slice(0, 1), 'when it is due');
      expectSame((await store.audit(row.payment.id)).at(-1), sampleAudit(row, 'failed'), 'audit');
    },
  ],
  [
    'a holder whose time is over cannot release an event that another one has taken',
    async ({ store, another }) => {
      const { row, ids } = await withEvents(store, 1);
      const other = await another();
      await take(store);
      expectSame(await take(other, startMs + 1_000), ids, 'taken by another one');
      const release = { leasedUntilMs: startMs + 1_000, dueAtMs: startMs };
      await store.releaseEvent(String(ids[0]), sampleAudit(row, 'failed, late'), release);
      expectSame(await take(store, startMs + 1_999), [], 'while the other one holds it');
      expectSame((await store.audit(row.payment.id)).length, 1, 'audit');
      await other.acknowledgeEvent(String(ids[0]), sampleAudit(row, 'delivered'));
      await store.releaseEvent(String(ids[0]), sampleAudit(row, 'failed, later'), { ...release, dueAtMs: startMs });
      expectSame(await take(store, startMs + 60_000), [], 'after it was acknowledged');
    },
  ],
  [
    'of many that take events at once, each event goes to one',
    async ({ store, another }) => {
      const ids: string[] = [];
      for (const _ of times(12, () => 0)) ids.push(...(await withEvents(store, 2)).ids);
      const stores = [store, await another(), await another()];
      const taken = await Promise.all(times(9, (index) => take(stores[index % 3] ?? store, startMs, 3)));
      const all = [...taken.flat(), ...(await take(store, startMs, 100))];
      expectSame(all.sort(), ids.filter((id) => id.endsWith(':1')).sort(), 'events taken');
    },
  ],
];
