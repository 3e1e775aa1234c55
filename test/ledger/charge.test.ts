import { PGlite } from '@electric-sql/pglite';
import { describe, expect, test } from 'vitest';
import { MomoCollections } from '../../src/index.js';
import { memoryPaymentStore, PaymentLedger, type PaymentStore } from '../../src/ledger/index.js';
import { postgresPaymentStore } from '../../src/ledger/postgres.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import { createMomoSandbox } from '../../src/testing/index.js';

const order = { externalId: 'order-1', amount: '12.50', currency: 'EUR', payer: '46733999888' };

function createShop(store: PaymentStore) {
  const sandbox = createMomoSandbox({ approval: 'manual' });
  const options = sandbox.clientOptions();
  const ledger = new PaymentLedger({
    client: new MomoCollections(options),
    store,
    clock: options.clock,
    callbackUrl: 'https://shop.example/momo',
    callbackSecrets: 'a secret of more than 16 bytes',
  });
  return { sandbox, ledger };
}

const stores: readonly [name: string, makeStore: () => PaymentStore][] = [
  ['memory', memoryPaymentStore],
  ['SQLite', () => sqlitePaymentStore(':memory:')],
  ['PostgreSQL', () => postgresPaymentStore(new PGlite())],
];

// The embedded PostgreSQL takes seconds to start.
describe.each(stores)('with the store on %s', { timeout: 60_000 }, (_name, makeStore) => {
  test('an order that is charged twice is sent once, and another amount is a conflict', async () => {
    const { sandbox, ledger } = createShop(makeStore());
    const [first, second] = await Promise.all([ledger.charge(order), ledger.charge(order)]);
    expect(second.id).toBe(first.id);
    expect(sandbox.payments).toHaveLength(1);
    expect(sandbox.calls.filter(({ operation }) => operation === 'requestToPay')).toHaveLength(1);
    await expect(ledger.charge({ ...order, amount: '13' })).rejects.toMatchObject({ code: 'reference_conflict' });
  });

  test('a payment is paid by the status read alone, with one receipt and one event', async () => {
    const { sandbox, ledger } = createShop(makeStore());
    const { id } = await ledger.charge(order);
    const forged = await ledger.handleCallback(sandbox.forgeCallback(id, { status: 'SUCCESSFUL' }));
    expect(forged.status).toBe(200);
    expect((await ledger.get(id))?.state).toBe('pending');
    sandbox.approve(id);
    sandbox.advance(60_000);
    await ledger.pollDue();
    expect((await ledger.get(id))?.state).toBe('successful');
    expect(await ledger.receipt(id)).toMatchObject({ amount: '12.50', status: 'paid', payer: '********888' });
    const events: string[] = [];
    await ledger.deliverEvents(({ type }) => events.push(type));
    await ledger.deliverEvents(({ type }) => events.push(type));
    expect(events).toEqual(['payment.successful']);
  });

  test('a refused attempt is failed, and only then a next one can be asked for', async () => {
    const { sandbox, ledger } = createShop(makeStore());
    const { id } = await ledger.charge(order);
    await expect(ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject({ code: 'invalid_transition' });
    sandbox.reject(id);
    const next = await ledger.charge({ ...order, attempt: 2 });
    expect(next.id).not.toBe(id);
    expect(await ledger.get(id)).toMatchObject({ state: 'failed', reason: { code: 'APPROVAL_REJECTED' } });
  });
});
