import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { invalidInput, MomoError } from '../errors.js';
import { type Explanation, SqlFailure } from './sql/failure.js';
import { type RunSql, sqlPaymentStore } from './sql/store.js';
import { takeTurns } from './sql/turns.js';
import type { PaymentStore } from './store.js';

/** Others hold the file for a few milliseconds at a time. So long SQLite waits itself, and everything in the process with it. */
const busyTimeoutMs = 50;
/** After that it is asked again from time to time. */
const retryPauseMs = 20;
const retryForMs = 10_000;

/** A {@link PaymentStore} in one file. */
export interface SqlitePaymentStore extends PaymentStore {
  /** Closes the file once the step under way is done; what comes later rejects with `unavailable`. */
  close(): Promise<void>;
}

/** SQLite's result codes: the low byte; what is above it says more than is needed here. */
const codes = { busy: 5, locked: 6, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };

function codeOf(error: unknown): number | undefined {
  const { errcode } = Object(error) as { errcode?: unknown };
  return typeof errcode === 'number' ? errcode & 0xff : undefined;
}

const isBusy = (error: unknown) => codeOf(error) === codes.busy || codeOf(error) === codes.locked;

function explain(error: unknown): Explanation {
  const code = codeOf(error);
  const named = (why: string, isRetryable = false) => ({ why: `${why} (SQLite ${code ?? 'error'})`, isRetryable });
  switch (code) {
    case codes.busy:
    case codes.locked:
      return named('its file was locked by others for 10 seconds. Try again; if it stays so, look who holds it', true);
    case codes.readOnly:
      return named('its file cannot be written to. Give this process the right to write the file and its folder');
    case codes.cannotOpen:
      return named('its file cannot be opened. Look whether the folder is there, and may be written to');
    case codes.notADatabase:
      return named('its file is something else than a SQLite database. Name another path');
    case codes.corrupt:
      return named('its file is damaged. Stop the processes that use it, and restore it');
    case codes.full:
      return named('the disk is full', true);
    case codes.ioError:
      return named('the disk could not be read or written', true);
    default:
      return named('SQLite refused a statement');
  }
}

/** Runs a piece of work on SQLite, again and again while others hold the file. */
async function whenFree<Result>(work: () => Result): Promise<Result> {
  for (const startedAtMs = Date.now(); ; ) {
    try {
      return work();
    } catch (error) {
      if (error instanceof MomoError) throw error;
      if (!isBusy(error) || Date.now() - startedAtMs > retryForMs) throw new SqlFailure(error);
    }
    await new Promise((resolve) => setTimeout(resolve, retryPauseMs * (0.5 + Math.random())));
  }
}

function openFile(path: string): DatabaseSync {
  const opened = new DatabaseSync(path);
  try {
    opened.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL`);
    opened.exec('PRAGMA foreign_keys = ON');
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

/**
 * A store in one SQLite file, for all processes of one machine: no server, nothing to install. What is written survives a
 * crash of the process and of the machine. The file is made on first use, and must lie on a local disk: it holds phone
 * numbers, so its folder is for the shop's processes alone.
 *
 * A database that does not work rejects with `unavailable`, retryable where waiting helps.
 *
 * @param path - The file, or `:memory:`.
 * @throws MomoError `invalid_input` when that is no path.
 * @example
 * ```ts
 * import { PaymentLedger } from 'momo-collections/ledger';
 * import { sqlitePaymentStore } from 'momo-collections/ledger/sqlite';
 *
 * const ledger = new PaymentLedger({ client, store: sqlitePaymentStore('payments.db') });
 * ```
 */
export function sqlitePaymentStore(path: string): SqlitePaymentStore {
  // An empty path would be a database that is deleted when it is closed.
  if (typeof path !== 'string' || path.trim() === '') {
    throw invalidInput('The payment store cannot be made', [
      { path: 'path', message: 'must be the path of a file, or :memory:' },
    ]);
  }
  let database: DatabaseSync | undefined;
  let isClosed = false;
  const statements = new Map<string, StatementSync>();
  // Two transactions of one connection cannot be told apart.
  const inTurn = takeTurns();

  const open = () => {
    if (isClosed) throw new MomoError('unavailable', 'The payment store is closed.');
    database ??= openFile(path);
    return database;
  };
  const run: RunSql = (sql, values = []) =>
    whenFree(() => {
      const connection = open();
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = connection.prepare(sql.replace(/\$(\d+)/g, '?$1'));
        statements.set(sql, statement);
      }
      return statement.all(...values);
    });
  const transaction = <Result>(work: (run: RunSql) => Promise<Result>): Promise<Result> =>
    inTurn(async () => {
      // The right to write from the start: to ask for it later may fail for good.
      await whenFree(() => open().exec('BEGIN IMMEDIATE'));
      try {
        const result = await work(run);
        await whenFree(() => open().exec('COMMIT'));
        return result;
      } catch (error) {
        try {
          open().exec('ROLLBACK');
        } catch {
          // SQLite has undone it already. What went wrong before says more.
        }
        throw error;
      }
    });

  const store = sqlPaymentStore({
    dialect: {
      bigint: 'INTEGER',
      position: 'INTEGER PRIMARY KEY AUTOINCREMENT',
      findSchema: "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'momo_schema'",
      lockRow: '',
      skipLocked: '',
    },
    run: (sql, values) => inTurn(() => run(sql, values)),
    transaction,
    migration: transaction,
    explain,
  });
  return {
    ...store,
    close: () =>
      inTurn(async () => {
        isClosed = true;
        statements.clear();
        database?.close();
        database = undefined;
      }),
  };
}
