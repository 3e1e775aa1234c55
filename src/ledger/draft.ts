import type { Difference } from '../payment/compare.js';
import { maskDigits, maskMsisdn } from '../payment/mask.js';
import { canTransition, type PaymentState, transition } from '../payment/state.js';
import type { AuditEntry } from './audit.js';
import type { LedgerEvent, LedgerEventType } from './event.js';
import type { LedgerPayment, ReviewItem, ReviewReason } from './payment.js';
import { makeReceipt, type Organisation, type Receipt } from './receipt.js';
import type { PaymentChange, PaymentRow, PaymentSending } from './store.js';

type Line = Omit<AuditEntry, 'paymentId' | 'atMs'>;

/** One step of a payment in the making: what changes, with all that has to be written along with it. */
export interface Draft {
  readonly nowMs: number;
  readonly payment: LedgerPayment;
  readonly row: PaymentRow;
  set(changes: Partial<LedgerPayment>): void;
  setSending(changes: Partial<PaymentSending>): void;
  setPoll(poll: PaymentRow['poll']): void;
  /** When to look at it next; undefined: never. */
  setDue(dueAtMs: number | undefined): void;
  /** Starts the slower reads that follow when the ordinary ones are over. */
  setLateSince(sinceMs: number | undefined): void;
  /** Goes to another state by the payment rules, and tells the app. */
  move(to: PaymentState, changes?: Partial<LedgerPayment>): void;
  /** Paid, by MTN's word: the receipt, unless the order has one. */
  succeed(changes?: Partial<LedgerPayment>): void;
  /** Asks a person, once for each reason. */
  flag(item: Omit<ReviewItem, 'sinceMs'>): void;
  unflag(...reasons: readonly ReviewReason[]): void;
  emit(type: LedgerEventType, more?: Partial<Pick<LedgerEvent, 'review' | 'refund'>>): void;
  /** A line of the history; the change of state is added. */
  log(line: Line): void;
  close(): PaymentChange;
}

/** What a step of any payment may need to know. */
export interface DraftContext {
  readonly organisation?: Organisation | undefined;
  /** The order has been paid by another attempt: found out by the store, in the transaction itself. */
  readonly paidByOtherIds?: readonly string[] | undefined;
}

/** Of the others, success and refund have more to say. */
const eventOf: Partial<Record<PaymentState, LedgerEventType>> = {
  failed: 'payment.failed',
  expired: 'payment.expired',
};

function masked(difference: Difference): Difference {
  if (difference.field !== 'payer') return difference;
  const { actual } = difference;
  return {
    ...difference,
    wanted: maskMsisdn(difference.wanted),
    ...(actual !== undefined && { actual: maskMsisdn(actual) }),
  };
}

/** Opens the next step of a stored payment, or the first one of a new row, which has version 0. */
export function openDraft(stored: PaymentRow, nowMs: number, context: DraftContext): Draft {
  let row = stored;
  let receipt: Receipt | undefined;
  const from = stored.payment.state;
  const lines: Line[] = [];
  const events: { type: LedgerEventType; sequence: number; more: Partial<LedgerEvent> }[] = [];

  const change = (changes: Partial<PaymentRow>) => {
    row = { ...row, ...changes };
  };
  const draft: Draft = {
    nowMs,
    get payment() {
      return row.payment;
    },
    get row() {
      return row;
    },
    set: (changes) => change({ payment: { ...row.payment, ...changes } }),
    setSending: (changes) => change({ sending: { ...row.sending, ...changes } }),
    setPoll: (poll) => change({ poll }),
    setDue: (dueAtMs) => {
      const { dueAtMs: _, ...rest } = row;
      row = dueAtMs === undefined ? rest : { ...rest, dueAtMs };
    },
    setLateSince: (lateSinceMs) => {
      const { lateSinceMs: _, ...rest } = row;
      row = lateSinceMs === undefined ? rest : { ...rest, lateSinceMs };
    },
    move: (to, changes = {}) => {
      draft.set({ ...changes, state: transition(row.payment.state, to) });
      if (to !== 'uncertain') draft.unflag('uncertain');
      const type = eventOf[to];
      if (type !== undefined) draft.emit(type);
    },
    succeed: (changes = {}) => {
      const isLate = row.payment.state === 'expired';
      const { reason: _, ...unfailed } = row.payment;
      change({ payment: unfailed });
      draft.move('successful', { ...changes, confirmedAtMs: nowMs });
      const otherIds = context.paidByOtherIds;
      if (otherIds !== undefined) {
        draft.flag({ reason: 'double_payment', otherIds });
        return;
      }
      receipt = makeReceipt(row.payment, nowMs, context.organisation);
      draft.set({ receiptNumber: receipt.number });
      draft.emit('payment.successful');
      if (isLate) draft.flag({ reason: 'late_success' });
    },
    flag: ({ differences, ...rest }) => {
      if (row.payment.review.some(({ reason }) => reason === rest.reason)) return;
      const item = { ...rest, sinceMs: nowMs, ...(differences && { differences: differences.map(masked) }) };
      draft.set({ review: [...row.payment.review, item] });
      draft.emit('payment.review', { review: item });
    },
    unflag: (...reasons) => {
      draft.set({ review: row.payment.review.filter(({ reason }) => !reasons.includes(reason)) });
    },
    emit: (type, more = {}) => {
      change({ eventCount: row.eventCount + 1 });
      events.push({ type, sequence: row.eventCount, more });
    },
    log: (line) => lines.push(line),
    close: () => {
      const version = stored.version + 1;
      draft.set({ updatedAtMs: nowMs });
      change({ version });
      const { id, state } = row.payment;
      return {
        row,
        // The last line says what the step as a whole has changed.
        audit: lines.map(({ by, note, ...line }, index) => ({
          paymentId: id,
          atMs: nowMs,
          ...line,
          ...(by !== undefined && { by: maskDigits(by) }),
          ...(note !== undefined && { note: maskDigits(note) }),
          ...(index === lines.length - 1 && state !== from && { from, to: state }),
        })),
        // With the payment as it is when all of the step is done.
        events: events.map(({ type, sequence, more }) => ({
          id: `${id}:${sequence}:${type.slice('payment.'.length)}`,
          type,
          paymentId: id,
          sequence,
          atMs: nowMs,
          payment: row.payment,
          ...more,
        })),
        receipt,
      };
    },
  };
  return draft;
}

/** A payment on which MTN and the ledger disagree stays where it is until a person decides. */
export function isHeld({ state, review }: LedgerPayment): boolean {
  return state === 'uncertain' && review.some(({ reason }) => reason === 'mismatch' || reason === 'contradiction');
}

export function mayMove(payment: LedgerPayment, to: PaymentState): boolean {
  return canTransition(payment.state, to) && !isHeld(payment);
}
