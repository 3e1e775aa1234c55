import { currencyDecimals } from '../../payment/amount.js';

/** Exact sums by currency, as decimal strings: `{ XAF: '15000', EUR: '12.50' }`. */
export type AmountsByCurrency = Readonly<Record<string, string>>;

interface Sum {
  units: bigint;
  /** How many decimals `units` has: as many as the finest amount so far. */
  scale: number;
}

/**
 * Adds up signed decimals without floats, currency by currency.
 *
 * @internal
 */
export class AmountSums {
  readonly #sums = new Map<string, Sum>();

  add(currency: string, amount: string, isNegative = false): void {
    const [whole = '', fraction = ''] = amount.split('.');
    let sum = this.#sums.get(currency);
    if (!sum) {
      sum = { units: 0n, scale: 0 };
      this.#sums.set(currency, sum);
    }
    if (fraction.length > sum.scale) {
      sum.units *= 10n ** BigInt(fraction.length - sum.scale);
      sum.scale = fraction.length;
    }
    const units = BigInt(whole + fraction.padEnd(sum.scale, '0'));
    sum.units += isNegative ? -units : units;
  }

  /** In alphabetical order, with the currency's own decimals, and more only where they say something. */
  toAmounts(): AmountsByCurrency {
    const names = [...this.#sums.keys()].sort();
    return Object.fromEntries(names.map((name) => [name, format(name, this.#sums.get(name) as Sum)]));
  }
}

function format(currency: string, { units, scale }: Sum): string {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
  const fraction = digits
    .slice(digits.length - scale)
    .replace(/0+$/, '')
    .padEnd(currencyDecimals(currency), '0');
  const text = digits.slice(0, digits.length - scale) + (fraction && `.${fraction}`);
  return units < 0n ? `-${text}` : text;
}
