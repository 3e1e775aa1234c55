import { describe, expect, test, vi } from 'vitest';
import { memoryPaymentStore, PaymentLedger, type PaymentStore } from '../../src/ledger/index.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import { openFakeShop, order } from './support.js';

const stores: readonly [string, () => PaymentStore][] = [
  ['memory', memoryPaymentStore],
  ['SQLite', () => sqlitePaymentStore(':memory:')],
];

describe.each(stores)('events, on %s', (_name, makeStore) => {
  /** A shop with one paid payment for each order, the first of which is refunded as well. */
  async function paid(...externalIds: string[]) {
    const shop = openFakeShop({ store: makeStore() });
    const ids: string[] = [];
    for (const externalId of externalIds) ids.push((await shop.ledger.charge({ ...order, externalId })).id);
    shop.mtn.says('successful');
    await shop.pass(5_000);
    const [first = ''] = ids;
    await shop.ledger.markRefunded(first, { amount: '1', reference: 'T-1', by: 'Amina', approvedBy: 'Jean' });
    return { ...shop, ids, first };
  }

  test('come once each, in order for a payment, with a stable id and the payment as it was then', async () => {
    const { ledger, events, told, first } = await paid('order-1');
    expect(await told()).toEqual(['successful', 'refunded']);
    expect(await told()).toEqual(['successful', 'refunded']);
    expect(events).toMatchObject([
      { sequence: 1, paymentId: first, payment: { state: 'successful', refundedAmount: '0' } },
      { sequence: 2, paymentId: first, payment: { refundedAmount: '1' }, refund: { reference: 'T-1' } },
    ]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(2);
    expect((await ledger.audit(first)).filter(({ action }) => action === 'deliver')).toHaveLength(2);
  });

  test('whose handler throws come again with the same id, before any later one of their payment', async () => {
    const { ledger, first } = await paid('order-1', 'order-2');
    const seen: string[] = [];
    let isClosed = true;
    const handler = ({ id, paymentId, type }: { id: string; paymentId: string; type: string }) => {
      if (paymentId === first) seen.push(`${type} ${id}`);
      if (isClosed && paymentId === first) throw new Error('closed');
    };
    expect(await ledger.deliverEvents(handler)).toEqual({ delivered: 1, failed: 1 });
    isClosed = false;
    expect(await ledger.deliverEvents(handler)).toEqual({ delivered: 2, failed: 0 });
    expect(seen.map((line) => line.split(' ')[0])).toEqual([
      'payment.successful',
      'payment.successful',
      'payment.refunded',
    ]);
    expect(seen[1]).toBe(seen[0]);
  });

  test('that always fail wait longer and longer, spin nowhere and hold up no other payment', async () => {
    const { ledger, clock, first } = await paid('order-1', 'order-2');
    const triedAt: number[] = [];
    let calls = 0;
    let otherCameWith = 0;
    const handler = ({ paymentId }: { paymentId: string }) => {
      if (paymentId !== first) {
        otherCameWith = calls;
        return;
      }
      triedAt.push(clock.now() / 1_000);
      throw new Error('poison');
    };
    // One turn in each call: the poison event may not have them all.
    for (calls = 1; calls <= 3_600; calls++) {
      const { failed } = await ledger.deliverEvents(handler, { limit: 1 });
      expect(failed).toBeLessThanOrEqual(1);
      clock.advance(1_000);
    }
    expect(otherCameWith).toBeLessThanOrEqual(4);
    const gaps = triedAt.slice(1).map((at, index) => at - Number(triedAt[index]));
    expect(gaps.slice(2, 9)).toEqual([2, 4, 8, 16, 32, 64, 128]);
    expect(Math.max(...gaps)).toBe(300);
    expect(triedAt.length).toBeLessThan(25);
  });

  test('of one payment are never in two hands: past its lease a batch is left alone', async () => {
    const { ledger, clock, store, mtn } = await paid('order-1', 'order-2', 'order-3');
    const other = new PaymentLedger({ client: mtn, clock, store });
    const seen: string[] = [];
    let isFirst = true;
    await ledger.deliverEvents(async ({ id, payment }) => {
      seen.push(id);
      if (!isFirst) return;
      isFirst = false;
      clock.advance(31_000);
      await other.deliverEvents((event) => seen.push(event.id), { limit: 10 });
      expect(payment.externalId).toBe('order-1');
    });
    // Only the one that took too long came twice.
    expect(seen.length - new Set(seen).size).toBe(1);
  });

  test('whose handler never ends are given up after the lease: the rest goes on, and they come again', async () => {
    const { ledger, clock, first, ids, notices } = await paid('order-1', 'order-2', 'order-3');
    const done: string[] = [];
    let hung = 0;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const delivery = ledger.deliverEvents(({ paymentId }) => {
        if (paymentId !== first) return done.push(paymentId);
        hung++;
        clock.advance(30_000);
        return new Promise(() => undefined);
      });
      await vi.advanceTimersByTimeAsync(30_000);
      expect(await delivery).toEqual({ delivered: 2, failed: 1 });
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
    expect(hung).toBe(1);
    expect(done.toSorted()).toEqual(ids.slice(1).toSorted());
    expect(notices).toContainEqual(
      expect.objectContaining({ action: 'deliver', error: expect.objectContaining({ code: 'timeout' }) }),
    );
    const types: string[] = [];
    expect(await ledger.deliverEvents(({ type }) => types.push(type))).toEqual({ delivered: 2, failed: 0 });
    expect(types).toEqual(['payment.successful', 'payment.refunded']);
  });

  test('that fail only after their lease are not tried again and again by the same call', async () => {
    const { ledger, clock } = await paid('order-1');
    let tries = 0;
    const slow = () => {
      tries++;
      clock.advance(31_000);
      throw new Error('too slow');
    };
    expect(await ledger.deliverEvents(slow)).toEqual({ delivered: 0, failed: 1 });
    expect(tries).toBe(1);
    expect(await ledger.deliverEvents(() => undefined)).toEqual({ delivered: 2, failed: 0 });
  });
});

test('an event handler must be a function, and limits are whole numbers', async () => {
  const { ledger } = openFakeShop();
  const invalid = { code: 'invalid_input' };
  await expect(ledger.deliverEvents(undefined as never)).rejects.toMatchObject({
    ...invalid,
    issues: [{ path: 'handler' }],
  });
  for (const limit of [0, -1, 1.5, Number.NaN, '5' as never]) {
    const wrong = { ...invalid, issues: [{ path: 'limit' }] };
    await expect(ledger.deliverEvents(() => undefined, { limit })).rejects.toMatchObject(wrong);
    await expect(ledger.pollDue({ limit })).rejects.toMatchObject(wrong);
    await expect(ledger.review({ limit })).rejects.toMatchObject(wrong);
  }
});
