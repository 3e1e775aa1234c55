import { compact } from '../../payment/compact.js';
import { toReferenceId } from '../../payment/reference-id.js';
import { toPaymentState } from '../../payment/state.js';
import { decimalAt, type Fields, idAt, partyAt, reasonAt, textAt } from '../fields.js';
import { invalidCallback } from '../invalid-callback.js';
import type { CallbackSource, PaymentCallback } from '../payment-callback.js';

/** Words that integrators report beside MTN's own, as MTN would say them. ONGOING and every new word stay pending. */
function claimedState(status: string, reason: string | undefined) {
  if (status === 'TIMEOUT' || status === 'EXPIRED') return 'expired';
  if (status === 'REJECTED' || status === 'CANCELLED') return 'failed';
  return toPaymentState(status, reason);
}

/**
 * MTN's own callbacks, of every product (they resemble the status answers: an invoice has `errorReason` and
 * `intendedPayer`), and momo-proxy's, which add `referenceId`.
 *
 * @internal
 */
export function readMtn(fields: Fields, source: CallbackSource): Omit<PaymentCallback, 'raw'> {
  const claimedStatus = textAt(fields, 'status') ?? textAt(fields, 'transactionStatus');
  if (claimedStatus === undefined) throw invalidCallback('is missing', 'status');
  const reason = reasonAt(fields, 'reason') ?? reasonAt(fields, 'errorReason');
  const referenceId = idAt(fields, 'referenceId');
  return compact<Omit<PaymentCallback, 'raw'>>({
    source,
    claimedStatus,
    claimedState: claimedState(claimedStatus, reason?.code),
    referenceId: toReferenceId(referenceId) ?? referenceId,
    externalId: idAt(fields, 'externalId'),
    financialTransactionId: idAt(fields, 'financialTransactionId'),
    amount: decimalAt(fields, 'amount'),
    currency: textAt(fields, 'currency'),
    payer: partyAt(fields, 'payer') ?? partyAt(fields, 'intendedPayer'),
    reason,
  });
}
