import { join } from 'node:path';
import type { PaymentStore } from 'momo-collections/ledger';
import { type PostgresPool, postgresPaymentStore } from 'momo-collections/ledger/postgres';
import { sqlitePaymentStore } from 'momo-collections/ledger/sqlite';
import { type Apps, createApps } from './apps/apps.ts';
import { createSeal } from './apps/seal.ts';
import { ConfigurationError } from './configuration.ts';
import type { Database } from './database/database.ts';
import { openPostgres } from './database/postgres.ts';
import { openSqlite } from './database/sqlite.ts';
import type { Outbox } from './forwarding/forward.ts';
import { createOutbox } from './forwarding/outbox.ts';

/** Everything that is kept. */
export interface Stores {
  readonly payments: PaymentStore;
  readonly apps: Apps;
  readonly outbox: Outbox;
  readonly database: Database;
  close(): Promise<void>;
}

/** Where to keep it: in PostgreSQL when there is a URL, else in two SQLite files. */
export interface Place {
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  readonly masterKey: string;
}

async function openPool(url: string): Promise<PostgresPool & { end(): Promise<void> }> {
  const { default: pg } = await import('pg').catch(() => {
    throw new ConfigurationError('DATABASE_URL needs a package that is not installed: npm install pg@8');
  });
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 });
  // An idle connection that breaks is replaced; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

export async function openStores({ databaseUrl, dataFolder, masterKey }: Place): Promise<Stores> {
  const seal = await createSeal(new Uint8Array(Buffer.from(masterKey, 'base64')));
  const from = (payments: PaymentStore, database: Database, close: () => Promise<void>): Stores => ({
    payments,
    database,
    apps: createApps(database, seal),
    outbox: createOutbox(database),
    close,
  });
  if (databaseUrl !== undefined) {
    const pool = await openPool(databaseUrl);
    const database = await openPostgres(pool).catch((error: { code?: unknown }) => {
      throw new ConfigurationError(`The database of DATABASE_URL cannot be used (${error.code ?? 'no answer'}).`);
    });
    return from(postgresPaymentStore(pool), database, () => pool.end());
  }
  const payments = sqlitePaymentStore(join(dataFolder, 'payments.db'));
  const database = await openSqlite(join(dataFolder, 'gateway.db'));
  return from(payments, database, async () => {
    await payments.close();
    await database.close();
  });
}
