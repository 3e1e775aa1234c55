import { Pool } from 'pg';
import type { PaymentStore } from '../../src/ledger/index.js';
import { postgresPaymentStore } from '../../src/ledger/postgres.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';

/** Where the payments of several processes are, as a message can say it. */
export type StorePlace =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly schema: string };

export function openPool({ url, schema }: Extract<StorePlace, { kind: 'postgres' }>, max = 4): Pool {
  const pool = new Pool({ connectionString: url, max, options: `-c search_path=${schema}` });
  pool.on('error', () => undefined);
  return pool;
}

/** A store there, and what closes it. */
export function openPlace(place: StorePlace): { store: PaymentStore; close: () => Promise<void> } {
  if (place.kind === 'sqlite') {
    const store = sqlitePaymentStore(place.path);
    return { store, close: () => store.close() };
  }
  const pool = openPool(place);
  return { store: postgresPaymentStore(pool), close: () => pool.end() };
}
