import { invalidInput } from '../../errors.js';

/** How an export is written. */
export interface CsvOptions {
  /** Default `,`; `;` is what a spreadsheet expects where the comma is the decimal sign. */
  readonly delimiter?: ',' | ';' | '\t' | undefined;
  /** Begin with a byte order mark, by which Excel knows UTF-8? Default false. */
  readonly byteOrderMark?: boolean | undefined;
}

type Cell = string | number | undefined;

const chunkLength = 16_384;

/**
 * Writes rows as CSV by RFC 4180, in chunks of some 16 kB: CRLF, quotes where needed.
 *
 * @internal
 */
export async function* writeCsv(
  titles: readonly string[],
  rows: AsyncIterable<readonly Cell[]>,
  options: CsvOptions = {},
): AsyncGenerator<string> {
  const { delimiter = ',', byteOrderMark = false } = options;
  if (![',', ';', '\t'].includes(delimiter)) {
    throw invalidInput('The export cannot be written', [{ path: 'delimiter', message: 'must be ",", ";" or a tab' }]);
  }
  let text = `${byteOrderMark ? '\ufeff' : ''}${titles.map(writeCell).join(delimiter)}\r\n`;
  for await (const row of rows) {
    text += `${row.map(writeCell).join(delimiter)}\r\n`;
    if (text.length < chunkLength) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

/**
 * A spreadsheet runs a cell that begins like a formula, whoever wrote it: an order number of a stranger could send the
 * whole sheet away. An apostrophe makes it text. Plain numbers, negative ones too, cannot do anything and stay numbers.
 */
function writeCell(value: Cell): string {
  const text = String(value ?? '');
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const safe = !isNumber && /^\s*[=+\-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}]/u.test(text) ? `'${text}` : text;
  // Whatever the delimiter is: the sheet may be opened with another one.
  return /[",;|\t\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
