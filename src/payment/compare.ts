import { sameAmount } from './amount.js';
import type { Party } from './party.js';

/** The details by which two accounts of one payment are told apart. */
export interface PaymentDetails {
  readonly amount?: string | undefined;
  readonly currency?: string | undefined;
  readonly externalId?: string | undefined;
  readonly payer?: Party | undefined;
  readonly referenceId?: string | undefined;
}

/** One detail in which what MTN says differs from what was wanted. `actual` is absent when MTN did not say. */
export interface Difference {
  readonly field: 'amount' | 'currency' | 'externalId' | 'payer' | 'referenceId';
  /** Who wanted it: the callback's claim, your own record, or the status read itself (a missing or odd field). */
  readonly from: 'callback' | 'expected' | 'read';
  readonly wanted: string;
  readonly actual?: string;
}

const mask = /[*xX•]/;

function sameVisibleDigits(a: string, b: string): boolean {
  if (a.length === b.length) {
    return [...a].every((sign, index) => sign === b[index] || mask.test(sign) || mask.test(b.charAt(index)));
  }
  // Of another length: what shows at both ends decides.
  const [masked, whole] = mask.test(a) ? [a, b] : [b, a];
  const shown = masked.split(mask);
  return shown.length > 1 && whole.startsWith(String(shown[0])) && whole.endsWith(String(shown.at(-1)));
}

/** @internal Equal parties; of a masked number (`46*****450`) the visible digits decide. */
export function sameParty(a: Party, b: Party): boolean {
  const [left, right] = [a, b].map(({ partyId }) => partyId.replace(/[+ -]/g, '').toLowerCase()) as [string, string];
  return (
    a.partyIdType === b.partyIdType && (a.partyIdType === 'MSISDN' ? sameVisibleDigits(left, right) : left === right)
  );
}

const show = (value: string | Party) => (typeof value === 'string' ? value : value.partyId);

/**
 * Compares what was wanted with what MTN's read shows, field by field, where something was wanted. A field that the
 * read lacks is a difference without `actual`.
 *
 * @internal
 */
export function differencesOf(
  wanted: PaymentDetails,
  read: PaymentDetails,
  from: Difference['from'],
): { compared: boolean; differences: Difference[] } {
  const differences: Difference[] = [];
  let compared = false;
  for (const field of ['amount', 'currency', 'externalId', 'payer'] as const) {
    const a = wanted[field];
    const b = read[field];
    if (a === undefined) continue;
    compared ||= b !== undefined;
    const isSame =
      b !== undefined &&
      (typeof a === 'object' ? sameParty(a, b as Party) : field === 'amount' ? sameAmount(a, b as string) : a === b);
    if (!isSame) differences.push({ field, from, wanted: show(a), ...(b && { actual: show(b) }) });
  }
  return { compared, differences };
}
