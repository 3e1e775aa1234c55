import type { PostgresClient } from 'momo-collections/ledger/postgres';
import type { Database } from './database.ts';
import { createTables } from './schema.ts';

/** "gate" as a number: processes that start together make the tables one after the other. */
const migrationLock = 0x67617465;

/** PostgreSQL, through a pool of `pg` or anything of its shape. Closing the pool is its owner's. */
export async function openPostgres(client: PostgresClient): Promise<Database> {
  const database: Database = {
    skipLocked: 'FOR UPDATE SKIP LOCKED',
    run: async (sql, values = []) => (await client.query(sql, [...values])).rows as Record<string, unknown>[],
    close: async () => undefined,
  };
  await migrate(client);
  return database;
}

async function migrate(client: PostgresClient): Promise<void> {
  const pool = client as PostgresClient & { connect?(): Promise<PostgresClient & { release(): void }> };
  // One connection for all of it, for the lock lives in its transaction; PGlite has only the one.
  const connection = 'totalCount' in pool && pool.connect ? await pool.connect() : undefined;
  const query = (sql: string) => (connection ?? client).query(sql);
  try {
    await query('BEGIN');
    await query(`SELECT pg_advisory_xact_lock(${migrationLock})`);
    await createTables({ run: async (sql) => (await query(sql)).rows as Record<string, unknown>[] });
    await query('COMMIT');
  } catch (error) {
    await query('ROLLBACK');
    throw error;
  } finally {
    connection?.release();
  }
}
