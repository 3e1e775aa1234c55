import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Database } from './database.ts';
import { createTables } from './schema.ts';

/**
 * One SQLite file. It is another one than the ledger's: a write lock of the ledger, held over an `await`, would otherwise
 * meet a statement here that blocks the only thread until the lock is gone.
 */
export async function openSqlite(path: string): Promise<Database> {
  const file = new DatabaseSync(path);
  file.exec(
    'PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON',
  );
  const statements = new Map<string, StatementSync>();
  const database: Database = {
    skipLocked: '',
    async run(sql, values = []) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = file.prepare(sql.replace(/\$(\d+)/g, '?$1'));
        statements.set(sql, statement);
      }
      return statement.all(...values);
    },
    async close() {
      statements.clear();
      file.close();
    },
  };
  await createTables(database);
  return database;
}
