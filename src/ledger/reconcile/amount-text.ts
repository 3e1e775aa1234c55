/** How a statement writes the decimals of its amounts. */
export type DecimalSign = '.' | ',';

// A space, a no-break space and its narrow sister, or an apostrophe: thousands in one country or another.
const grouped = /^\d{1,3}(?:([ \u00a0\u202f'’.,])\d{3})(?:\1\d{3})*$/;

/**
 * An amount as a statement writes it (`1,000.00`, `1 000`, `XAF 500`, `(12.50)`) as a plain decimal that may begin with
 * a minus; or what is wrong with it.
 *
 * @internal
 */
export function readAmount(
  text: string,
  currency: string | undefined,
  decimal: DecimalSign,
): { amount: string } | { problem: string } {
  // Most statements write most amounts so, and there may be millions.
  if (decimal === '.' && /^(0|[1-9]\d*)(\.\d+)?$/.test(text)) return { amount: text };
  let rest = text.trim();
  if (currency) {
    if (rest.toUpperCase().startsWith(currency)) rest = rest.slice(currency.length).trim();
    else if (rest.toUpperCase().endsWith(currency)) rest = rest.slice(0, -currency.length).trim();
  }
  const signed = /^(?:([-−+])\s*(.+)|\((.+)\)|(.+?)\s*([-−]))$/.exec(rest);
  const isNegative = signed !== null && signed[1] !== '+';
  const unsigned = signed?.[2] ?? signed?.[3] ?? signed?.[4] ?? rest;
  if (unsigned === '') return { problem: 'is empty' };
  if (/^\d[\d.,]*e[+-]?\d+$/i.test(unsigned)) return { problem: 'has lost digits to a spreadsheet (1E+06)' };
  const at = unsigned.lastIndexOf(decimal);
  const whole = at < 0 ? unsigned : unsigned.slice(0, at);
  const fraction = at < 0 ? '' : unsigned.slice(at + 1);
  const isWhole = /^\d+$/.test(whole) || (grouped.test(whole) && !whole.includes(decimal));
  if (!isWhole || (at >= 0 && !/^\d+$/.test(fraction))) {
    const other = decimal === '.' ? ',' : '.';
    const hint = unsigned.includes(other) ? ` (is the decimal sign "${other}"? Then say so in decimal)` : '';
    return { problem: `is no amount${hint}` };
  }
  const digits = whole.replace(/\D/g, '').replace(/^0+(?=\d)/, '');
  return { amount: `${isNegative ? '-' : ''}${digits}${fraction && `.${fraction}`}` };
}
