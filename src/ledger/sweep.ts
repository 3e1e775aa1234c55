import type { LedgerSettings } from './options.js';
import { readAndRecord } from './read.js';
import { isToBeSentAgain, send, sendDeadlineMs } from './send.js';
import type { LeasedPayment, PaymentRow } from './store.js';

/** What one sweep did. */
export interface SweepResult {
  /** How many payments were looked at. */
  readonly swept: number;
  /** How many of them changed their state. */
  readonly changed: number;
  /** How many failed: the store, or no client for them. They are due again when their lease is over. */
  readonly failed: number;
}

/** As many at once as a second has reads: more would only wait, and let their leases run out. */
const batchSize = 8;

/** Between the end of what is done under a lease and the lease's own, in milliseconds. */
const leaseMarginMs = 1_000;
/** With less time than this a send is better begun under the next lease. */
const leastSendMs = 10_000;

/** Looks after one payment, in the order of its life: send it or give it up, read it, send it once more. */
async function attend(settings: LedgerSettings, { row, leasedUntilMs }: LeasedPayment): Promise<PaymentRow> {
  const { clock, leaseMs } = settings;
  const { state } = row.payment;
  const leftMs = () => Math.max(leasedUntilMs - clock.now() - leaseMarginMs, 1);
  const deadlineMs = () => Math.min(sendDeadlineMs, leftMs());
  if (state === 'created' && !row.sending.mayHaveArrived) {
    return send(settings, row, leasedUntilMs, { deadlineMs: deadlineMs() });
  }
  const { row: read } = await readAndRecord(settings, row, { limitMs: leftMs() });
  const isTime = leftMs() >= Math.min(leastSendMs, leaseMs / 2);
  if (isTime && isToBeSentAgain(read, clock.now())) {
    return send(settings, read, leasedUntilMs, { deadlineMs: deadlineMs() });
  }
  return read;
}

/** One payment under its lease, which ends with it; after an error of the store it ends by itself, not to try at once. */
async function attendLeased(settings: LedgerSettings, leased: LeasedPayment): Promise<PaymentRow> {
  const row = await attend(settings, leased);
  await settings.store.release(row.payment.id, leased.leasedUntilMs);
  return row;
}

/** @see PaymentLedger.pollDue */
export async function sweep(settings: LedgerSettings, limit: number): Promise<SweepResult> {
  const { store, clock, leaseMs } = settings;
  let swept = 0;
  let changed = 0;
  let failed = 0;
  while (swept < limit) {
    const wanted = Math.min(batchSize, limit - swept);
    const leased = await store.leaseDue({ nowMs: clock.now(), leaseMs, limit: wanted });
    if (leased.length === 0) break;
    swept += leased.length;
    const results = await Promise.allSettled(leased.map((payment) => attendLeased(settings, payment)));
    for (const [index, result] of results.entries()) {
      if (result.status === 'rejected') {
        failed++;
        const paymentId = String(leased[index]?.row.payment.id);
        settings.tell({ type: 'problem', paymentId, action: 'read', error: result.reason });
      } else if (result.value.payment.state !== leased[index]?.row.payment.state) changed++;
    }
  }
  return { swept, changed, failed };
}
