import type { AuditEntry } from './audit.js';
import type { LedgerEvent } from './event.js';
import type { LedgerSettings } from './options.js';

/** What one delivery did. */
export interface DeliveryResult {
  readonly delivered: number;
  /** Events whose handler threw: they are handed out again by the next call. */
  readonly failed: number;
}

const batchSize = 20;

/** @see PaymentLedger.deliverEvents */
export async function deliver(
  settings: LedgerSettings,
  handler: (event: LedgerEvent) => unknown,
  limit: number,
): Promise<DeliveryResult> {
  const { store, clock, leaseMs } = settings;
  let delivered = 0;
  const failed: { event: LedgerEvent; entry: AuditEntry }[] = [];
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
    while (delivered + failed.length < limit) {
      const wanted = Math.min(batchSize, limit - delivered - failed.length);
      const events = await store.takeEvents({ nowMs: clock.now(), leaseMs, limit: wanted });
      if (events.length === 0) break;
      for (const event of events) {
        const startedAtMs = clock.now();
        let entry: AuditEntry;
        try {
          await handler(event);
          entry = entryOf(event, startedAtMs, 'delivered');
        } catch (error) {
          settings.tell({ type: 'problem', paymentId: event.paymentId, action: 'deliver', error });
          failed.push({ event, entry: entryOf(event, startedAtMs, 'handler-failed') });
          continue;
        }
        await store.acknowledgeEvent(event.id, entry);
        delivered++;
        settings.tell({ type: 'audit', entry });
      }
    }
  } finally {
    // Only now, or this call would take them again, and again.
    for (const { event, entry } of failed) {
      await store.releaseEvent(event.id, entry);
      settings.tell({ type: 'audit', entry });
    }
  }
  return { delivered, failed: failed.length };
}
