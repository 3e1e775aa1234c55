import { Issues } from '../errors.js';

// ISO 4217 minor units that are not 2: the currencies, and behind them how many decimals they have.
const decimalsByCurrency =
  'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF 0 BHD IQD JOD KWD LYD OMR TND 3 CLF UYW 4';

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
  return at < 0 ? 2 : Number(/\d/.exec(decimalsByCurrency.slice(at)));
}

/** @internal A plain unsigned decimal: ASCII digits, at most one dot, with digits on both its sides. */
export function isDecimal(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9]+(\.[0-9]+)?$/.test(value);
}

/** Without the zeros that say nothing: leading ones, and those at the end of the fraction. */
function digitsOf(decimal: string): [whole: string, fraction: string] {
  const [whole, fraction = ''] = decimal.split('.') as [string, string?];
  return [whole.replace(/^0+/, ''), fraction.replace(/0+$/, '')];
}

function order<Value extends number | string>(a: Value, b: Value) {
  return (Number(a > b) - Number(a < b)) as -1 | 0 | 1;
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
  issues.check(isDecimal(a) && isDecimal(b), '', 'both must be decimals such as "12.50"');
  issues.throwIfAny('Amounts cannot be compared');
  const [wholeA, fractionA] = digitsOf(a);
  const [wholeB, fractionB] = digitsOf(b);
  // Of equal length, or fractions: digits compare as text.
  return order(wholeA.length, wholeB.length) || order(wholeA, wholeB) || order(fractionA, fractionB);
}

/** @internal Equal as decimals; text that is no decimal equals only itself. */
export function sameAmount(a: string, b: string): boolean {
  return a === b || (isDecimal(a) && isDecimal(b) && `${digitsOf(a)}` === `${digitsOf(b)}`);
}

/**
 * The decimal text of an amount given by a caller; complains of anything else, and answers something all the same.
 *
 * @internal
 */
export function checkAmount(value: unknown, currency: string, complain: (problem: string) => void): string {
  // An object is not made text: that may throw, or lie.
  const amount = typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : value;
  const decimals = currencyDecimals(currency);
  if (!isDecimal(amount)) complain('must be a decimal string such as "12.50", or a whole number');
  else if (/^[0.]+$/.test(amount)) complain('must be greater than zero');
  else if ((amount.split('.')[1] ?? '').length > decimals) {
    complain(`must have at most ${decimals} decimals in this currency`);
  }
  return amount as string;
}

/**
 * The sum of two unsigned decimals, exact, with as many decimals as the longer fraction: `0.1` and `0.25` are `0.35`.
 *
 * @internal
 */
export function addAmounts(a: string, b: string): string {
  const decimals = Math.max(...[a, b].map((amount) => (amount.split('.')[1] ?? '').length));
  const toUnits = (amount: string) => {
    const [whole = '', fraction = ''] = amount.split('.');
    return BigInt(whole + fraction.padEnd(decimals, '0'));
  };
  const digits = String(toUnits(a) + toUnits(b)).padStart(decimals + 1, '0');
  return decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
