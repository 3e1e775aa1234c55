// A stranger's file that uses every export of `momo-collections/ledger/postgres`. Compiled, never run.
import type { PaymentStore } from 'momo-collections/ledger';
import { type PostgresClient, type PostgresPool, postgresPaymentStore } from 'momo-collections/ledger/postgres';

export function open(client: PostgresClient, pool: PostgresPool): PaymentStore[] {
  // @ts-expect-error: an address is no pool
  postgresPaymentStore('postgres://localhost/shop');
  return [postgresPaymentStore(client), postgresPaymentStore(pool)];
}
