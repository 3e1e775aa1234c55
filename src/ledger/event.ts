import type { LedgerPayment, Refund, ReviewItem } from './payment.js';

/** What the ledger tells your app. */
export type LedgerEventType =
  | 'payment.successful'
  | 'payment.failed'
  | 'payment.expired'
  | 'payment.review'
  | 'payment.refunded';

/**
 * Something your app should know, written in the same transaction as the change itself, and handed out at least once:
 * store `id` with its effect, under a unique key. Plain data: the payment does hold the payer.
 */
export interface LedgerEvent {
  /** Stable: the same each time it is handed out. */
  readonly id: string;
  readonly type: LedgerEventType;
  readonly paymentId: string;
  /** 1, 2, 3 … for one payment: they are handed out in this order. */
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** The payment as it was then. */
  readonly payment: LedgerPayment;
  /** With `payment.review`: the question. */
  readonly review?: ReviewItem;
  /** With `payment.refunded`: what was given back. */
  readonly refund?: Refund;
}
