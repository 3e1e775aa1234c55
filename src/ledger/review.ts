import { Issues, MomoError } from '../errors.js';
import type { PaymentState } from '../payment/state.js';
import type { Draft } from './draft.js';
import { differencesFrom, type Reading } from './observe.js';
import type { LedgerSettings } from './options.js';
import type { LedgerPayment, ReviewItem } from './payment.js';
import { readStatus, type TimedReading } from './read.js';
import { requireRow, takeStep } from './step.js';

/** An open question about a payment, for a person. */
export interface ReviewCase extends ReviewItem {
  /** The payment's id, for `resolve`. */
  readonly id: string;
  readonly payment: LedgerPayment;
}

/** What a person decided. */
export interface Resolution {
  /** `successful` is taken only with MTN's word for it; the state it has already closes the question. */
  readonly state: 'successful' | 'failed' | 'expired' | 'refunded';
  /** Who. */
  readonly by: string;
  /** Why. */
  readonly note: string;
}

/** @see PaymentLedger.review */
export async function listReview({ store }: LedgerSettings, limit: number): Promise<ReviewCase[]> {
  const cases: ReviewCase[] = [];
  for await (const { payment } of store.list({ needsReview: true })) {
    for (const item of payment.review) cases.push({ id: payment.id, ...item, payment });
    if (cases.length >= limit) break;
  }
  return cases.slice(0, limit);
}

/** Why this cannot be decided so; undefined when it can. */
function objection(payment: LedgerPayment, wanted: PaymentState, reading: Reading): string | undefined {
  if (payment.review.length === 0) return `it is ${payment.state}, and nothing is open about it`;
  if (wanted === 'refunded' && payment.state !== 'refunded')
    return 'what was given back is written down by markRefunded';
  const said = reading.kind === 'status' ? reading.status : undefined;
  const isPaid = said?.state === 'successful' && differencesFrom(payment, said).length === 0;
  if (wanted === 'successful' && !isPaid) {
    return `MTN does not say that it was paid as asked for (${said?.status ?? reading.kind})`;
  }
  if ((wanted === 'failed' || wanted === 'expired') && (isPaid || said?.state === 'pending')) {
    return `MTN says ${said?.status}: the payer ${isPaid ? 'has paid' : 'may still pay'}`;
  }
  return undefined;
}

function log(
  draft: Draft,
  { by, note }: Resolution,
  { durationMs, httpStatus, outcome }: TimedReading,
  isDone: boolean,
) {
  draft.log({
    direction: 'inbound-from-app',
    action: isDone ? 'resolve' : 'refuse',
    durationMs,
    ...(httpStatus !== undefined && { httpStatus }),
    outcome,
    by,
    note,
  });
}

/** @see PaymentLedger.resolve */
export async function resolve(settings: LedgerSettings, id: string, resolution: Resolution): Promise<LedgerPayment> {
  const { state: wanted, by, note } = Object(resolution) as Resolution;
  const issues = new Issues();
  const states: readonly string[] = ['successful', 'failed', 'expired', 'refunded'];
  issues.check(states.includes(wanted), 'state', 'must be successful, failed, expired or refunded');
  issues.check(typeof by === 'string' && by.trim() !== '', 'by', 'must say who');
  issues.check(typeof note === 'string' && note.trim() !== '', 'note', 'must say why');
  issues.throwIfAny('The payment was not resolved');
  const row = await requireRow(settings, id);
  const timed = await readStatus(settings, row);
  // An answer that did not come says nothing, neither for nor against.
  if (timed.reading.kind === 'busy') throw timed.error;
  let refusal: string | undefined;
  const done = await takeStep(settings, row, (draft) => {
    const { payment, nowMs } = draft;
    refusal = objection(payment, wanted, timed.reading);
    if (refusal === undefined) {
      const closed = payment.review.map(({ reason }) => reason);
      const { reading } = timed;
      if (reading.kind === 'status') {
        const { status, financialTransactionId } = reading.status;
        draft.set({ status, ...(financialTransactionId !== undefined && { financialTransactionId }) });
      }
      // First closed, then moved: a late success or a second one asks anew.
      draft.unflag(...closed);
      if (wanted === 'successful' && payment.state !== 'successful') draft.succeed();
      else if (wanted !== payment.state) draft.move(wanted, { confirmedAtMs: nowMs });
      draft.setDue(undefined);
      draft.setLateSince(undefined);
      draft.set({ notes: [...payment.notes, { atMs: nowMs, by, note, closed, state: wanted }] });
    }
    log(draft, resolution, timed, refusal === undefined);
  });
  if (refusal === undefined) return done.payment;
  throw new MomoError('invalid_transition', `Payment ${id} was not resolved as ${wanted}: ${refusal}.`, {
    referenceId: row.payment.id,
  });
}
