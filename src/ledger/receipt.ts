import { maskMsisdn } from '../payment/mask.js';
import type { LedgerPayment, PaymentRecord } from './payment.js';

/** Whose name stands on the receipts. */
export interface Organisation {
  readonly name: string;
  /** A phone number, an address or an e-mail address. */
  readonly contact: string;
}

/** A receipt: made once, when MTN's own status read says paid. It never changes, but for its status. */
export interface Receipt {
  /** Unique, and fit to be read out: the day, and 16 digits of the reference. */
  readonly number: string;
  /** ISO 8601: when the payment was confirmed. */
  readonly issuedAt: string;
  readonly amount: string;
  readonly currency: string;
  readonly method: string;
  /** MTN's id of the transfer. */
  readonly financialTransactionId?: string;
  /** Ours, known to MTN. */
  readonly referenceId: string;
  readonly scope: string;
  readonly externalId: string;
  readonly record?: PaymentRecord;
  /** Masked: `********456`. */
  readonly payer: string;
  readonly status: 'paid' | 'partly refunded' | 'refunded';
  readonly refundedAmount: string;
  readonly organisation?: Organisation;
}

/** The number follows from day and reference, so that a second attempt to make it cannot make another. */
function receiptNumber(referenceId: string, issuedAt: string): string {
  const digits = referenceId.replaceAll('-', '').slice(-16).toUpperCase();
  return `${issuedAt.slice(0, 10).replaceAll('-', '')}-${digits}`;
}

/** The receipt of a payment that was just confirmed. */
export function makeReceipt(payment: LedgerPayment, atMs: number, organisation: Organisation | undefined): Receipt {
  const { referenceId, scope, externalId, amount, currency, method, financialTransactionId, record } = payment;
  const issuedAt = new Date(atMs).toISOString();
  return {
    number: receiptNumber(referenceId, issuedAt),
    issuedAt,
    amount,
    currency,
    method,
    ...(financialTransactionId !== undefined && { financialTransactionId }),
    referenceId,
    scope,
    externalId,
    ...(record && { record }),
    payer: maskMsisdn(payment.payer.partyId),
    status: 'paid',
    refundedAmount: '0',
    ...(organisation && { organisation: { ...organisation } }),
  };
}

/** The receipt with what became of the money since. */
export function withStatus(receipt: Receipt, payment: LedgerPayment): Receipt {
  const { state, refundedAmount } = payment;
  const status = state === 'refunded' ? 'refunded' : refundedAmount === '0' ? 'paid' : 'partly refunded';
  return { ...receipt, status, refundedAmount };
}
