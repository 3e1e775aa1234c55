import { invalidInput, MomoError } from '../errors.js';
import { type Explanation, SqlFailure } from './sql/failure.js';
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
/** So often a transaction is made in all, when the database undoes it for the sake of others. */
const maxTries = 8;
const retryPauseMs = 20;

/** A client of `pg`, and what is built on it, has `connect` too, but a connection of its own, and texts to escape for it. */
function isPool(given: PostgresClient | PostgresPool): given is PostgresPool {
  return 'connect' in given && typeof given.connect === 'function' && !('escapeLiteral' in given);
}

/** The SQLSTATE; undefined for what went wrong on the way to the database, such as `ECONNRESET`. */
function sqlStateOf(error: unknown): string | undefined {
  const { code } = Object(error) as { code?: unknown };
  return typeof code === 'string' && /^(?:\d|F0|HV|P0|XX)[0-9A-Z]{3,4}$/.test(code) ? code : undefined;
}

/** Serialization failure and deadlock: undone by the database, and fine the next time. */
const isUndoneForOthers = (error: unknown) => ['40001', '40P01'].includes(sqlStateOf(error) ?? '');

function explain(error: unknown): Explanation {
  const state = sqlStateOf(error);
  if (state === undefined) return { why: 'PostgreSQL could not be reached, or went away', isRetryable: true };
  const named = (why: string, isRetryable = false) => ({ why: `${why} (PostgreSQL ${state})`, isRetryable });
  if (/^(?:08|53|57P|40|55P03)/.test(state)) return named('PostgreSQL was not able to do it just now', true);
  if (state === '57014') return named('a statement was cancelled, or took longer than the time set for it', true);
  if (state === '25006') return named('PostgreSQL takes no writes: is this the standby?', true);
  if (state === '42501') {
    return named(
      'the role may not do this. To make the tables, once, takes CREATE on the schema; then SELECT, INSERT and UPDATE on them',
    );
  }
  if (state === '3F000') return named('there is no schema to make the tables in. Set the search_path');
  if (state === '42P01' || state === '42703') {
    return named('its tables are not there, or are not as they were made. Look at the search_path of the connection');
  }
  if (/^(?:28|3D)/.test(state)) return named('PostgreSQL did not let this process in. Look at role and database');
  return named('PostgreSQL refused a statement');
}

async function ask(client: PostgresClient, sql: string, values: readonly unknown[] = []) {
  let result: unknown;
  try {
    result = await client.query(sql, [...values]);
  } catch (error) {
    throw new SqlFailure(error);
  }
  const { rows } = Object(result) as { rows?: Record<string, unknown>[] };
  if (Array.isArray(rows)) return rows;
  throw new MomoError(
    'unavailable',
    'The payment store needs a client whose query gives { rows }, as that of pg does.',
  );
}

/** Over HTTP, or spread over a pool, BEGIN and COMMIT would look as if they worked, and hold nothing together. */
async function requireOneConnection(run: RunSql): Promise<void> {
  const ids: unknown[] = [];
  for (const _ of ['first', 'second']) ids.push((await run('SELECT CAST(txid_current() AS TEXT) AS id'))[0]?.id);
  if (ids[0] === ids[1]) return;
  throw new MomoError(
    'unavailable',
    'The payment store got a client that sends each statement over another connection, so that it has no transactions. ' +
      'Give it a pool with connect, or one connected client.',
  );
}

async function within<Result>(
  client: PostgresClient,
  work: (run: RunSql) => Promise<Result>,
  onBroken: () => void = () => undefined,
): Promise<Result> {
  try {
    // Each statement sees what is committed, whatever the database's default is: the locks do the rest.
    await ask(client, 'BEGIN ISOLATION LEVEL READ COMMITTED');
    const result = await work((sql, values) => ask(client, sql, values));
    await ask(client, 'COMMIT');
    return result;
  } catch (error) {
    // On a connection that is gone this fails too. What went wrong before says more.
    await ask(client, 'ROLLBACK').catch(onBroken);
    throw error;
  }
}

/** A transaction on one client of a pool, thrown away if it does not even undo any more. */
async function withinOneOf<Result>(pool: PostgresPool, work: (run: RunSql) => Promise<Result>): Promise<Result> {
  const client = await pool.connect().catch((error) => {
    throw new SqlFailure(error);
  });
  // Between two statements a lost connection is an event, and one that nobody hears ends the process.
  const ignore = () => undefined;
  const emitter = client as { on?: (...args: unknown[]) => unknown; off?: (...args: unknown[]) => unknown };
  emitter.on?.('error', ignore);
  let isBroken = false;
  try {
    return await within(client, work, () => {
      isBroken = true;
    });
  } finally {
    emitter.off?.('error', ignore);
    client.release(isBroken);
  }
}

async function repeated<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === maxTries || !(error instanceof SqlFailure) || !isUndoneForOthers(error.error)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, retryPauseMs * tries * Math.random()));
  }
}

/**
 * A store in PostgreSQL, for any number of machines. The tables (`momo_…`) are those of the search path; where there are
 * none they are made on first use, in its first schema.
 *
 * A database that does not work rejects with `unavailable`, retryable where waiting helps.
 *
 * @param database - A pool of `pg` or of its shape; or one connected client, for the store alone, whose transactions take
 *   turns. PGlite is such a client.
 * @throws MomoError `invalid_input` for something else.
 * @example
 * ```ts
 * import { PaymentLedger } from 'momo-collections/ledger';
 * import { postgresPaymentStore } from 'momo-collections/ledger/postgres';
 * import { Pool } from 'pg';
 *
 * const pool = new Pool();
 * // A connection that is lost while nobody uses it must not end the process.
 * pool.on('error', console.error);
 * const ledger = new PaymentLedger({ client, store: postgresPaymentStore(pool) });
 * ```
 */
export function postgresPaymentStore(database: PostgresPool | PostgresClient): PaymentStore {
  if (typeof Object(database).query !== 'function') {
    throw invalidInput('The payment store cannot be made', [
      { path: 'database', message: 'must be a pool or a client with query' },
    ]);
  }
  const inTurn = takeTurns();
  const run: RunSql = (sql, values) =>
    repeated(() => (isPool(database) ? ask(database, sql, values) : inTurn(() => ask(database, sql, values))));
  let isOneConnection = false;
  const transaction = <Result>(work: (run: RunSql) => Promise<Result>): Promise<Result> => {
    const checked = async (runInTransaction: RunSql) => {
      if (!isOneConnection) await requireOneConnection(runInTransaction);
      isOneConnection = true;
      return work(runInTransaction);
    };
    return repeated(() =>
      isPool(database) ? withinOneOf(database, checked) : inTurn(() => within(database, checked)),
    );
  };

  return sqlPaymentStore({
    dialect: {
      bigint: 'BIGINT',
      position: 'BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
      // Not to_regclass: it may still believe what was so before the lock.
      findSchema: "SELECT 1 FROM pg_catalog.pg_class WHERE relname = 'momo_schema' AND pg_table_is_visible(oid)",
      lockRow: 'FOR UPDATE',
      skipLocked: 'FOR UPDATE SKIP LOCKED',
    },
    run,
    transaction,
    migration: (work) =>
      transaction(async (inTransaction) => {
        await inTransaction(`SELECT pg_advisory_xact_lock(${migrationLock})`);
        await work(inTransaction);
      }),
    explain,
  });
}
