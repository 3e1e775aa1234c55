import type { OperationName, SandboxPayment } from './types.js';

type Body = Record<string, unknown>;

/** Payments and withdrawals. */
function debit(payment: SandboxPayment): Body {
  const { financialTransactionId, externalId, amount, currency, payer, payerMessage, payeeNote } = payment;
  return { financialTransactionId, externalId, amount, currency, payer, payerMessage, payeeNote };
}

/** What MTN's status read answers about one, by the operation that made it, without status and reason. */
const bodies: Partial<Record<OperationName, (payment: SandboxPayment) => Body>> = {
  requestToPay: debit,
  requestToWithdraw: debit,
  createInvoice: ({ referenceId, externalId, amount, currency, payer, fields }) => {
    const { paymentReference, invoiceId, expiryDateTime, description } = fields ?? {};
    return {
      referenceId,
      externalId,
      amount,
      currency,
      paymentReference,
      invoiceId,
      expiryDateTime,
      payeeFirstName: 'Sand',
      payeeLastName: 'Box',
      intendedPayer: payer,
      description,
    };
  },
  createPayment: ({ referenceId, financialTransactionId }) => ({ referenceId, financialTransactionId }),
  createPreApproval: ({ payer, currency, payerMessage, fields }) => {
    return { payer, payerCurrency: currency, payerMessage, expirationDateTime: fields?.expirationDateTime };
  },
};

/** MTN's answer to a status read. `JSON.stringify` leaves out what is undefined, as MTN does. */
export function toStatusBody(payment: SandboxPayment, reasonShape: 'object' | 'string'): Body {
  const { operation, reason } = payment;
  // The contract knows no CREATED for a pre-approval, and a service payment was published as pending.
  const isYoung = /^create(PreApproval|Payment)$/.test(operation) && payment.status === 'CREATED';
  return {
    ...bodies[operation]?.(payment),
    status: isYoung ? 'PENDING' : payment.status,
    [operation === 'createInvoice' ? 'errorReason' : 'reason']: reasonShape === 'string' ? reason?.code : reason,
  };
}
