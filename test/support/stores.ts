import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { postgresPaymentStore } from '../../src/ledger/postgres.js';
import { type SqlitePaymentStore, sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import type { PaymentStoreUnderTest } from '../../src/testing/index.js';

/** A folder that is gone with `remove`. */
export function temporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'momo-ledger-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Stores on one new file. */
export function sqliteUnderTest(): PaymentStoreUnderTest {
  const folder = temporaryFolder();
  const opened: SqlitePaymentStore[] = [];
  const another = () => {
    const store = sqlitePaymentStore(join(folder.path, 'payments.db'));
    opened.push(store);
    return store;
  };
  const close = async () => {
    for (const store of opened) await store.close();
    folder.remove();
  };
  return { store: another(), another, close };
}

/** Stores on one embedded PostgreSQL, emptied each time: it takes seconds to start. */
export function embeddedPostgres(): { open: () => Promise<PaymentStoreUnderTest>; close: () => Promise<void> } {
  let database: PGlite | undefined;
  return {
    open: async () => {
      database ??= await PGlite.create();
      await database.exec('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
      return { store: postgresPaymentStore(database) };
    },
    close: async () => database?.close(),
  };
}
