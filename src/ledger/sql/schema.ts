import { permitsPerWindow } from '../permits.js';

/** The two kinds of SQL there are to speak. */
export interface SqlDialect {
  /** A 64-bit integer. */
  readonly bigint: string;
  /** A primary key that counts by itself, upwards. */
  readonly position: string;
  /** Gives a row when the table `momo_schema` is there. */
  readonly findSchema: string;
  /** At the end of a select: others wait for this row. */
  readonly lockRow: string;
  /** At the end of a select: keeps two takers from the same row. */
  readonly skipLocked: string;
}

/** Version 1: everything. Columns beside `document` are there for keys, constraints and indices. */
function firstVersion({ bigint, position }: SqlDialect): string[] {
  const permits = Array.from({ length: permitsPerWindow }, (_, slot) => `(${slot}, 0)`).join(', ');
  return [
    'CREATE TABLE momo_schema (version INTEGER PRIMARY KEY)',
    `CREATE TABLE momo_payments (
      id TEXT PRIMARY KEY,
      scope TEXT NOT NULL,
      external_id TEXT NOT NULL CHECK (external_id <> ''),
      attempt INTEGER NOT NULL CHECK (attempt >= 1),
      state TEXT NOT NULL CHECK (state IN
        ('created', 'submitted', 'pending', 'successful', 'failed', 'expired', 'uncertain', 'refunded')),
      amount TEXT NOT NULL CHECK (amount <> ''),
      currency TEXT NOT NULL CHECK (length(currency) = 3),
      payer_id TEXT NOT NULL,
      created_at_ms ${bigint} NOT NULL,
      due_at_ms ${bigint},
      leased_until_ms ${bigint} NOT NULL DEFAULT 0,
      needs_review INTEGER NOT NULL CHECK (needs_review IN (0, 1)),
      version INTEGER NOT NULL CHECK (version >= 1),
      document TEXT NOT NULL,
      UNIQUE (scope, external_id, attempt)
    )`,
    'CREATE INDEX momo_payments_due ON momo_payments (due_at_ms) WHERE due_at_ms IS NOT NULL',
    'CREATE INDEX momo_payments_created ON momo_payments (created_at_ms, id)',
    'CREATE INDEX momo_payments_scope ON momo_payments (scope, created_at_ms, id)',
    'CREATE INDEX momo_payments_external_id ON momo_payments (external_id, created_at_ms, id)',
    'CREATE INDEX momo_payments_payer ON momo_payments (payer_id, created_at_ms, id)',
    'CREATE INDEX momo_payments_review ON momo_payments (created_at_ms, id) WHERE needs_review = 1',
    `CREATE TABLE momo_receipts (
      number TEXT PRIMARY KEY,
      payment_id TEXT NOT NULL UNIQUE REFERENCES momo_payments (id),
      scope TEXT NOT NULL,
      external_id TEXT NOT NULL,
      document TEXT NOT NULL,
      UNIQUE (scope, external_id)
    )`,
    `CREATE TABLE momo_audit (
      position ${position},
      payment_id TEXT NOT NULL REFERENCES momo_payments (id),
      document TEXT NOT NULL
    )`,
    'CREATE INDEX momo_audit_payment ON momo_audit (payment_id, position)',
    `CREATE TABLE momo_events (
      position ${position},
      id TEXT NOT NULL UNIQUE,
      payment_id TEXT NOT NULL REFERENCES momo_payments (id),
      sequence INTEGER NOT NULL CHECK (sequence >= 1),
      leased_until_ms ${bigint} NOT NULL DEFAULT 0,
      is_delivered INTEGER NOT NULL DEFAULT 0 CHECK (is_delivered IN (0, 1)),
      document TEXT NOT NULL,
      UNIQUE (payment_id, sequence)
    )`,
    'CREATE INDEX momo_events_open ON momo_events (position) WHERE is_delivered = 0',
    `CREATE TABLE momo_callbacks (
      position ${position},
      payment_id TEXT NOT NULL REFERENCES momo_payments (id),
      document TEXT NOT NULL
    )`,
    'CREATE INDEX momo_callbacks_payment ON momo_callbacks (payment_id, position)',
    `CREATE TABLE momo_read_permits (slot INTEGER PRIMARY KEY, free_at_ms ${bigint} NOT NULL)`,
    `INSERT INTO momo_read_permits (slot, free_at_ms) VALUES ${permits}`,
  ];
}

/**
 * What makes version 1 of nothing, version 2 of 1, and so on. A version that is published never changes: what comes later
 * is added below, and leaves alone what processes of the version before it still use.
 */
const versions: readonly ((dialect: SqlDialect) => string[])[] = [firstVersion];

export const schemaVersion = versions.length;

/** The statements that lead from a version (0: nothing) to the newest. */
export function migrationFrom(version: number, dialect: SqlDialect): string[] {
  return versions
    .slice(version)
    .flatMap((statements, index) => [
      ...statements(dialect),
      `INSERT INTO momo_schema (version) VALUES (${version + index + 1})`,
    ]);
}
