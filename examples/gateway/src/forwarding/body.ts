import type { LedgerEvent } from 'momo-collections/ledger';
import { statusOf } from '../payments/status.ts';

/** Results that apps are told. A refund changes no status, and what waits for a person is no result. */
export function isResult({ type }: LedgerEvent): boolean {
  return type === 'payment.successful' || type === 'payment.failed' || type === 'payment.expired';
}

/** What an app is sent: MTN's own callback, with our reference id, and an id of the event to tell a repetition by. */
export function forwardBody({ id, payment }: LedgerEvent): string {
  const { referenceId, externalId, amount, currency, payer, payerMessage, payeeNote } = payment;
  const { financialTransactionId, reason } = payment;
  return JSON.stringify({
    eventId: id,
    referenceId,
    externalId,
    amount,
    currency,
    payer,
    payerMessage,
    payeeNote,
    status: statusOf(payment),
    ...(financialTransactionId !== undefined && { financialTransactionId }),
    ...(reason && { reason }),
  });
}
