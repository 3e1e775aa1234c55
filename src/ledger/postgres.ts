import { invalidInput } from '../errors.js';
import { type RunSql, sqlPaymentStore } from './sql/store.js';
import { takeTurns } from './sql/turns.js';
import type { PaymentStore } from './store.js';

/** The part of a `pg` client that the store uses. */
export interface PostgresClient {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** The part of a `pg` pool that the store uses. */
export interface PostgresPool extends PostgresClient {
  connect(): Promise<PostgresClient & { release(error?: boolean): unknown }>;
}

/** "momo" as a number: one migration at a time in a database. */
const migrationLock = 0x6d6f6d6f;

/** A client of `pg` has `connect` too, and a connection of its own. */
function isPool(given: PostgresClient | PostgresPool): given is PostgresPool {
  return 'connect' in given && typeof given.connect === 'function' && !('processID' in given);
}

/**
 * A store in PostgreSQL, for any number of machines. The tables (`momo_…`) are made on first use, in the first schema of
 * the search path.
 *
 * @param database - A pool of `pg` or of its shape; or one connected client, whose transactions then take turns.
 * @throws MomoError `invalid_input` for something else.
 * @example
 * ```ts
 * import { PaymentLedger } from 'momo-collections/ledger';
 * import { postgresPaymentStore } from 'momo-collections/ledger/postgres';
 * import { Pool } from 'pg';
 *
 * const ledger = new PaymentLedger({ client, store: postgresPaymentStore(new Pool()) });
 * ```
 */
export function postgresPaymentStore(database: PostgresPool | PostgresClient): PaymentStore {
  if (typeof Object(database).query !== 'function') {
    throw invalidInput('The payment store cannot be made', [
      { path: 'database', message: 'must be a pool or a client with query' },
    ]);
  }
  const inTurn = takeTurns();
  const runOn =
    (client: PostgresClient): RunSql =>
    async (sql, values = []) =>
      (await client.query(sql, [...values])).rows as Record<string, unknown>[];

  async function within<Result>(client: PostgresClient, work: (run: RunSql) => Promise<Result>): Promise<Result> {
    await client.query('BEGIN');
    try {
      const result = await work(runOn(client));
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    }
  }

  async function transaction<Result>(work: (run: RunSql) => Promise<Result>): Promise<Result> {
    if (!isPool(database)) return inTurn(() => within(database, work));
    const client = await database.connect();
    let isBroken = true;
    try {
      const result = await within(client, work).catch(async (error) => {
        // Still usable, if it answers: only a connection that is gone is thrown away.
        await client.query('SELECT 1');
        isBroken = false;
        throw error;
      });
      isBroken = false;
      return result;
    } finally {
      client.release(isBroken);
    }
  }

  return sqlPaymentStore({
    dialect: {
      bigint: 'BIGINT',
      position: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
      skipLocked: 'FOR UPDATE SKIP LOCKED',
    },
    run: (sql, values) =>
      isPool(database) ? runOn(database)(sql, values) : inTurn(() => runOn(database)(sql, values)),
    transaction,
    migration: (work) =>
      transaction(async (run) => {
        await run(`SELECT pg_advisory_xact_lock(${migrationLock})`);
        await work(run);
      }),
  });
}
