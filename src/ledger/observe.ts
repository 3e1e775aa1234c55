import type { PaymentStatus } from '../operations/request-to-pay.js';
import { type Difference, differencesOf } from '../payment/compare.js';
import { pollStep } from '../payment/poll-step.js';
import type { PaymentState } from '../payment/state.js';
import { type Draft, isHeld, mayMove } from './draft.js';
import type { LedgerPayment } from './payment.js';

/** What a status read gave. */
export type Reading =
  | { readonly kind: 'status'; readonly status: PaymentStatus }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'busy'; readonly retryAfterMs?: number | undefined };

/** A payment that MTN may not have is sent, and sent again, only while it is younger than this. */
export const sendWithinMs = 120_000;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const uncertainSlotsMs = [5 * minuteMs, 15 * minuteMs, hourMs];
const uncertainEveryMs = 6 * hourMs;
const uncertainForMs = 7 * 24 * hourMs;
const expiredSlotMs = hourMs;
const unansweredMs = 5 * minuteMs;

/** The next late read; undefined when there will be none. */
function nextLateRead(state: string, sinceMs: number, nowMs: number, isAnswered: boolean): number | undefined {
  const elapsedMs = nowMs - sinceMs;
  if (state !== 'uncertain') {
    if (elapsedMs < expiredSlotMs) return sinceMs + expiredSlotMs;
    // The one read it is owed is one that MTN answers.
    return isAnswered || elapsedMs >= uncertainForMs ? undefined : nowMs + unansweredMs;
  }
  const slotMs =
    uncertainSlotsMs.find((slot) => slot > elapsedMs) ??
    hourMs + (Math.floor((elapsedMs - hourMs) / uncertainEveryMs) + 1) * uncertainEveryMs;
  return slotMs <= uncertainForMs ? sinceMs + slotMs : undefined;
}

/**
 * In what MTN's payment is not the one that was asked for. Amount and currency must be there for a payment to be paid;
 * what else MTN shows must be ours.
 */
export function differencesFrom(wanted: LedgerPayment, status: PaymentStatus): Difference[] {
  const { amount, currency, externalId, payer } = wanted;
  const { differences } = differencesOf({ amount, currency, externalId, payer }, status, 'expected');
  const isOwed = (field: string) => status.state === 'successful' && (field === 'amount' || field === 'currency');
  return differences.filter(({ field, actual }) => actual !== undefined || isOwed(field));
}

/** MTN's word, against what is known. */
function hear(draft: Draft, status: PaymentStatus): void {
  const { payment } = draft;
  const { state } = payment;
  const said = status.state;
  const { financialTransactionId, reason } = status;
  const facts = {
    status: status.status,
    ...(financialTransactionId !== undefined && { financialTransactionId }),
    ...(reason && { reason }),
  };
  draft.setSending({ hasArrived: true, notFoundInARow: 0 });
  if (isHeld(payment)) return;
  const differences = said === 'pending' ? [] : differencesFrom(payment, status);
  const isUndecided = state === 'created' || state === 'submitted' || state === 'pending' || state === 'uncertain';
  if (differences.length > 0 && mayMove(payment, 'uncertain')) {
    draft.move('uncertain', { status: status.status });
    draft.flag({ reason: 'mismatch', differences });
    if (state === 'failed') draft.flag({ reason: 'contradiction' });
  } else if (differences.length > 0) {
    draft.flag({ reason: state === 'uncertain' ? 'mismatch' : 'contradiction', differences });
  } else if (said === 'successful' && mayMove(payment, 'successful')) {
    draft.succeed(facts);
  } else if ((said === 'failed' || said === 'expired') && isUndecided) {
    draft.move(said, { ...facts, confirmedAtMs: draft.nowMs });
  } else if (said === 'pending' && (state === 'created' || state === 'submitted')) {
    draft.move('pending', { ...facts, submittedAtMs: payment.submittedAtMs ?? draft.nowMs });
  } else if (said === 'pending' && state === 'expired') {
    // The payer may still approve: it goes on being read.
    draft.move('uncertain', facts);
    draft.flag({ reason: 'uncertain', why: 'deadline' });
  } else if (isUndecided) {
    draft.set(facts);
  } else if (state === 'failed' && said !== 'failed' && said !== 'expired') {
    draft.move('uncertain', { status: status.status });
    draft.flag({ reason: 'contradiction' });
  } else if ((state === 'successful' || state === 'refunded') && said !== 'successful') {
    draft.flag({ reason: 'contradiction' });
  }
}

/** Decides what comes next, once it is known what MTN said. */
function plan(draft: Draft, reading: Reading, isInTurn: boolean): void {
  const { nowMs } = draft;
  const { state } = draft.payment;
  if (state === 'created' || state === 'submitted' || state === 'pending') {
    // As the poll would have been asked before the read: it counts it.
    const asked = pollStep(draft.row.poll, { kind: 'none' }, nowMs);
    const observation =
      reading.kind === 'status'
        ? { kind: 'status' as const, payment: { state, isFinal: false } }
        : reading.kind === 'busy'
          ? { kind: 'busy' as const, retryAfterMs: reading.retryAfterMs }
          : { kind: 'not-found' as const };
    const step = pollStep(asked.state, observation, nowMs);
    draft.setPoll(step.state);
    const isLost = !draft.row.sending.hasArrived && nowMs - draft.payment.createdAtMs >= sendWithinMs;
    if (step.action !== 'done' && !isLost) {
      const nextMs = nowMs + (step.delayMs ?? 0);
      // Put off by others, the sweep would never come to send again what is asked about all the time.
      draft.setDue(isInTurn ? nextMs : Math.min(draft.row.dueAtMs ?? nextMs, nextMs));
      return;
    }
    const why =
      step.result?.state === 'uncertain' ? step.result.why : reading.kind === 'not-found' ? 'not-found' : 'deadline';
    draft.move('uncertain');
    draft.flag({ reason: 'uncertain', why });
  }
  planLateReads(draft, state, reading.kind !== 'busy');
}

/** A person called it failed, and MTN has not: it is read once more, as one that expired. */
export function doubt(draft: Draft): void {
  draft.setLateSince(draft.nowMs);
  draft.setDue(draft.nowMs + expiredSlotMs);
}

/**
 * What became uncertain or expired is read on for a while, and what is decided no more.
 *
 * @param before - The state that it comes from.
 * @param isAnswered - Did MTN answer just now?
 */
export function planLateReads(draft: Draft, before: PaymentState, isAnswered: boolean): void {
  const { nowMs } = draft;
  const reached = draft.payment.state;
  const isDoubted = reached === 'failed' && before === 'failed' && draft.row.lateSinceMs !== undefined;
  if ((reached !== 'uncertain' && reached !== 'expired' && !isDoubted) || isHeld(draft.payment)) {
    draft.setLateSince(undefined);
    draft.setDue(undefined);
    return;
  }
  const isNew = draft.row.lateSinceMs === undefined || reached !== before;
  const sinceMs = isNew ? nowMs : (draft.row.lateSinceMs ?? nowMs);
  draft.setLateSince(sinceMs);
  draft.setDue(nextLateRead(reached, sinceMs, nowMs, isAnswered));
}

/**
 * Takes in what a status read gave, and plans the next one.
 *
 * @param isInTurn - Was it the read that was due? Any other leaves that one where it is.
 */
export function observe(draft: Draft, reading: Reading, isInTurn: boolean): void {
  // Nobody has sent it yet, so that MTN knows nothing of it: it is still to be sent.
  if (reading.kind !== 'status' && draft.payment.state === 'created' && !draft.row.sending.mayHaveArrived) return;
  const before = draft.payment.state;
  if (reading.kind === 'status') hear(draft, reading.status);
  else if (reading.kind === 'not-found') {
    draft.setSending({ notFoundInARow: draft.row.sending.notFoundInARow + 1 });
  }
  // A late state reached just now counts from now.
  if (draft.payment.state !== before) draft.setLateSince(undefined);
  plan(draft, reading, isInTurn);
}
