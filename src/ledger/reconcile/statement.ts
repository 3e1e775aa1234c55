import { Issues, invalidInput } from '../../errors.js';
import { maskDigits } from '../../payment/mask.js';
import { type DecimalSign, readAmount } from './amount-text.js';
import { CsvParser, type CsvRecord } from './csv-parser.js';
import type { StatementRow } from './rows.js';
import { checkEncoding, isTextSource, type TextSource, textChunks } from './text-chunks.js';

const fields = [
  'amount',
  'currency',
  'financialTransactionId',
  'referenceId',
  'externalId',
  'status',
  'kind',
  'fee',
  'settlementReference',
] as const;

/** Which column of a statement holds what, by its title; upper and lower case are the same. */
export interface StatementColumns {
  readonly amount: string;
  /** Needed unless `currency` is given for the whole statement. */
  readonly currency?: string | undefined;
  readonly financialTransactionId?: string | undefined;
  readonly referenceId?: string | undefined;
  readonly externalId?: string | undefined;
  readonly status?: string | undefined;
  readonly kind?: string | undefined;
  readonly fee?: string | undefined;
  readonly settlementReference?: string | undefined;
}

/** How a provider writes its statements. */
export interface StatementMapping {
  readonly columns: StatementColumns;
  /** The currency of every row, for a statement without a column for it. */
  readonly currency?: string | undefined;
  /** Default: whichever of `,` `;` tab and `|` gives a row of titles with the columns you named. */
  readonly delimiter?: string | undefined;
  /** Default `.`; the other sign may then separate thousands. */
  readonly decimal?: DecimalSign | undefined;
  /** How bytes become text; any label of `TextDecoder`. Default `utf-8`, or UTF-16 by its byte order mark. */
  readonly encoding?: string | undefined;
  /** Is this row no transaction, such as a line of totals? It is given by title. */
  readonly ignore?: ((cells: Readonly<Record<string, string>>) => boolean) | undefined;
}

const headLength = 65_536;
const rowsBeforeTitles = 50;

/**
 * Reads a provider's statement from CSV, row by row, for `reconcile`. Lines above the row of titles, blank lines and
 * repeated titles are passed over; a row that cannot be read comes with a `problem` that names line and column.
 *
 * @throws MomoError `invalid_input` for a mapping that cannot be; while reading, when no row has the titles, or a quote
 * is never closed.
 * @example
 * ```ts
 * import { readStatement } from 'momo-collections/ledger';
 *
 * const csv = 'Id,Amount,Currency\n1943071845,"5,000.00",XAF\n';
 * const columns = { financialTransactionId: 'Id', amount: 'Amount', currency: 'Currency' };
 * for await (const row of readStatement(csv, { columns })) console.log(row.amount); // 5000.00
 * ```
 */
export function readStatement(source: TextSource, mapping: StatementMapping): AsyncIterable<StatementRow> {
  checkMapping(mapping, source);
  return { [Symbol.asyncIterator]: () => oneByOne(statementRows(source, mapping)) };
}

function checkMapping(mapping: StatementMapping, source: TextSource): void {
  const issues = new Issues();
  const { columns, currency, delimiter, decimal = '.', encoding, ignore } = Object(mapping) as StatementMapping;
  issues.check(isTextSource(source), 'source', 'must be text, bytes or a stream of them, such as file.stream()');
  issues.check(isTitle(columns?.amount), 'columns.amount', 'must be the title of a column');
  for (const field of fields.slice(1)) {
    const title = columns?.[field];
    issues.check(title === undefined || isTitle(title), `columns.${field}`, 'must be the title of a column');
  }
  if (currency === undefined) issues.check(isTitle(columns?.currency), 'currency', 'must be given, or have a column');
  else issues.check(/^[A-Z]{3}$/.test(currency), 'currency', 'must be three capital letters');
  const isDelimiter =
    delimiter === undefined ||
    (typeof delimiter === 'string' && delimiter.length === 1 && !'"\r\n'.includes(delimiter));
  issues.check(isDelimiter, 'delimiter', 'must be one character, and neither a quote nor a line break');
  issues.check(decimal === '.' || decimal === ',', 'decimal', 'must be "." or ","');
  issues.check(encoding === undefined || checkEncoding(encoding), 'encoding', 'must be a label of TextDecoder');
  issues.checkHooks({ ignore }, 'ignore');
  issues.throwIfAny('The statement cannot be read');
}

function isTitle(title: unknown): boolean {
  return typeof title === 'string' && title.trim() !== '';
}

const plain = (title: string) => title.trim().replace(/\s+/g, ' ').toLowerCase();

/**
 * The rows of batches. Written out, for an async generator makes a chain of promises per row: at millions of rows that
 * is most of the memory.
 */
function oneByOne<Row>(batches: AsyncGenerator<Row[]>): AsyncIterator<Row> {
  let batch: Row[] = [];
  let at = 0;
  return {
    next: async () => {
      while (at >= batch.length) {
        const part = await batches.next();
        if (part.done) return { done: true, value: undefined };
        batch = part.value;
        at = 0;
      }
      at += 1;
      return { done: false, value: batch[at - 1] as Row };
    },
    return: async () => {
      await batches.return(undefined);
      batch = [];
      return { done: true, value: undefined };
    },
  };
}

async function* statementRows(source: TextSource, mapping: StatementMapping): AsyncGenerator<StatementRow[]> {
  const chunks = textChunks(source, mapping.encoding);
  let head = '';
  for (let part = await chunks.next(); !part.done; part = await chunks.next()) {
    head += part.value;
    if (head.length >= headLength) break;
  }
  const { delimiter, titles } = findTitles(head, mapping);
  const parser = new CsvParser(delimiter);
  const read = rowReader(titles, mapping);
  yield rowsOf(parser.push(head), read);
  for await (const chunk of chunks) yield rowsOf(parser.push(chunk), read);
  yield rowsOf(parser.end(), read);
}

function rowsOf(records: Iterable<CsvRecord>, read: (record: CsvRecord) => StatementRow | undefined): StatementRow[] {
  const rows: StatementRow[] = [];
  for (const record of records) {
    const row = read(record);
    if (row) rows.push(row);
  }
  return rows;
}

/** The row of titles is the first that has every column of the mapping; its delimiter is whatever makes it so. */
function findTitles(head: string, { columns, delimiter }: StatementMapping): { delimiter: string; titles: CsvRecord } {
  const wanted = fields.flatMap((field) => columns[field] ?? []);
  const declared = /^\ufeff?sep=(.)\r?\n/i.exec(head)?.[1];
  const candidates = delimiter ?? declared ?? ',;\t|';
  let closest: { titles: CsvRecord; missing: string[] } | undefined;
  for (const candidate of candidates) {
    for (const titles of firstRecords(head.slice(0, headLength), candidate)) {
      const has = titles.cells.map(plain);
      const missing = wanted.filter((title) => !has.includes(plain(title)));
      if (missing.length === 0) return { delimiter: candidate, titles: checkTitles(titles, wanted) };
      if (!closest || missing.length < closest.missing.length) closest = { titles, missing };
    }
  }
  const { titles, missing = wanted } = closest ?? {};
  const seen = titles
    ? `; line ${titles.line} has ${maskDigits(titles.cells.join(', ')).slice(0, 300)}`
    : '; it is empty';
  const hint = head.includes('\0') ? ' (it looks like UTF-16: say so in encoding)' : '';
  throw invalidInput('The statement cannot be read', [
    { path: 'columns', message: `none of its first rows has ${quoted(missing)}${seen}${hint}` },
  ]);
}

const quoted = (titles: readonly string[]) => titles.map((title) => `"${title}"`).join(', ');

function* firstRecords(head: string, delimiter: string): Generator<CsvRecord> {
  const parser = new CsvParser(delimiter);
  let count = 0;
  for (const record of parser.push(head)) {
    yield record;
    count += 1;
    if (count === rowsBeforeTitles) return;
  }
  try {
    yield* parser.end();
  } catch {
    // Cut off within a quote: the whole file will show.
  }
}

function checkTitles(titles: CsvRecord, wanted: readonly string[]): CsvRecord {
  const twice = wanted.filter((title) => titles.cells.filter((cell) => plain(cell) === plain(title)).length > 1);
  if (twice.length === 0) return titles;
  throw invalidInput('The statement cannot be read', [
    {
      path: 'columns',
      message: `line ${titles.line} has ${quoted(twice)} more than once, so it is not clear which is meant`,
    },
  ]);
}

type Field = (typeof fields)[number];
type RowUnderWay = { -readonly [Name in keyof StatementRow]: StatementRow[Name] };

function rowReader(titles: CsvRecord, mapping: StatementMapping): (record: CsvRecord) => StatementRow | undefined {
  const { columns, currency = '', decimal = '.', ignore } = mapping;
  const names = titles.cells.map(plain);
  const columnOf = (field: Field) => (columns[field] === undefined ? -1 : names.indexOf(plain(columns[field])));
  const at = Object.fromEntries(fields.map((field) => [field, columnOf(field)])) as Record<Field, number>;
  const isTitleRow = ({ cells }: CsvRecord) =>
    fields.every((field) => at[field] < 0 || plain(cells[at[field]] ?? '') === names[at[field]]);
  const textOf = ({ cells }: CsvRecord, field: Field) => (at[field] < 0 ? '' : unwrap(cells[at[field]] ?? ''));
  const complain = (row: RowUnderWay, field: Field, what: string) => {
    const problem = `line ${row.line}, column "${titles.cells[at[field]]?.trim()}": ${what}`;
    row.problem = row.problem === undefined ? problem : `${row.problem}; ${problem}`;
  };
  return (record) => {
    const { line, cells } = record;
    if (line <= titles.line || cells.every((cell) => cell.trim() === '') || isTitleRow(record)) return undefined;
    if (ignore?.(Object.fromEntries(titles.cells.map((title, index) => [title.trim(), cells[index] ?? ''])))) {
      return undefined;
    }
    const row: RowUnderWay = { line };
    if (record.problem) {
      row.problem = record.problem;
    } else if (cells.length > names.length && cells.slice(names.length).some((cell) => cell.trim() !== '')) {
      // With a delimiter too many, no cell can be trusted to be in its column.
      row.problem = `line ${line} has ${cells.length} cells, the titles have ${names.length}`;
    }
    if (row.problem !== undefined) return row;
    row.currency = at.currency < 0 ? currency : textOf(record, 'currency').toUpperCase();
    if (!/^[A-Z]{3}$/.test(row.currency)) complain(row, 'currency', 'is no currency of three letters');
    for (const field of idFields) {
      const id = readId(textOf(record, field), field === 'externalId');
      if (id === undefined) complain(row, field, 'has lost digits to a spreadsheet (1.94E+09); export it as text');
      else if (id !== '') row[field] = id;
    }
    for (const field of wordFields) if (at[field] >= 0) row[field] = textOf(record, field);
    for (const field of amountFields) {
      const text = textOf(record, field);
      if (field === 'fee' && text === '') continue;
      const reading = readAmount(text, row.currency, decimal);
      if ('problem' in reading) complain(row, field, reading.problem);
      else row[field] = reading.amount;
    }
    return row;
  };
}

const idFields = ['financialTransactionId', 'referenceId', 'externalId'] as const;
const wordFields = ['status', 'kind', 'settlementReference'] as const;
const amountFields = ['amount', 'fee'] as const;

/** `="00123"` and `'00123` are how spreadsheets are told to keep a text. */
function unwrap(cell: string): string {
  const text = cell.trim();
  if (!text.startsWith('=') && !text.startsWith("'")) return text;
  return (/^="(.*)"$/s.exec(text)?.[1] ?? text.replace(/^'/, '')).trim();
}

/** Empty where a statement only says that there is none; undefined where a spreadsheet has rounded it. */
function readId(text: string, mayBeZero: boolean): string | undefined {
  if (/^(-+|n\/?a|null|none|nil)$/i.test(text) || (!mayBeZero && /^0+$/.test(text))) return '';
  if (/^\d([.,]\d+)?E\+\d+$/i.test(text)) return undefined;
  return /^\d+\.0$/.test(text) ? text.slice(0, -2) : text;
}
