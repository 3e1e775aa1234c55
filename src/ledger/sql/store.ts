import { MomoError } from '../../errors.js';
import type { AuditEntry } from '../audit.js';
import type { LedgerEvent } from '../event.js';
import { permitWindowMs, strayPermitMs } from '../permits.js';
import type { LeasedPayment, PaymentChange, PaymentRow, PaymentStore, StoredCallback } from '../store.js';
import { type Explanation, SqlFailure, storeError } from './failure.js';
import { migrationFrom, type SqlDialect, schemaVersion } from './schema.js';
import { wholeMs } from './whole.js';

type SqlValue = string | number | null;
type SqlRecord = Readonly<Record<string, unknown>>;

/** Runs one statement with `$1`, `$2` … */
export type RunSql = (sql: string, values?: readonly SqlValue[]) => Promise<readonly SqlRecord[]>;

/** A database, as far as the store needs one. What it throws of its own is a {@link SqlFailure}. */
export interface SqlDatabase {
  readonly dialect: SqlDialect;
  /** One statement on its own. */
  readonly run: RunSql;
  /** All or nothing; what `work` throws undoes it. `work` may run again, after it was undone. */
  transaction<Result>(work: (run: RunSql) => Promise<Result>): Promise<Result>;
  /** As a transaction, and by one process at a time. */
  migration(work: (run: RunSql) => Promise<void>): Promise<void>;
  explain(error: unknown): Explanation;
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
  return [state, dueAtMs === undefined ? null : wholeMs(dueAtMs), review.length > 0 ? 1 : 0, version];
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

/** Which version the tables have; 0 when there are none. */
async function versionOf(run: RunSql, { findSchema }: SqlDialect): Promise<number> {
  if ((await run(findSchema)).length === 0) return 0;
  const [newest] = await run('SELECT max(version) AS version FROM momo_schema');
  return Number(newest?.version);
}

/** Looks first, so that a role that may not make tables can use those that are there. */
async function migrate({ dialect, run, migration }: SqlDatabase): Promise<void> {
  const found = await versionOf(run, dialect);
  if (found > schemaVersion) {
    throw new MomoError(
      'unavailable',
      'The payment store was made by a newer version of momo-collections. Update the package in this process too.',
    );
  }
  if (found === schemaVersion) return;
  await migration(async (runInTurn) => {
    // Others may have done it meanwhile.
    const version = await versionOf(runInTurn, dialect);
    for (const statement of migrationFrom(version, dialect)) await runInTurn(statement);
  });
}

/** A {@link PaymentStore} on any SQL database. */
export function sqlPaymentStore(database: SqlDatabase): PaymentStore {
  const { dialect } = database;
  let ready: Promise<void> | undefined;

  const explained = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      // On first use; one that failed is tried again.
      ready ??= migrate(database).catch((error) => {
        ready = undefined;
        throw error;
      });
      await ready;
      return await work();
    } catch (error) {
      throw error instanceof SqlFailure ? storeError(error, database.explain(error.error)) : error;
    }
  };
  const read: RunSql = (sql, values) => explained(() => database.run(sql, values));
  const write = async <Outcome>(work: (run: RunSql) => Promise<Outcome>): Promise<Outcome | Undo['outcome']> => {
    try {
      return await explained(() => database.transaction(work));
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
            ...[id, scope, externalId, attempt, amount, currency, payer.partyId, wholeMs(createdAtMs)],
            wholeMs(leasedUntilMs),
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
          [
            ...columnsOf(row),
            JSON.stringify(row),
            releasing === undefined ? -1 : wholeMs(releasing),
            row.payment.id,
            row.version - 1,
          ],
        );
        if (changed.length === 0) throw new Undo('stale');
        await writeNews(run, change);
        return 'committed' as const;
      });
      return outcome === 'refused' ? 'stale' : outcome;
    },
    async leaseDue({ nowMs, leaseMs, limit }) {
      const leasedUntilMs = wholeMs(nowMs + leaseMs);
      // Apart, for PostgreSQL may run a subselect with a limit more than once.
      const leased = await read(
        `WITH due AS (
           SELECT id FROM momo_payments WHERE due_at_ms <= $1 AND leased_until_ms <= $1
           ORDER BY due_at_ms LIMIT $3 ${dialect.skipLocked}
         ) UPDATE momo_payments SET leased_until_ms = $2 WHERE id IN (SELECT id FROM due) RETURNING document`,
        [wholeMs(nowMs), leasedUntilMs, limit],
      );
      const rows = leased.map((record): LeasedPayment => ({ row: parse(record), leasedUntilMs }));
      return rows.sort((a, b) => Number(a.row.dueAtMs) - Number(b.row.dueAtMs));
    },
    async release(id, leasedUntilMs) {
      const sql = 'UPDATE momo_payments SET leased_until_ms = 0 WHERE id = $1 AND leased_until_ms = $2';
      await read(sql, [id, wholeMs(leasedUntilMs)]);
    },
    async takeReadPermit(nowMs, heldUntilMs) {
      const taken = await read(
        `WITH free AS (
           SELECT slot FROM momo_read_permits WHERE free_at_ms <= $1 OR free_at_ms > $3
           ORDER BY free_at_ms LIMIT 1 ${dialect.skipLocked}
         ) UPDATE momo_read_permits SET free_at_ms = $2 WHERE slot IN (SELECT slot FROM free) RETURNING slot`,
        [wholeMs(nowMs), wholeMs(heldUntilMs), wholeMs(nowMs + strayPermitMs)],
      );
      if (taken.length > 0) return 0;
      const [next] = await read('SELECT min(free_at_ms) AS at_ms FROM momo_read_permits');
      // One that is held may come back any time.
      return Math.min(Math.max(Number(next?.at_ms) - wholeMs(nowMs), 1), permitWindowMs);
    },
    async returnReadPermit(heldUntilMs, nowMs) {
      // Which of several that are held until the same moment makes no difference.
      await read(
        `WITH held AS (
           SELECT slot FROM momo_read_permits WHERE free_at_ms = $1 LIMIT 1 ${dialect.skipLocked}
         ) UPDATE momo_read_permits SET free_at_ms = $2 WHERE slot IN (SELECT slot FROM held)`,
        [wholeMs(heldUntilMs), wholeMs(nowMs + permitWindowMs)],
      );
    },
    async takeEvents({ nowMs, leaseMs, limit }) {
      const taken = await read(
        `WITH deliverable AS (
           SELECT position FROM momo_events AS event WHERE is_delivered = 0 AND leased_until_ms <= $1 AND NOT EXISTS (
             SELECT 1 FROM momo_events AS earlier WHERE earlier.payment_id = event.payment_id
               AND earlier.is_delivered = 0 AND earlier.sequence < event.sequence
           ) ORDER BY position LIMIT $3 ${dialect.skipLocked}
         ) UPDATE momo_events SET leased_until_ms = $2 WHERE position IN (SELECT position FROM deliverable)
         RETURNING position, document`,
        [wholeMs(nowMs), wholeMs(nowMs + leaseMs), limit],
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
    async releaseEvent(eventId, entry, { leasedUntilMs, dueAtMs }) {
      await write(async (run) => {
        await run('UPDATE momo_events SET leased_until_ms = $2 WHERE id = $1 AND leased_until_ms = $3', [
          eventId,
          wholeMs(dueAtMs),
          wholeMs(leasedUntilMs),
        ]);
        await writeAudit(run, [entry]);
      });
    },
    async addCallback(callback, entry, limit) {
      const outcome = await write(async (run) => {
        // Or several would count at once.
        await run(`SELECT id FROM momo_payments WHERE id = $1 ${dialect.lockRow}`, [callback.paymentId]);
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
      let after: readonly [number, string] = [wholeMs(createdFromMs), ''];
      for (;;) {
        const values: SqlValue[] = [...after];
        const value = (given: SqlValue) => `$${values.push(given)}`;
        const conditions = [
          '(created_at_ms, id) > ($1, $2)',
          ...(states ? [states.length > 0 ? `state IN (${states.map(value).join(', ')})` : '1 = 0'] : []),
          ...(needsReview === undefined ? [] : [`needs_review = ${needsReview ? 1 : 0}`]),
          ...(scope === undefined ? [] : [`scope = ${value(scope)}`]),
          ...(externalId === undefined ? [] : [`external_id = ${value(externalId)}`]),
          ...(payerId === undefined ? [] : [`payer_id = ${value(payerId)}`]),
          ...(createdBeforeMs === undefined ? [] : [`created_at_ms < ${value(wholeMs(createdBeforeMs))}`]),
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
        after = [wholeMs(last.createdAtMs), last.id];
      }
    },
  };
}
