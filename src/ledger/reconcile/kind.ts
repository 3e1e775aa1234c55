/** What a row is about. Rows of different kinds never meet. */
export type TransactionKind = 'payment' | 'refund' | 'fee';

/**
 * The kind by a statement's word for it (`Reversal`, `FEE`), or by the sign: money that went back is a refund.
 *
 * @internal
 */
export function toKind(word: string | undefined, isNegative: boolean): TransactionKind {
  if (word && /refund|revers|rembours/i.test(word)) return 'refund';
  if (word && /\bfees?\b|commission|\bcharges?\b|\bfrais\b|\btax/i.test(word)) return 'fee';
  return isNegative ? 'refund' : 'payment';
}
