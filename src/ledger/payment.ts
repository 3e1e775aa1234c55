import type { Difference } from '../payment/compare.js';
import type { Party } from '../payment/party.js';
import type { UncertainReason } from '../payment/poll-step.js';
import type { Reason } from '../payment/reason.js';
import type { PaymentState } from '../payment/state.js';

/** What a payment is for, in your own words: an order, an invoice, a permit. */
export interface PaymentRecord {
  readonly type: string;
  readonly id: string;
}

/**
 * Why a payment waits for a person.
 *
 * - `uncertain`: MTN has not said what became of it. It is still read, and leaves the list when MTN says.
 * - `mismatch`: MTN's payment is not the one that was asked for; see `differences`.
 * - `late_success`: paid after it had expired. It has its receipt; is the order still open?
 * - `double_payment`: a second success for one order. It has no receipt: give the money back.
 * - `contradiction`: MTN said final, and later something else. Nothing changes until a person decides.
 * - `suspected_duplicate`: same payer and amount as another payment shortly before (`duplicateWindowMs`).
 */
export type ReviewReason =
  | 'uncertain'
  | 'mismatch'
  | 'late_success'
  | 'double_payment'
  | 'contradiction'
  | 'suspected_duplicate';

/** One open question about a payment. */
export interface ReviewItem {
  readonly reason: ReviewReason;
  /** Epoch milliseconds. */
  readonly sinceMs: number;
  /** With `uncertain`: `deadline` (MTN was still undecided) or `not-found` (MTN knows no such payment). */
  readonly why?: UncertainReason;
  /** With `mismatch`: what differs. Phone numbers are masked. */
  readonly differences?: readonly Difference[];
  /** With `double_payment` and `suspected_duplicate`: the ids of the other payments. */
  readonly otherIds?: readonly string[];
}

/** What a person decided, and who. */
export interface ReviewNote {
  readonly atMs: number;
  readonly by: string;
  readonly note: string;
  /** The questions that this closed. */
  readonly closed: readonly ReviewReason[];
  readonly state: PaymentState;
}

/** Money given back, as your staff reported it: the ledger itself moves none. */
export interface Refund {
  readonly atMs: number;
  /** A decimal string in major units, in the payment's currency. */
  readonly amount: string;
  /** The transfer by which it went back; one reference counts once. */
  readonly reference: string;
  readonly by: string;
  readonly approvedBy: string;
  readonly note: string;
}

/** One attempt to charge one order, as the ledger knows it. Plain data: it does hold the payer. */
export interface LedgerPayment {
  /** The payment's id in the ledger: its reference id at MTN. */
  readonly id: string;
  /** MTN's `X-Reference-Id`, the same as `id`. */
  readonly referenceId: string;
  /** Whose order it is, where one ledger serves several shops; default empty. */
  readonly scope: string;
  readonly externalId: string;
  /** 1, and more only where an earlier attempt failed or expired. */
  readonly attempt: number;
  /** A decimal string in major units. */
  readonly amount: string;
  readonly currency: string;
  readonly payer: Party;
  readonly payerMessage: string;
  readonly payeeNote: string;
  /** How it is paid, for reports and receipts: `MTN MoMo`. */
  readonly method: string;
  readonly record?: PaymentRecord;
  /** What `charge` was given to keep with it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Where it was made, and alone can be read. Absent until the client has told. */
  readonly baseUrl?: string;
  readonly targetEnvironment?: string;
  readonly state: PaymentState;
  /** MTN's last word, as it came. */
  readonly status?: string;
  /** MTN's id of the transfer. */
  readonly financialTransactionId?: string;
  /** Why it failed: MTN's reason, or ours, such as `never_sent`. */
  readonly reason?: Reason;
  readonly createdAtMs: number;
  /** When MTN took it. */
  readonly submittedAtMs?: number;
  /** When MTN's status read gave the final word. */
  readonly confirmedAtMs?: number;
  readonly updatedAtMs: number;
  readonly receiptNumber?: string;
  readonly refunds: readonly Refund[];
  /** The sum of the refunds; `0` without any. */
  readonly refundedAmount: string;
  /** Open questions: empty unless a person is needed. */
  readonly review: readonly ReviewItem[];
  readonly notes: readonly ReviewNote[];
  /** From the provider's statement, once a reconciliation has found it. */
  readonly settlementReference?: string;
  /** What the provider kept, where known: a decimal string in major units. */
  readonly fees?: string;
}
