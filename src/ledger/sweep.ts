import type { LedgerSettings } from './options.js';
import { readAndRecord } from './read.js';
import { giveUpUnsent, isToBeSentAgain, isTooOldToSend, send } from './send.js';
import { takeStep } from './step.js';
import type { LeasedPayment, PaymentRow } from './store.js';

/** What one sweep did. */
export interface SweepResult {
  /** How many payments were looked at. */
  readonly swept: number;
  /** How many of them changed their state. */
  readonly changed: number;
  /** How many failed with an error of the store; they are due again when their lease is over. */
  readonly failed: number;
}

/** As many at once as a second has reads: more would only wait, and let their leases run out. */
const batchSize = 8;

/** Looks after one payment, in the order of its life: send it, read it, send it once more. */
async function attend(settings: LedgerSettings, { row, leasedUntilMs }: LeasedPayment): Promise<PaymentRow> {
  const { clock } = settings;
  const { state } = row.payment;
  if (state === 'created' && !row.sending.mayHaveArrived) {
    return isTooOldToSend(row, clock.now())
      ? takeStep(settings, row, (draft) => draft.payment.state === 'created' && giveUpUnsent(draft), leasedUntilMs)
      : send(settings, row, leasedUntilMs);
  }
  const { row: read } = await readAndRecord(settings, row);
  if (isToBeSentAgain(read, clock.now())) return send(settings, read, leasedUntilMs);
  await settings.store.release(row.payment.id, leasedUntilMs);
  return read;
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
    const results = await Promise.allSettled(leased.map((payment) => attend(settings, payment)));
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
