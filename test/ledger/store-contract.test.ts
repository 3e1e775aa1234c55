import { afterAll, describe, expect, test } from 'vitest';
import { memoryPaymentStore } from '../../src/ledger/index.js';
import { type PaymentStoreUnderTest, paymentStoreContract } from '../../src/testing/index.js';
import { embeddedPostgres, sqliteUnderTest } from '../support/stores.js';

const postgres = embeddedPostgres();
afterAll(() => postgres.close());

const stores: readonly [name: string, open: () => PaymentStoreUnderTest | Promise<PaymentStoreUnderTest>][] = [
  ['memory', () => ({ store: memoryPaymentStore() })],
  ['a SQLite file', sqliteUnderTest],
  ['an embedded PostgreSQL', postgres.open],
];

describe.each(stores)('the store on %s', { timeout: 60_000 }, (_name, open) => {
  test.each(paymentStoreContract(open).map((each) => [each.name, each.run] as const))('%s', (_case, run) => run());
});

test('a case closes what it opened, also when it fails', async () => {
  let open = 0;
  const store = { ...memoryPaymentStore(), get: () => Promise.reject(new Error('gone')) };
  const cases = paymentStoreContract(() => {
    open++;
    return { store, close: () => open-- };
  });
  const outcomes = await Promise.allSettled(cases.map(({ run }) => run()));
  expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(5);
  expect(open).toBe(0);
});

test('no two cases have the same name', () => {
  const names = paymentStoreContract(() => ({ store: memoryPaymentStore() })).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(50);
});
