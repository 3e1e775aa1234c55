import type { LedgerPayment } from 'momo-collections/ledger';

/** The status words of this API. The ledger never says ONGOING or CANCELLED; they are there for other providers. */
export type Status = 'PENDING' | 'SUCCESSFUL' | 'FAILED' | 'TIMEOUT' | 'ONGOING' | 'CANCELLED';

const words: Record<LedgerPayment['state'], Status> = {
  created: 'PENDING',
  submitted: 'PENDING',
  pending: 'PENDING',
  // Nobody knows yet, and unknown is never failed.
  uncertain: 'PENDING',
  successful: 'SUCCESSFUL',
  // It was paid; that the money went back is between the app and its customer.
  refunded: 'SUCCESSFUL',
  failed: 'FAILED',
  expired: 'TIMEOUT',
};

export const statusOf = ({ state }: Pick<LedgerPayment, 'state'>): Status => words[state];

/**
 * Did MTN refuse the payment itself, so that the payer was never asked? A payment that failed later has been confirmed by
 * a status read, one that could not be sent was not refused by anybody, and what a person decided is no word of MTN's.
 */
export function wasRefused({ state, confirmedAtMs, reason, notes }: LedgerPayment): boolean {
  return state === 'failed' && confirmedAtMs === undefined && notes.length === 0 && reason?.code !== 'never_sent';
}
