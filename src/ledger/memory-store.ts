import type { AuditEntry } from './audit.js';
import type { LedgerEvent } from './event.js';
import { permitsPerWindow, permitWindowMs, strayPermitMs } from './permits.js';
import type { Receipt } from './receipt.js';
import type { PaymentChange, PaymentFilter, PaymentRow, PaymentStore, StoredCallback } from './store.js';

interface StoredPayment {
  row: PaymentRow;
  leasedUntilMs: number;
}

interface StoredEvent {
  readonly event: LedgerEvent;
  leasedUntilMs: number;
}

function fits({ payment }: PaymentRow, filter: PaymentFilter): boolean {
  const {
    states,
    needsReview,
    scope,
    externalId,
    payerId,
    createdFromMs = -Infinity,
    createdBeforeMs = Infinity,
  } = filter;
  return (
    (states === undefined || states.includes(payment.state)) &&
    (needsReview === undefined || payment.review.length > 0 === needsReview) &&
    (scope === undefined || payment.scope === scope) &&
    (externalId === undefined || payment.externalId === externalId) &&
    (payerId === undefined || payment.payer.partyId === payerId) &&
    payment.createdAtMs >= createdFromMs &&
    payment.createdAtMs < createdBeforeMs
  );
}

/** As JSON, like the stores on disk: what is handed out must not change what is stored, nor the other way round. */
const copy = <Value>(value: Value): Value => (value === undefined ? value : JSON.parse(JSON.stringify(value)));

/**
 * A store in memory, for tests and trials: all is gone when the process ends.
 *
 * @example
 * ```ts
 * import { memoryPaymentStore, PaymentLedger } from 'momo-collections/ledger';
 *
 * const ledger = new PaymentLedger({ client, store: memoryPaymentStore() });
 * ```
 */
export function memoryPaymentStore(): PaymentStore {
  const payments = new Map<string, StoredPayment>();
  /** Attempts of an order, by scope and external id. */
  const orders = new Map<string, string[]>();
  const receipts = new Map<string, Receipt>();
  const paidOrders = new Set<string>();
  /** Those that nobody has acknowledged. */
  const events = new Map<string, StoredEvent>();
  const audits = new Map<string, AuditEntry[]>();
  const callbacks = new Map<string, StoredCallback[]>();
  /** From when on each can be taken. */
  const permits = new Array<number>(permitsPerWindow).fill(0);

  const orderOf = (scope: string, externalId: string) => JSON.stringify([scope, externalId]);
  const rowsOf = (order: string) => (orders.get(order) ?? []).flatMap((id) => payments.get(id)?.row ?? []);
  const append = <Value>(map: Map<string, Value[]>, key: string, ...values: Value[]) => {
    map.set(key, [...(map.get(key) ?? []), ...values]);
  };

  function write({ row, audit, events: news, receipt }: PaymentChange, leasedUntilMs: number): void {
    const { id, scope, externalId } = row.payment;
    payments.set(id, { row, leasedUntilMs });
    append(audits, id, ...audit);
    for (const event of news) events.set(event.id, { event, leasedUntilMs: 0 });
    if (receipt) {
      receipts.set(id, receipt);
      paidOrders.add(orderOf(scope, externalId));
    }
  }

  return {
    async insert(given, leasedUntilMs) {
      const change = copy(given);
      const { id, scope, externalId, attempt } = change.row.payment;
      const order = orderOf(scope, externalId);
      if (payments.has(id) || rowsOf(order).some(({ payment }) => payment.attempt === attempt)) return false;
      write(change, leasedUntilMs);
      append(orders, order, id);
      return true;
    },
    async get(id) {
      return copy(payments.get(id)?.row);
    },
    async find(scope, externalId) {
      const rows = rowsOf(orderOf(scope, externalId));
      return copy(rows.sort((a, b) => a.payment.attempt - b.payment.attempt));
    },
    async commit(given, releasing) {
      const change = copy(given);
      const { id, scope, externalId } = change.row.payment;
      const stored = payments.get(id);
      if (stored === undefined || stored.row.version !== change.row.version - 1) return 'stale';
      if (change.receipt && paidOrders.has(orderOf(scope, externalId))) return 'second-receipt';
      write(change, stored.leasedUntilMs === releasing ? 0 : stored.leasedUntilMs);
      return 'committed';
    },
    async leaseDue({ nowMs, leaseMs, limit }) {
      const due = [...payments.values()].filter(
        ({ row: { dueAtMs }, leasedUntilMs }) => dueAtMs !== undefined && dueAtMs <= nowMs && leasedUntilMs <= nowMs,
      );
      due.sort((a, b) => Number(a.row.dueAtMs) - Number(b.row.dueAtMs));
      return due.slice(0, limit).map((stored) => {
        stored.leasedUntilMs = nowMs + leaseMs;
        return { row: copy(stored.row), leasedUntilMs: stored.leasedUntilMs };
      });
    },
    async release(id, leasedUntilMs) {
      const stored = payments.get(id);
      if (stored?.leasedUntilMs === leasedUntilMs) stored.leasedUntilMs = 0;
    },
    async takeReadPermit(nowMs, heldUntilMs) {
      const slot = permits.findIndex((freeAtMs) => freeAtMs <= nowMs || freeAtMs > nowMs + strayPermitMs);
      if (slot < 0) return Math.min(Math.min(...permits) - nowMs, permitWindowMs);
      permits[slot] = heldUntilMs;
      return 0;
    },
    async returnReadPermit(heldUntilMs, nowMs) {
      const slot = permits.indexOf(heldUntilMs);
      if (slot >= 0) permits[slot] = nowMs + permitWindowMs;
    },
    async takeEvents({ nowMs, leaseMs, limit }) {
      const seen = new Set<string>();
      const taken: LedgerEvent[] = [];
      for (const stored of events.values()) {
        if (taken.length >= limit) break;
        const { paymentId } = stored.event;
        if (seen.has(paymentId)) continue;
        seen.add(paymentId);
        if (stored.leasedUntilMs > nowMs) continue;
        stored.leasedUntilMs = nowMs + leaseMs;
        taken.push(copy(stored.event));
      }
      return taken;
    },
    async acknowledgeEvent(eventId, entry) {
      events.delete(eventId);
      append(audits, entry.paymentId, copy(entry));
    },
    async releaseEvent(eventId, entry, { leasedUntilMs, dueAtMs }) {
      const stored = events.get(eventId);
      if (stored?.leasedUntilMs === leasedUntilMs) stored.leasedUntilMs = dueAtMs;
      append(audits, entry.paymentId, copy(entry));
    },
    async addCallback(callback, entry, limit) {
      if ((callbacks.get(callback.paymentId) ?? []).length >= limit) return false;
      append(callbacks, callback.paymentId, copy(callback));
      append(audits, callback.paymentId, copy(entry));
      return true;
    },
    async callbacks(paymentId) {
      return copy(callbacks.get(paymentId) ?? []);
    },
    async audit(paymentId) {
      return copy(audits.get(paymentId) ?? []);
    },
    async receipt(paymentId) {
      return copy(receipts.get(paymentId));
    },
    async *list(filter = {}) {
      const rows = [...payments.values()].map(({ row }) => row).filter((row) => fits(row, filter));
      rows.sort((a, b) => a.payment.createdAtMs - b.payment.createdAtMs || (a.payment.id < b.payment.id ? -1 : 1));
      for (const row of rows) yield copy(row);
    },
  };
}
