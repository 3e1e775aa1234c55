import { isDecimal } from './amount.js';
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

/** Without the zeros that say nothing: leading ones, and those at the end of a fraction. */
function canonical(amount: string): string {
  return isDecimal(amount) ? amount.replace(/^0+(?=\d)/, '').replace(/\.0+$|(\.\d*[1-9])0+$/, '$1') : amount;
}

/** @internal Equal as decimals; text that is no decimal equals only itself. */
export function sameAmount(a: string, b: string): boolean {
  return canonical(a) === canonical(b);
}

const mask = /[*xX•]/;

/** What shows before the first masked sign and after the last one; all of it, twice, when nothing is masked. */
function visibleEnds(text: string): [start: string, end: string] {
  const parts = text.split(mask);
  return [parts[0] ?? '', parts.at(-1) ?? ''];
}

function sameVisibleDigits(a: string, b: string): boolean {
  if (a.length === b.length) {
    return [...a].every((sign, index) => sign === b[index] || mask.test(sign) || mask.test(b.charAt(index)));
  }
  if (!mask.test(a + b)) return false;
  const [startA, endA] = visibleEnds(a);
  const [startB, endB] = visibleEnds(b);
  const start = Math.min(startA.length, startB.length);
  const end = Math.min(endA.length, endB.length);
  return (
    startA.slice(0, start) === startB.slice(0, start) && endA.slice(endA.length - end) === endB.slice(endB.length - end)
  );
}

/** @internal Equal parties; of a masked number (`46*****450`) the visible digits decide. */
export function sameParty(a: Party, b: Party): boolean {
  if (a.partyIdType !== b.partyIdType) return false;
  if (a.partyIdType !== 'MSISDN') return a.partyId.toLowerCase() === b.partyId.toLowerCase();
  return sameVisibleDigits(a.partyId.replace(/[+ -]/g, ''), b.partyId.replace(/[+ -]/g, ''));
}

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
  const check = <Value>(
    field: Difference['field'],
    a: Value | undefined,
    b: Value | undefined,
    isSame: (a: Value, b: Value) => boolean,
    show: (value: Value) => string,
  ) => {
    if (a === undefined) return;
    if (b === undefined) {
      differences.push({ field, from, wanted: show(a) });
      return;
    }
    compared = true;
    if (!isSame(a, b)) differences.push({ field, from, wanted: show(a), actual: show(b) });
  };
  const isEqual = (a: string, b: string) => a === b;
  const asIs = (value: string) => value;
  check('amount', wanted.amount, read.amount, sameAmount, asIs);
  check('currency', wanted.currency, read.currency, isEqual, asIs);
  check('externalId', wanted.externalId, read.externalId, isEqual, asIs);
  check('payer', wanted.payer, read.payer, sameParty, ({ partyId }) => partyId);
  check('referenceId', wanted.referenceId?.toLowerCase(), read.referenceId?.toLowerCase(), isEqual, asIs);
  return { compared, differences };
}
