import type { Database } from './database.ts';

// Types that SQLite and PostgreSQL both know. Every statement can run again.
const statements = [
  `CREATE TABLE IF NOT EXISTS gateway_apps (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    key_hash TEXT NOT NULL UNIQUE,
    sealed_key TEXT NOT NULL,
    callback_url TEXT,
    requests_per_minute INTEGER NOT NULL CHECK (requests_per_minute >= 1),
    is_disabled INTEGER NOT NULL DEFAULT 0 CHECK (is_disabled IN (0, 1)),
    created_at_ms BIGINT NOT NULL
  )`,
  `CREATE TABLE IF NOT EXISTS gateway_forwards (
    event_id TEXT PRIMARY KEY,
    payment_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    app_id TEXT NOT NULL REFERENCES gateway_apps (id),
    callback_url TEXT,
    body TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'forwarded', 'given-up')),
    attempts INTEGER NOT NULL DEFAULT 0,
    created_at_ms BIGINT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    leased_until_ms BIGINT NOT NULL DEFAULT 0,
    UNIQUE (payment_id, sequence)
  )`,
  `CREATE INDEX IF NOT EXISTS gateway_forwards_due ON gateway_forwards (due_at_ms) WHERE state = 'waiting'`,
  `CREATE TABLE IF NOT EXISTS gateway_attempts (
    id TEXT PRIMARY KEY,
    event_id TEXT NOT NULL REFERENCES gateway_forwards (event_id),
    at_ms BIGINT NOT NULL,
    duration_ms INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    http_status INTEGER
  )`,
  'CREATE INDEX IF NOT EXISTS gateway_attempts_event ON gateway_attempts (event_id, at_ms)',
];

/** Makes the tables that are missing. */
export async function createTables(database: Pick<Database, 'run'>): Promise<void> {
  for (const statement of statements) await database.run(statement);
}
