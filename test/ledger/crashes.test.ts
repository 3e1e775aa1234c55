import { expect, test } from 'vitest';
import { type LedgerEvent, memoryPaymentStore, PaymentLedger, type PaymentStore } from '../../src/ledger/index.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import type { createMomoSandbox, Fault } from '../../src/testing/index.js';
import { callbackSecret, collect, crashing, openShop, order } from './support.js';

/** A whole life: charged, called back, swept, told, refunded. The process may die anywhere in it. */
async function live(ledger: PaymentLedger, sandbox: ReturnType<typeof createMomoSandbox>, told: LedgerEvent[]) {
  const { id } = await ledger.charge(order);
  for (let second = 0; second < 110 && (await ledger.get(id))?.state !== 'successful'; second += 2) {
    const payment = sandbox.payments.find(({ referenceId }) => referenceId === id);
    if (payment?.status === 'PENDING') {
      sandbox.approve(id);
      await ledger.handleCallback(sandbox.forgeCallback(id));
    }
    sandbox.advance(2_000);
    await ledger.pollDue();
  }
  await ledger.deliverEvents((event) => told.push(event));
  await ledger.markRefunded(id, { amount: '2.50', reference: 'T-1', by: 'Amina', approvedBy: 'Jean' });
  await ledger.deliverEvents((event) => told.push(event));
}

async function dieAt(store: PaymentStore, nth: number, when: 'before' | 'after', fault?: Fault): Promise<boolean> {
  const told: LedgerEvent[] = [];
  let hasDied = false;
  const dying = crashing(
    store,
    (_method, _call, calls) => {
      hasDied ||= calls === nth;
      return calls === nth;
    },
    when,
  );
  const { sandbox, ledger } = openShop({ store: dying });
  if (fault) sandbox.fault(fault);
  await live(ledger, sandbox, told).catch(() => undefined);

  // The next process, and a customer who tries again.
  const shop = openShop({ store, sandbox });
  sandbox.advance(31_000); // the leases of the dead are over
  await live(shop.ledger, sandbox, told);
  await shop.pass(60_000, 5_000);
  told.push(...shop.events);

  const [payment, ...others] = await collect(shop.ledger.list());
  expect(others).toEqual([]);
  expect(payment).toMatchObject({ state: 'successful', refundedAmount: '2.50', review: [] });
  expect(sandbox.payments.map(({ referenceId }) => referenceId)).toEqual([payment?.id]);
  expect(await shop.ledger.receipt(String(payment?.id))).toMatchObject({ status: 'partly refunded' });
  // At least once each, with a stable id, and in order.
  const ids = [...new Set(told.map(({ id }) => id))];
  expect(ids).toHaveLength(2);
  expect(told.map(({ sequence }) => sequence)).toEqual(told.map(({ sequence }) => sequence).sort());
  return hasDied;
}

const stores: readonly [string, () => PaymentStore][] = [
  ['memory', memoryPaymentStore],
  ['SQLite', () => sqlitePaymentStore(':memory:')],
];

test.each(stores)(
  'whichever call of the store on %s a process dies at, the order is paid once',
  async (_name, makeStore) => {
    let deaths = 0;
    for (const when of ['before', 'after'] as const) {
      for (let nth = 1; await dieAt(makeStore(), nth, when); nth++) deaths += 1;
    }
    expect(deaths).toBeGreaterThan(30);
  },
);

test.each<[string, Fault]>([
  ['loses the request', { on: 'requestToPay', drop: 'before' }],
  ['loses the answer', { on: 'requestToPay', drop: 'after' }],
  ['cannot be reached', { on: 'requestToPay', drop: 'before', code: 'ECONNREFUSED', times: 6 }],
  ['answers 503', { on: 'requestToPay', status: 503 }],
  ['knows nothing of it for a while', { on: 'requestToPay', lagMs: 20_000 }],
  ['does not answer reads', { on: 'getRequestToPay', status: 503, times: 4 }],
])('nor does it matter when MTN %s at the same time', async (_what, fault) => {
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; await dieAt(memoryPaymentStore(), nth, when, fault); nth++);
  }
});

test('callbacks of a ledger that was set up again are still taken', async () => {
  const store = memoryPaymentStore();
  const { ledger, sandbox, client, now } = openShop({ store });
  const { id } = await ledger.charge(order);
  sandbox.approve(id);
  const rotated = new PaymentLedger({
    client,
    store,
    clock: { now, sleep: async () => undefined },
    callbackUrl: 'https://shop.example/momo',
    callbackSecrets: ['the new secret, which signs now', callbackSecret],
  });
  expect((await rotated.handleCallback(sandbox.forgeCallback(id))).status).toBe(200);
  expect((await rotated.get(id))?.state).toBe('successful');
});
