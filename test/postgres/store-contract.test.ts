import { describe, test } from 'vitest';
import { postgresPaymentStore } from '../../src/ledger/postgres.js';
import { type PaymentStoreUnderTest, paymentStoreContract } from '../../src/testing/index.js';
import { databaseUrl, temporarySchema } from '../support/postgres.js';

async function onPools(): Promise<PaymentStoreUnderTest> {
  const { newPool, close } = await temporarySchema();
  return { store: postgresPaymentStore(newPool()), another: () => postgresPaymentStore(newPool()), close };
}

async function onOneClient(): Promise<PaymentStoreUnderTest> {
  const { newPool, close } = await temporarySchema();
  const client = await newPool().connect();
  return {
    store: postgresPaymentStore(client),
    close: () => {
      client.release();
      return close();
    },
  };
}

describe.skipIf(!databaseUrl).each([
  ['on pools', onPools],
  ['on one client', onOneClient],
] as const)('the store on PostgreSQL, %s', { timeout: 60_000 }, (_name, open) => {
  test.each(paymentStoreContract(open).map((each) => [each.name, each.run] as const))('%s', (_case, run) => run());
});
