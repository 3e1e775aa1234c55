import { Issues, invalidInput } from '../../errors.js';
import { isDecimal } from '../../payment/amount.js';
import { toReferenceId } from '../../payment/reference-id.js';
import { type TransactionKind, toKind } from './kind.js';
import { matchRows } from './match.js';
import { outcomeReader, type StatusWords } from './outcome.js';
import { classify } from './result.js';
import { type Entry, RowTable } from './row-table.js';
import type { LedgerRow, ReconciledRow, StatementRow } from './rows.js';
import { type ReconciliationTotals, Summing } from './summary.js';
import { isIterable } from './text-chunks.js';

/** How {@link reconcile} reads the two sides. */
export interface ReconcileOptions {
  /**
   * What the statement covers, in epoch milliseconds; `untilMs` is the first instant after it. A ledger row outside is
   * not expected in the statement. Default: everything.
   */
  readonly period?: { readonly fromMs?: number; readonly untilMs?: number } | undefined;
  /** More words for the status of a statement row, in any case. */
  readonly statuses?: StatusWords | undefined;
}

/** The results, row by row as often as you ask, and their sums. */
export interface Reconciliation extends AsyncIterable<ReconciledRow> {
  /** Counts, and exact sums by currency. Reads the inputs first where nobody has yet. */
  summary(): Promise<ReconciliationTotals>;
}

/** Rows as they come, or all at once. */
export type Rows<Row> = Iterable<Row> | AsyncIterable<Row>;

/**
 * Lays ledger and statement side by side, and puts every row of both in exactly one result of one class: `matched`,
 * `amount-mismatch`, `status-mismatch`, `missing-in-statement`, `missing-in-ledger` or `duplicate`. Rows meet by MTN's
 * transaction id, else by reference id, else by external id and amount; their order plays no part. Both sides are
 * streamed, once, when the first result or the summary is asked for, and kept packed (some 40 bytes a row). Amounts are
 * decimal strings in major units, added up without floats.
 *
 * @throws MomoError `invalid_input` for a period or a status word that is none; while reading, whatever the inputs throw.
 * @example
 * ```ts
 * import { reconcile } from 'momo-collections/ledger';
 *
 * const reconciliation = reconcile(
 *   [{ referenceId: order.referenceId, externalId: 'order-7', amount: '5000', currency: 'XAF', state: 'expired' }],
 *   [{ externalId: 'order-7', amount: '5000.00', currency: 'XAF', status: 'Completed', line: 2 }],
 * );
 * for await (const row of reconciliation) console.log(row.class); // status-mismatch: it was paid after all
 * console.log((await reconciliation.summary()).needsReview); // 1
 * ```
 */
export function reconcile(
  ledgerRows: Rows<LedgerRow>,
  statementRows: Rows<StatementRow>,
  options: ReconcileOptions = {},
): Reconciliation {
  const { period, statuses } = Object(options) as ReconcileOptions;
  const { fromMs = Number.NEGATIVE_INFINITY, untilMs = Number.POSITIVE_INFINITY } = period ?? {};
  checkRows({ ledgerRows, statementRows });
  if (!(fromMs < untilMs)) {
    throw invalidInput('The reconciliation cannot start', [
      { path: 'period', message: 'must be two instants in epoch milliseconds, fromMs before untilMs' },
    ]);
  }
  const toOutcome = outcomeReader(statuses);
  const read = async () => {
    const table = new RowTable();
    await forEachRow('ledgerRows', ledgerRows, (row) => table.add(ledgerEntry(row, fromMs, untilMs)));
    await forEachRow('statementRows', statementRows, (row) =>
      table.add(statementEntry(row, toOutcome(row.status ?? undefined))),
    );
    return { table, matches: matchRows(table) };
  };
  let reading: ReturnType<typeof read> | undefined;
  const readOnce = () => {
    reading ??= read();
    return reading;
  };
  let sums: ReconciliationTotals | undefined;
  return {
    async *[Symbol.asyncIterator]() {
      const { table, matches } = await readOnce();
      const summing = new Summing();
      for (const row of classify(table, matches)) {
        summing.add(row);
        yield row;
      }
      sums ??= summing.toSummary();
    },
    async summary() {
      const { table, matches } = await readOnce();
      if (sums === undefined) {
        const summing = new Summing();
        for (const row of classify(table, matches)) summing.add(row);
        sums = summing.toSummary();
      }
      return sums;
    },
  };
}

function checkRows(inputs: { readonly [path: string]: unknown }): void {
  const issues = new Issues();
  for (const [path, rows] of Object.entries(inputs)) {
    // A text can be iterated too, sign by sign.
    const isRows = typeof rows === 'object' && isIterable(rows);
    issues.check(isRows, path, 'must be rows to iterate, such as an array, ledger.list() or readStatement(…)');
  }
  issues.throwIfAny('The reconciliation cannot start');
}

async function forEachRow<Row>(path: string, rows: Rows<Row>, use: (row: Row) => void): Promise<void> {
  const useRow = (row: Row) => {
    if (typeof row === 'object' && row !== null) use(row);
    else throw invalidInput('The reconciliation cannot go on', [{ path, message: 'must give nothing but rows' }]);
  };
  // Awaiting each row of an array would cost more than all the rest.
  if (Symbol.iterator in rows) for (const row of rows) useRow(row);
  else for await (const row of rows) useRow(row);
}

const textOf = (value: string | number | null | undefined) => (value ?? '').toString().trim();

/** A UUID in lower case; anything else as it is. */
const referenceOf = (value: string | null | undefined) => toReferenceId(textOf(value)) ?? textOf(value);

function ledgerEntry(row: LedgerRow, fromMs: number, untilMs: number): Omit<Entry, 'index'> {
  const atMs = row.confirmedAtMs ?? row.submittedAtMs ?? row.createdAtMs;
  return {
    isLedger: true,
    referenceId: referenceOf(row.referenceId),
    financialTransactionId: textOf(row.financialTransactionId),
    externalId: textOf(row.externalId),
    ...moneyOf(row, (isNegative) => row.kind ?? toKind(undefined, isNegative), 'the ledger row'),
    status: row.state,
    outcome: 'unknown',
    fee: '',
    settlementReference: '',
    line: '',
    isInPeriod: atMs === undefined || (atMs >= fromMs && atMs < untilMs),
  };
}

function statementEntry(row: StatementRow, outcome: Entry['outcome']): Omit<Entry, 'index'> {
  return {
    isLedger: false,
    referenceId: referenceOf(row.referenceId),
    financialTransactionId: textOf(row.financialTransactionId),
    externalId: textOf(row.externalId),
    ...moneyOf(row, (isNegative) => toKind(row.kind ?? undefined, isNegative), 'the statement row'),
    status: textOf(row.status),
    outcome,
    fee: isSignedDecimal(textOf(row.fee)) ? textOf(row.fee) : '',
    settlementReference: textOf(row.settlementReference),
    line: textOf(row.line),
    isInPeriod: true,
  };
}

const isSignedDecimal = (text: string) => isDecimal(text.replace(/^-/, ''));

/** Amount and currency are there both, or neither and a problem instead: half of it adds up to nothing. */
function moneyOf(
  row: Pick<StatementRow, 'amount' | 'currency' | 'problem'>,
  kindOf: (isNegative: boolean) => TransactionKind,
  what: string,
): Pick<Entry, 'amount' | 'currency' | 'kind' | 'problem'> {
  const amount = textOf(row.amount);
  const currency = textOf(row.currency).toUpperCase();
  const isNegative = amount.startsWith('-');
  const kind = kindOf(isNegative);
  const problems = [
    !isSignedDecimal(amount) && `the amount of ${what} is no decimal`,
    !/^[A-Z]{3}$/.test(currency) && `the currency of ${what} is not three letters`,
  ].filter((each) => each !== false);
  const given = textOf(row.problem);
  if (problems.length > 0) return { amount: '', currency: '', kind, problem: given || problems.join('; ') };
  return { amount: isNegative ? amount.slice(1) : amount, currency, kind, problem: given };
}
