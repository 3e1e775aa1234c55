import { PGlite } from '@electric-sql/pglite';
import { describe, expect, test } from 'vitest';
import { MomoCollections } from '../../src/index.js';
import { memoryPaymentStore, type PaymentFilter, PaymentLedger, type PaymentStore } from '../../src/ledger/index.js';
import { postgresPaymentStore } from '../../src/ledger/postgres.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import { createMomoSandbox } from '../../src/testing/index.js';

const order = { externalId: 'order-1', amount: '12.50', currency: 'EUR', payer: '46733999888' };

function createShop(store: PaymentStore = memoryPaymentStore()) {
  const sandbox = createMomoSandbox({ approval: 'manual' });
  const options = sandbox.clientOptions();
  const ledger = new PaymentLedger({ client: new MomoCollections(options), store, clock: options.clock });
  const reads = () => sandbox.calls.filter(({ operation }) => operation === 'getRequestToPay').length;
  return { sandbox, ledger, reads };
}

describe('refresh', () => {
  test('asks MTN at once, however far away the next read of the schedule is', async () => {
    const { sandbox, ledger } = createShop();
    const { id } = await ledger.charge(order);
    expect(await ledger.refresh(id)).toMatchObject({ state: 'pending' });
    sandbox.approve(id);
    expect(await ledger.refresh(id.toUpperCase())).toMatchObject({ id, state: 'successful' });
    expect(await ledger.receipt(id)).toMatchObject({ status: 'paid' });
  });

  test('gives the payment as it was when MTN does not answer', async () => {
    const { sandbox, ledger } = createShop();
    const { id } = await ledger.charge(order);
    sandbox.approve(id);
    sandbox.fault({ on: 'getRequestToPay', times: 10, status: 503 });
    expect(await ledger.refresh(id)).toMatchObject({ id, state: 'submitted' });
  });

  test('asks nothing about a payment that was never sent', async () => {
    const { sandbox, ledger, reads } = createShop();
    sandbox.fault({ on: 'createAccessToken', times: Number.POSITIVE_INFINITY, status: 429 });
    const { id, state } = await ledger.charge(order, { deadlineMs: 2_000 });
    expect(state).toBe('created');
    expect(await ledger.refresh(id)).toMatchObject({ id, state: 'created' });
    expect(reads()).toBe(0);
  });

  test('does not put off what pollDue is to do: a payment that got lost is sent again all the same', async () => {
    const { sandbox, ledger } = createShop();
    sandbox.fault({ on: 'requestToPay', drop: 'before' });
    const { id } = await ledger.charge(order, { deadlineMs: 1_000 });
    for (let second = 0; second < 110; second++) {
      sandbox.advance(1_000);
      await ledger.refresh(id);
      await ledger.pollDue();
    }
    expect(sandbox.payments.map(({ referenceId }) => referenceId)).toEqual([id]);
    expect(await ledger.refresh(id)).toMatchObject({ state: 'pending' });
  });

  test('knows no payment that the ledger does not have', async () => {
    const { ledger } = createShop();
    await expect(ledger.refresh('8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11')).rejects.toMatchObject({ code: 'not_found' });
  });
});

const stores: readonly [name: string, makeStore: () => PaymentStore][] = [
  ['memory', memoryPaymentStore],
  ['SQLite', () => sqlitePaymentStore(':memory:')],
  ['PostgreSQL', () => postgresPaymentStore(new PGlite())],
];

// The embedded PostgreSQL takes seconds to start.
describe.each(stores)('with the store on %s', { timeout: 60_000 }, (_name, makeStore) => {
  test('the payments of one external id are found in all scopes, or in one', async () => {
    const { ledger } = createShop(makeStore());
    const shop = await ledger.charge({ ...order, scope: 'shop' });
    const school = await ledger.charge({ ...order, scope: 'school' });
    await ledger.charge({ ...order, scope: 'shop', externalId: 'order-2' });
    const ids = async (filter: PaymentFilter) => {
      const found: string[] = [];
      for await (const { id } of ledger.list(filter)) found.push(id);
      return found;
    };
    expect((await ids({ externalId: 'order-1' })).toSorted()).toEqual([shop.id, school.id].toSorted());
    expect(await ids({ externalId: 'order-1', scope: 'school' })).toEqual([school.id]);
    expect(await ids({ externalId: 'order-3' })).toEqual([]);
  });

  test('metadata is kept with the payment, and the first charge decides it', async () => {
    const { ledger, sandbox } = createShop(makeStore());
    const { id } = await ledger.charge({ ...order, metadata: { till: '4' } });
    expect((await ledger.charge({ ...order, metadata: { till: '5' } })).metadata).toEqual({ till: '4' });
    expect(await ledger.get(id)).toMatchObject({ metadata: { till: '4' } });
    expect(JSON.stringify(sandbox.calls)).not.toContain('till');
  });
});

test.each([[['a']], [{ till: 4 }], ['text'], [null], [{ till: 'two\nlines' }]])(
  'metadata is refused as %j',
  async (metadata) => {
    const { ledger, sandbox } = createShop();
    await expect(ledger.charge({ ...order, metadata: metadata as never })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'metadata' }],
    });
    expect(sandbox.payments).toEqual([]);
  },
);
