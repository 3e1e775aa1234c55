import { MomoError } from '../../errors.js';
import type { AuditEntry } from '../audit.js';
import type { LedgerEvent } from '../event.js';
import { permitWindowMs, strayPermitMs } from '../permits.js';
import type { LeasedPayment, PaymentChange, PaymentRow, PaymentStore, StoredCallback } from '../store.js';
import { type SqlDialect, schemaStatements, schemaVersion } from './schema.js';

export type SqlValue = string | number | null;
type SqlRecord = Readonly<Record<string, unknown>>;

/** Runs one statement with `$1`, `$2` … */
export type RunSql = (sql: string, values?: readonly SqlValue[]) => Promise<readonly SqlRecord[]>;

/** A database, as far as the store needs one. */
export interface SqlDatabase {
  readonly dialect: SqlDialect;
  /** One statement on its own. */
  readonly run: RunSql;
  /** All or nothing; what `work` throws undoes it. */
  transaction<Result>(work: (run: RunSql) => Promise<Result>): Promise<Result>;
  /** As a transaction, and by one process at a time. */
  migration(work: (run: RunSql) => Promise<void>): Promise<void>;
}

/** Undoes a transaction and says why. */
class Undo extends Error {
  readonly outcome: 'stale' | 'second-receipt' | 'refused';
  constructor(outcome: Undo['outcome']) {
    super(outcome);
    this.outcome = outcome;
  }
}

const pageSize = 500;
const parse = <Value>(record: SqlRecord): Value => JSON.parse(String(record.document));

function columnsOf({ payment, dueAtMs, version }: PaymentRow): SqlValue[] {
  const { state, review } = payment;
  return [state, dueAtMs ?? null, review.length > 0 ? 1 : 0, version];
}

async function writeAudit(run: RunSql, entries: readonly AuditEntry[]): Promise<void> {
  for (const entry of entries) {
    const values = [entry.paymentId, JSON.stringify(entry)];
    await run('INSERT INTO momo_audit (payment_id, document) VALUES ($1, $2)', values);
  }
}

async function writeNews(run: RunSql, { row, audit, events, receipt }: PaymentChange): Promise<void> {
  const { id, scope, externalId } = row.payment;
  if (receipt) {
    const made = await run(
      `INSERT INTO momo_receipts (number, payment_id, scope, external_id, document) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (scope, external_id) DO NOTHING RETURNING number`,
      [receipt.number, id, scope, externalId, JSON.stringify(receipt)],
    );
    if (made.length === 0) throw new Undo('second-receipt');
  }
  await writeAudit(run, audit);
  for (const event of events) {
    await run('INSERT INTO momo_events (id, payment_id, sequence, document) VALUES ($1, $2, $3, $4)', [
      event.id,
      event.paymentId,
      event.sequence,
      JSON.stringify(event),
    ]);
  }
}

async function migrate(run: RunSql, dialect: SqlDialect): Promise<void> {
  for (const statement of schemaStatements(dialect)) await run(statement);
  const [newest] = await run('SELECT max(version) AS version FROM momo_schema');
  if (Number(newest?.version) <= schemaVersion) return;
  throw new MomoError(
    'invalid_input',
    'The payment store was made by a newer version of momo-collections. Update the package in this process too.',
  );
}

/** A {@link PaymentStore} on any SQL database. */
export function sqlPaymentStore(database: SqlDatabase): PaymentStore {
  const { dialect } = database;
  let ready: Promise<void> | undefined;

  /** On first use; one that failed is tried again. */
  const prepared = async () => {
    ready ??= database.migration((run) => migrate(run, dialect));
    try {
      await ready;
    } catch (error) {
      ready = undefined;
      throw error;
    }
  };
  const read: RunSql = async (sql, values) => {
    await prepared();
    return database.run(sql, values);
  };
  const write = async <Outcome>(work: (run: RunSql) => Promise<Outcome>): Promise<Outcome | Undo['outcome']> => {
    await prepared();
    try {
      return await database.transaction(work);
    } catch (error) {
      if (error instanceof Undo) return error.outcome;
      throw error;
    }
  };

  return {
    async insert(change, leasedUntilMs) {
      const { row } = change;
      const { id, scope, externalId, attempt, amount, currency, payer, createdAtMs } = row.payment;
      const outcome = await write(async (run) => {
        const made = await run(
          `INSERT INTO momo_payments (state, due_at_ms, needs_review, version, id, scope, external_id, attempt, amount,
             currency, payer_id, created_at_ms, leased_until_ms, document)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT DO NOTHING RETURNING id`,
          [
            ...columnsOf(row),
            ...[id, scope, externalId, attempt, amount, currency, payer.partyId, createdAtMs, leasedUntilMs],
            JSON.stringify(row),
          ],
        );
        if (made.length === 0) throw new Undo('refused');
        await writeNews(run, change);
        return 'inserted';
      });
      return outcome === 'inserted';
    },
    async get(id) {
      const [found] = await read('SELECT document FROM momo_payments WHERE id = $1', [id]);
      return found && parse<PaymentRow>(found);
    },
    async find(scope, externalId) {
      const sql = 'SELECT document FROM momo_payments WHERE scope = $1 AND external_id = $2 ORDER BY attempt';
      return (await read(sql, [scope, externalId])).map((record) => parse<PaymentRow>(record));
    },
    async commit(change, releasing) {
      const { row } = change;
      const outcome = await write(async (run) => {
        const changed = await run(
          `UPDATE momo_payments SET state = $1, due_at_ms = $2, needs_review = $3, version = $4, document = $5,
             leased_until_ms = CASE WHEN leased_until_ms = $6 THEN 0 ELSE leased_until_ms END
           WHERE id = $7 AND version = $8 RETURNING id`,
          [...columnsOf(row), JSON.stringify(row), releasing ?? -1, row.payment.id, row.version - 1],
        );
        if (changed.length === 0) throw new Undo('stale');
        await writeNews(run, change);
        return 'committed' as const;
      });
      return outcome === 'refused' ? 'stale' : outcome;
    },
    async leaseDue({ nowMs, leaseMs, limit }) {
      const leased = await read(
        `UPDATE momo_payments SET leased_until_ms = $2 WHERE id IN (
           SELECT id FROM momo_payments WHERE due_at_ms <= $1 AND leased_until_ms <= $1
           ORDER BY due_at_ms LIMIT $3 ${dialect.skipLocked}
         ) RETURNING document`,
        [nowMs, nowMs + leaseMs, limit],
      );
      const rows = leased.map((record): LeasedPayment => ({ row: parse(record), leasedUntilMs: nowMs + leaseMs }));
      return rows.sort((a, b) => Number(a.row.dueAtMs) - Number(b.row.dueAtMs));
    },
    async release(id, leasedUntilMs) {
      const sql = 'UPDATE momo_payments SET leased_until_ms = 0 WHERE id = $1 AND leased_until_ms = $2';
      await read(sql, [id, leasedUntilMs]);
    },
    async takeReadPermit(nowMs) {
      const taken = await read(
        `UPDATE momo_read_permits SET taken_at_ms = $1 WHERE slot = (
           SELECT slot FROM momo_read_permits WHERE taken_at_ms <= $2 OR taken_at_ms > $3
           ORDER BY taken_at_ms LIMIT 1 ${dialect.skipLocked}
         ) RETURNING slot`,
        [nowMs, nowMs - permitWindowMs, nowMs + strayPermitMs],
      );
      if (taken.length > 0) return 0;
      const [oldest] = await read('SELECT min(taken_at_ms) AS at_ms FROM momo_read_permits');
      return Math.max(Number(oldest?.at_ms) + permitWindowMs - nowMs, 1);
    },
    async takeEvents({ nowMs, leaseMs, limit }) {
      const taken = await read(
        `UPDATE momo_events SET leased_until_ms = $2 WHERE position IN (
           SELECT position FROM momo_events AS event WHERE is_delivered = 0 AND leased_until_ms <= $1 AND NOT EXISTS (
             SELECT 1 FROM momo_events AS earlier WHERE earlier.payment_id = event.payment_id
               AND earlier.is_delivered = 0 AND earlier.sequence < event.sequence
           ) ORDER BY position LIMIT $3 ${dialect.skipLocked}
         ) RETURNING position, document`,
        [nowMs, nowMs + leaseMs, limit],
      );
      const oldestFirst = [...taken].sort((a, b) => Number(a.position) - Number(b.position));
      return oldestFirst.map((record) => parse<LedgerEvent>(record));
    },
    async acknowledgeEvent(eventId, entry) {
      await write(async (run) => {
        await run('UPDATE momo_events SET is_delivered = 1 WHERE id = $1', [eventId]);
        await writeAudit(run, [entry]);
      });
    },
    async releaseEvent(eventId, entry, dueAtMs) {
      await write(async (run) => {
        await run('UPDATE momo_events SET leased_until_ms = $2 WHERE id = $1', [eventId, dueAtMs]);
        await writeAudit(run, [entry]);
      });
    },
    async addCallback(callback, entry, limit) {
      const outcome = await write(async (run) => {
        const made = await run(
          `INSERT INTO momo_callbacks (payment_id, document) SELECT $1, $2
           WHERE (SELECT count(*) FROM momo_callbacks WHERE payment_id = $1) < $3 RETURNING position`,
          [callback.paymentId, JSON.stringify(callback), limit],
        );
        if (made.length === 0) throw new Undo('refused');
        await writeAudit(run, [entry]);
        return 'added';
      });
      return outcome === 'added';
    },
    async callbacks(paymentId) {
      const sql = 'SELECT document FROM momo_callbacks WHERE payment_id = $1 ORDER BY position';
      return (await read(sql, [paymentId])).map((record) => parse<StoredCallback>(record));
    },
    async audit(paymentId) {
      const sql = 'SELECT document FROM momo_audit WHERE payment_id = $1 ORDER BY position';
      return (await read(sql, [paymentId])).map((record) => parse<AuditEntry>(record));
    },
    async receipt(paymentId) {
      const [found] = await read('SELECT document FROM momo_receipts WHERE payment_id = $1', [paymentId]);
      return found && parse(found);
    },
    async *list(filter = {}) {
      const { states, needsReview, scope, externalId, payerId, createdFromMs = 0, createdBeforeMs } = filter;
      let after: readonly [number, string] = [createdFromMs, ''];
      for (;;) {
        const values: SqlValue[] = [...after];
        const value = (given: SqlValue) => `$${values.push(given)}`;
        const conditions = [
          '(created_at_ms > $1 OR (created_at_ms = $1 AND id > $2))',
          ...(states ? [states.length > 0 ? `state IN (${states.map(value).join(', ')})` : '1 = 0'] : []),
          ...(needsReview === undefined ? [] : [`needs_review = ${needsReview ? 1 : 0}`]),
          ...(scope === undefined ? [] : [`scope = ${value(scope)}`]),
          ...(externalId === undefined ? [] : [`external_id = ${value(externalId)}`]),
          ...(payerId === undefined ? [] : [`payer_id = ${value(payerId)}`]),
          ...(createdBeforeMs === undefined ? [] : [`created_at_ms < ${value(createdBeforeMs)}`]),
        ];
        const page = await read(
          `SELECT document FROM momo_payments WHERE ${conditions.join(' AND ')}
           ORDER BY created_at_ms, id LIMIT ${pageSize}`,
          values,
        );
        const rows = page.map((record) => parse<PaymentRow>(record));
        yield* rows;
        const last = rows.at(-1)?.payment;
        if (last === undefined || rows.length < pageSize) return;
        after = [last.createdAtMs, last.id];
      }
    },
  };
}
