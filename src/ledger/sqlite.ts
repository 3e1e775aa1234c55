import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type RunSql, sqlPaymentStore } from './sql/store.js';
import { takeTurns } from './sql/turns.js';
import type { PaymentStore } from './store.js';

/** Others hold the file for a few milliseconds at a time. */
const busyTimeoutMs = 10_000;

/** A {@link PaymentStore} in one file. */
export interface SqlitePaymentStore extends PaymentStore {
  /** Closes the file, once what runs is done. */
  close(): Promise<void>;
}

/**
 * A store in one SQLite file, for all processes of one machine: no server, nothing to install. What is written survives a
 * crash of the process and of the machine. The file is made on first use, and must lie on a local disk.
 *
 * @param path - The file, or `:memory:`.
 * @example
 * ```ts
 * import { PaymentLedger } from 'momo-collections/ledger';
 * import { sqlitePaymentStore } from 'momo-collections/ledger/sqlite';
 *
 * const ledger = new PaymentLedger({ client, store: sqlitePaymentStore('payments.db') });
 * ```
 */
export function sqlitePaymentStore(path: string): SqlitePaymentStore {
  let database: DatabaseSync | undefined;
  const statements = new Map<string, StatementSync>();
  const inTurn = takeTurns();

  const open = () => {
    if (database) return database;
    const opened = new DatabaseSync(path);
    // The timeout first: going over to WAL needs the file to itself.
    opened.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;`);
    opened.exec('PRAGMA foreign_keys = ON');
    database = opened;
    return opened;
  };
  const run: RunSql = async (sql, values = []) => {
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = open().prepare(sql.replace(/\$(\d+)/g, '?$1'));
      statements.set(sql, statement);
    }
    return statement.all(...values);
  };
  const transaction = <Result>(work: (run: RunSql) => Promise<Result>): Promise<Result> =>
    inTurn(async () => {
      const connection = open();
      // Writers queue here, and not in the middle, where one of two would have to give up.
      connection.exec('BEGIN IMMEDIATE');
      try {
        const result = await work(run);
        connection.exec('COMMIT');
        return result;
      } catch (error) {
        connection.exec('ROLLBACK');
        throw error;
      }
    });

  const store = sqlPaymentStore({
    dialect: { bigint: 'INTEGER', position: 'INTEGER PRIMARY KEY AUTOINCREMENT', skipLocked: '' },
    run: (sql, values) => inTurn(() => run(sql, values)),
    transaction,
    migration: transaction,
  });
  return {
    ...store,
    close: () =>
      inTurn(async () => {
        statements.clear();
        database?.close();
        database = undefined;
      }),
  };
}
