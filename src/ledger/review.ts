import { Issues, MomoError } from '../errors.js';
import type { PaymentStatus } from '../operations/request-to-pay.js';
import { canTransition, type PaymentState } from '../payment/state.js';
import type { Draft } from './draft.js';
import { differencesFrom, doubt, planLateReads } from './observe.js';
import type { LedgerSettings } from './options.js';
import type { LedgerPayment, ReviewItem } from './payment.js';
import { isOutdated, readStatus, type TimedReading, takeIn } from './read.js';
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
function objection({ payment, row }: Draft, wanted: PaymentState, timed: TimedReading): string | undefined {
  const { state, review } = payment;
  const { reading, outcome } = timed;
  if (review.length === 0) return `it is ${state}, and nothing is open about it`;
  if (wanted === 'refunded' && state !== 'refunded') return 'what was given back is written down by markRefunded';
  if (isOutdated(timed, row)) return 'it changed while MTN was asked; look at it again';
  const said = reading.kind === 'status' ? reading.status : undefined;
  const isPaid = said?.state === 'successful' && differencesFrom(payment, said).length === 0;
  if (wanted === 'successful' && !isPaid) return `MTN does not say that it was paid as asked for (${outcome})`;
  if ((wanted === 'failed' || wanted === 'expired') && (isPaid || said?.state === 'pending')) {
    return `MTN says ${outcome}: the payer ${isPaid ? 'has paid' : 'may still pay'}`;
  }
  if (state === wanted) return undefined;
  if (!canTransition(state, wanted)) return `from ${state} nothing leads there`;
  // Before its time is up it may be on its way, and nobody would look any more.
  if (said?.state !== wanted && state !== 'uncertain') return `it is ${state} yet, and MTN has not said the last word`;
  return undefined;
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
  const { reading, durationMs, httpStatus, outcome } = timed;
  const status = httpStatus === undefined ? {} : { httpStatus };
  const line = { direction: 'inbound-from-app' as const, durationMs, ...status, outcome, by, note };
  let refusal: string | undefined;
  const done = await takeStep(settings, row, (draft) => {
    const { payment, nowMs } = draft;
    // An answer that did not come says nothing, neither for nor against.
    refusal = reading.kind === 'busy' ? outcome : objection(draft, wanted, timed);
    if (refusal !== undefined) {
      draft.log({ ...line, action: 'refuse' });
      // What was learnt on the way must not be lost with the refusal.
      takeIn(draft, timed);
      return;
    }
    const closed = payment.review.map(({ reason }) => reason);
    const said = reading.kind === 'status' ? reading.status : undefined;
    const { financialTransactionId } = Object(said) as Partial<PaymentStatus>;
    if (said) draft.set({ status: said.status, ...(financialTransactionId && { financialTransactionId }) });
    // First closed, then moved: a late success or a second one asks anew.
    draft.unflag(...closed);
    if (wanted === 'successful' && payment.state !== 'successful') draft.succeed();
    else if (wanted !== payment.state) draft.move(wanted, said?.state === wanted ? { confirmedAtMs: nowMs } : {});
    planLateReads(draft, payment.state, true);
    const isUnsaid = said === undefined || said.state === 'expired';
    if (wanted === 'failed' && isUnsaid && draft.row.sending.mayHaveArrived) doubt(draft);
    draft.set({ notes: [...payment.notes, { atMs: nowMs, by, note, closed, state: wanted }] });
    draft.log({ ...line, action: 'resolve' });
  });
  if (refusal === undefined) return done.payment;
  if (reading.kind === 'busy') throw timed.error;
  throw new MomoError('invalid_transition', `Payment ${row.payment.id} was not resolved as ${wanted}: ${refusal}.`, {
    referenceId: row.payment.id,
  });
}
