import type { PaymentStore } from '../../ledger/store.js';
import { commitCases } from './commits.js';
import { eventCases } from './events.js';
import { insertCases } from './inserts.js';
import { leaseCases } from './leases.js';
import { permitCases } from './permits.js';
import { recordCases } from './records.js';
import { severalCases } from './several.js';
import type { ContractCase, PaymentStoreCase, PaymentStoreUnderTest } from './types.js';

const cases: readonly ContractCase[] = [
  ...insertCases,
  ...commitCases,
  ...leaseCases,
  ...permitCases,
  ...eventCases,
  ...recordCases,
  ...severalCases,
];

/**
 * What every store of the ledger has to do, as named cases for any test runner: payments that are there once, changes that
 * are whole, leases and permits that hold among several processes, events in order. A store that passes can carry
 * `PaymentLedger`. Nothing sleeps; the time is made up.
 *
 * @param open - Makes a store on an empty database; called for each case.
 * @example
 * ```ts
 * import { test } from 'node:test';
 * import { memoryPaymentStore } from 'momo-collections/ledger';
 * import { paymentStoreContract } from 'momo-collections/testing';
 *
 * for (const { name, run } of paymentStoreContract(() => ({ store: memoryPaymentStore() }))) test(name, run);
 * ```
 */
export function paymentStoreContract(
  open: () => PaymentStoreUnderTest | Promise<PaymentStoreUnderTest>,
): readonly PaymentStoreCase[] {
  return cases.map(([name, check]) => ({
    name,
    run: async () => {
      const { store, another, close } = await open();
      try {
        await check({ store, another: async (): Promise<PaymentStore> => (another ? another() : store) });
      } finally {
        await close?.();
      }
    },
  }));
}
