import { Issues, MomoError } from '../errors.js';
import { addAmounts, checkAmount, compareAmounts, sameAmount } from '../payment/amount.js';
import type { LedgerSettings } from './options.js';
import type { LedgerPayment, Refund } from './payment.js';
import { requireRow, takeStep } from './step.js';
import type { PaymentRow } from './store.js';

/** Money that was given back, outside of the ledger. */
export interface RefundRequest {
  /** In the payment's currency, in major units. Partial ones add up. */
  readonly amount: string | number | bigint;
  /** The transfer by which it went back, blanks around it aside. The same reference again changes nothing. */
  readonly reference: string;
  readonly by: string;
  readonly approvedBy: string;
  readonly note?: string | undefined;
}

function checkRefund(request: RefundRequest, { payment }: PaymentRow): Omit<Refund, 'atMs'> {
  const { reference, by, approvedBy, note = '' } = Object(request) as RefundRequest;
  const issues = new Issues();
  const complain = (problem: string) => issues.add('amount', problem);
  const amount = checkAmount(Object(request).amount, payment.currency, complain);
  for (const [path, value] of Object.entries({ reference, by, approvedBy })) {
    issues.check(typeof value === 'string' && value.trim() !== '', path, 'must be given');
  }
  issues.check(typeof note === 'string', 'note', 'must be a string');
  issues.throwIfAny('The refund was not written down', payment.id);
  return { amount, reference: reference.trim(), by, approvedBy, note };
}

/** @see PaymentLedger.markRefunded */
export async function markRefunded(
  settings: LedgerSettings,
  id: string,
  request: RefundRequest,
): Promise<LedgerPayment> {
  const row = await requireRow(settings, id);
  const refund = checkRefund(request, row);
  const refuse = (code: 'invalid_transition' | 'reference_conflict' | 'invalid_input', why: string) =>
    new MomoError(code, `The refund of payment ${row.payment.id} was not written down: ${why}.`, {
      referenceId: row.payment.id,
      ...(code === 'invalid_input' && { issues: [{ path: 'amount', message: why }] }),
    });
  const same = (payment: LedgerPayment) => payment.refunds.find(({ reference }) => reference === refund.reference);
  const known = same(row.payment);
  if (known && sameAmount(known.amount, refund.amount)) return row.payment;
  const done = await takeStep(settings, row, (draft) => {
    const { payment, nowMs } = draft;
    const earlier = same(payment);
    if (earlier && !sameAmount(earlier.amount, refund.amount)) {
      throw refuse('reference_conflict', 'its reference stands for another amount already');
    }
    if (earlier) return;
    if (payment.state !== 'successful') throw refuse('invalid_transition', `it is ${payment.state}, not successful`);
    const refundedAmount = addAmounts(payment.refundedAmount, refund.amount);
    const left = compareAmounts(refundedAmount, payment.amount);
    if (left > 0) throw refuse('invalid_input', `it would be ${refundedAmount} of ${payment.amount} in all`);
    const entry = { atMs: nowMs, ...refund };
    draft.set({ refunds: [...payment.refunds, entry], refundedAmount });
    if (left === 0) draft.move('refunded');
    draft.emit('payment.refunded', { refund: entry });
    const { by, note, amount, approvedBy } = refund;
    const text = `${amount} ${payment.currency}, approved by ${approvedBy}${note && `: ${note}`}`;
    draft.log({ direction: 'inbound-from-app', action: 'refund', outcome: refund.reference, by, note: text });
  });
  return done.payment;
}
