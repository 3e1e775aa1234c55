import { Issues } from '../errors.js';

// ISO 4217 minor units that are not 2.
const decimalsByCurrency =
  'BIF0 CLP0 DJF0 GNF0 ISK0 JPY0 KMF0 KRW0 PYG0 RWF0 UGX0 UYI0 VND0 VUV0 XAF0 XOF0 XPF0 BHD3 IQD3 JOD3 KWD3 LYD3 OMR3 TND3 CLF4 UYW4';

/**
 * How many decimals a currency has by ISO 4217: 0 for RWF, UGX, XAF, XOF and GNF, 2 for most, and 2 for one we do not know.
 *
 * @example
 * ```ts
 * currencyDecimals('RWF'); // 0
 * ```
 */
export function currencyDecimals(currency: string): number {
  const at = /^[A-Z]{3}$/.test(currency) ? decimalsByCurrency.indexOf(currency) : -1;
  return at < 0 ? 2 : Number(decimalsByCurrency[at + 3]);
}

/** @internal A plain unsigned decimal: ASCII digits, at most one dot, with digits on both its sides. */
export function isDecimal(value: string): boolean {
  return typeof value === 'string' && /^[0-9]+(\.[0-9]+)?$/.test(value);
}

function split(value: string): [whole: string, fraction: string] {
  const [whole = '', fraction = ''] = value.split('.');
  return [whole.replace(/^0+/, ''), fraction.replace(/0+$/, '')];
}

/**
 * Compares two amounts as exact decimals, of any length: `12.50` equals `12.5`. No floating point.
 *
 * @returns -1, 0 or 1.
 * @throws MomoError `invalid_input` for anything but unsigned decimals without exponent.
 * @example
 * ```ts
 * compareAmounts('12.50', '12.5'); // 0
 * compareAmounts('0.1', '0.02'); // 1
 * ```
 */
export function compareAmounts(a: string, b: string): -1 | 0 | 1 {
  const issues = new Issues();
  for (const value of [a, b]) issues.check(isDecimal(value), '', 'they must be decimals such as "12.50"');
  issues.throwIfAny('Amounts cannot be compared');
  const [wholeA, fractionA] = split(a);
  const [wholeB, fractionB] = split(b);
  if (wholeA.length !== wholeB.length) return wholeA.length < wholeB.length ? -1 : 1;
  // Of equal length, or fractions: digits compare as text.
  const [left, right] = wholeA === wholeB ? [fractionA, fractionB] : [wholeA, wholeB];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/**
 * The decimal text of an amount given by a caller, or what is wrong with it.
 *
 * @internal
 */
export function checkAmount(value: unknown, currency: string): { amount: string } | { problem: string } {
  const isExact = typeof value === 'string' || typeof value === 'bigint' || Number.isSafeInteger(value);
  // An object is not made text: that may throw, or lie.
  const amount = isExact ? String(value) : '';
  if (!isDecimal(amount)) return { problem: 'must be a decimal string such as "12.50", or a whole number' };
  if (/^[0.]+$/.test(amount)) return { problem: 'must be greater than zero' };
  const decimals = currencyDecimals(currency);
  if ((amount.split('.')[1] ?? '').length > decimals) {
    return { problem: `must have at most ${decimals} decimals in this currency` };
  }
  return { amount };
}
