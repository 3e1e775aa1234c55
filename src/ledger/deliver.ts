import { Issues } from '../errors.js';
import type { AuditEntry } from './audit.js';
import type { LedgerEvent } from './event.js';
import { inTime } from './in-time.js';
import type { LedgerSettings } from './options.js';

/** What one delivery did. */
export interface DeliveryResult {
  readonly delivered: number;
  /** Events whose handler threw, or did not end: they come again, see {@link PaymentLedger.deliverEvents}. */
  readonly failed: number;
}

const batchSize = 20;
/** A handler may stumble; one that goes on failing must not take the turns of other payments. */
const promptTries = 3;
const baseDelayMs = 2_000;
const maxDelayMs = 300_000;

/** How long an event waits that has failed so often. */
function delayAfter(failures: number): number {
  return failures < promptTries ? 0 : Math.min(baseDelayMs * 2 ** (failures - promptTries), maxDelayMs);
}

/** @see PaymentLedger.deliverEvents */
export async function deliver(
  settings: LedgerSettings,
  handler: (event: LedgerEvent) => unknown,
  limit: number,
): Promise<DeliveryResult> {
  const { store, clock, leaseMs } = settings;
  const issues = new Issues();
  issues.check(typeof handler === 'function', 'handler', 'must be a function');
  issues.throwIfAny('Nothing was delivered');
  let delivered = 0;
  const failed = new Map<string, { entry: AuditEntry; leasedUntilMs: number }>();
  const entryOf = ({ id, paymentId, type }: LedgerEvent, startedAtMs: number, outcome: string): AuditEntry => ({
    paymentId,
    atMs: clock.now(),
    direction: 'outbound-to-app',
    action: 'deliver',
    durationMs: clock.now() - startedAtMs,
    outcome,
    note: `${type} ${id}`,
  });
  try {
    while (delivered + failed.size < limit) {
      const wanted = Math.min(batchSize, limit - delivered - failed.size);
      const takenAtMs = clock.now();
      const leasedUntilMs = takenAtMs + leaseMs;
      const events = await store.takeEvents({ nowMs: takenAtMs, leaseMs, limit: wanted });
      if (events.length === 0) break;
      for (const event of events) {
        // Failed in this call, so long ago that its lease is over: it has had its turn.
        const earlier = failed.get(event.id);
        if (earlier) {
          earlier.leasedUntilMs = leasedUntilMs;
          continue;
        }
        const startedAtMs = clock.now();
        // Out of its lease it may be in other hands, and the payment's next event after it: the order would be lost.
        if (startedAtMs - takenAtMs >= leaseMs) break;
        let entry: AuditEntry;
        try {
          const what = 'The handler of deliverEvents';
          await inTime(() => handler(event), leaseMs, { code: 'timeout', what, referenceId: event.paymentId });
          entry = entryOf(event, startedAtMs, 'delivered');
        } catch (error) {
          settings.tell({ type: 'problem', paymentId: event.paymentId, action: 'deliver', error });
          failed.set(event.id, { entry: entryOf(event, startedAtMs, 'handler-failed'), leasedUntilMs });
          continue;
        }
        await store.acknowledgeEvent(event.id, entry);
        delivered++;
        settings.tell({ type: 'audit', entry });
      }
    }
  } finally {
    // Only now, or this call would take them again, and again.
    for (const [eventId, { entry, leasedUntilMs }] of failed) {
      const isFailure = ({ action, outcome, note }: AuditEntry) =>
        action === entry.action && outcome === entry.outcome && note === entry.note;
      const failures = (await store.audit(entry.paymentId)).filter(isFailure).length + 1;
      const dueAtMs = clock.now() + delayAfter(failures);
      await store.releaseEvent(eventId, entry, { leasedUntilMs, dueAtMs });
      settings.tell({ type: 'audit', entry });
    }
  }
  return { delivered, failed: failed.size };
}
