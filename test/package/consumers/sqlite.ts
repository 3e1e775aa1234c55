// A stranger's file that uses every export of `momo-collections/ledger/sqlite`. Compiled, never run.
import { type SqlitePaymentStore, sqlitePaymentStore } from 'momo-collections/ledger/sqlite';

const store: SqlitePaymentStore = sqlitePaymentStore('payments.db');
// @ts-expect-error: a file has a name
sqlitePaymentStore();

export const closed: Promise<void> = store.close();
