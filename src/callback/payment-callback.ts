import type { Party } from '../payment/party.js';
import type { Reason } from '../payment/reason.js';
import type { PaymentState } from '../payment/state.js';

/** Who wrote the callback: MTN itself, momo-proxy (a signing relay in front of MTN) or the aggregator meCash. */
export type CallbackSource = 'mtn' | 'momo-proxy' | 'mecash';

/** Fees as meCash states them: decimal strings in major units, zero included. */
export interface CallbackFees {
  readonly vat?: string;
  readonly stampDuty?: string;
  readonly base?: string;
}

/**
 * What a callback claims, in one shape for every sender. Claims are hints: only a status read says what was paid, see
 * `confirmCallback`. It is plain data and does hold the payer: mask it before you log it.
 */
export interface PaymentCallback {
  readonly source: CallbackSource;
  /** The sender's status word, as it came. */
  readonly claimedStatus: string;
  /** That word as one of our states; a word we do not know is `pending`. */
  readonly claimedState: PaymentState;
  /** The payment's reference id. MTN's own callbacks do not carry one. */
  readonly referenceId?: string;
  readonly externalId?: string;
  /** MTN's transaction id, with the digits of the source text when it came as a number. */
  readonly financialTransactionId?: string;
  /** A positive decimal in major units, with the digits of the source text when it came as a number. */
  readonly amount?: string;
  readonly currency?: string;
  /** The payer; of an invoice the intended one. meCash often masks it: `46*****450`. */
  readonly payer?: Party;
  readonly reason?: Reason;
  /** meCash's event name, such as `collection.completed`. */
  readonly event?: string;
  /** meCash's mode. `TEST` is not money. */
  readonly mode?: string;
  readonly fees?: CallbackFees;
  /** ISO 8601, as it came: up to nine fraction digits. */
  readonly occurredAt?: string;
  /** The whole body, as `JSON.parse` gives it. */
  readonly raw: unknown;
}
