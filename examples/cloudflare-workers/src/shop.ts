// What is sold, and the rules of an order.

import {
  canTransition,
  compareAmounts,
  normalizeMsisdn,
  type PaymentState,
  type PaymentStatus,
} from 'momo-collections';

export interface Order {
  readonly id: string;
  /** MTN's id of the payment. Made and stored before anything is sent: one order, one id, one charge. */
  readonly referenceId: string;
  readonly payer: string;
  readonly amount: string;
  readonly currency: string;
  /** `created` until MTN has the payment. */
  readonly state: PaymentState;
  /** MTN's code when it failed. */
  readonly reason: string | null;
  readonly createdAtMs: number;
}

/** The server's price; a form could say anything. MTN's sandbox takes EUR, a country takes its own currency. */
export const price = { amount: '12.50', currency: 'EUR' } as const;

/** The id comes with the form, so that a double click, or "back" and pay again, is the same order. */
export function isOrderId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

/** The phone number as MTN wants it; undefined when it is none. */
export function readPhone(text: unknown): string | undefined {
  try {
    return normalizeMsisdn(String(text));
  } catch {
    return undefined;
  }
}

/** Where a status read leaves an order. Only what was asked for is paid; anything odd is for a person to look at. */
export function nextState(order: Order, payment: PaymentStatus): PaymentState {
  const { amount, currency } = payment;
  const isAsked = amount !== undefined && compareAmounts(amount, order.amount) === 0 && currency === order.currency;
  const state = payment.state === 'successful' && !isAsked ? 'uncertain' : payment.state;
  if (state === order.state || canTransition(order.state, state)) return state;
  return canTransition(order.state, 'uncertain') ? 'uncertain' : order.state;
}
