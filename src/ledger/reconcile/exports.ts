import { maskDigits, maskMsisdn } from '../../payment/mask.js';
import type { Party } from '../../payment/party.js';
import type { Reason } from '../../payment/reason.js';
import { type CsvOptions, writeCsv } from './csv-writer.js';
import type { Rows } from './reconcile.js';
import type { LedgerRow, ReconciledRow } from './rows.js';

/** What an export can show of a payment; rows of the ledger fit as they are, and what is absent stays blank. */
export interface ExportedPayment extends LedgerRow {
  readonly scope?: string | undefined;
  readonly attempt?: number | undefined;
  /** Masked in every export, to its last three digits. */
  readonly payer?: Party | undefined;
  readonly method?: string | undefined;
  /** What it pays: an order, an invoice, a permit. */
  readonly record?: { readonly type: string; readonly id: string } | undefined;
  readonly reason?: Reason | undefined;
  readonly receiptNumber?: string | undefined;
  readonly settlementReference?: string | undefined;
  readonly fees?: string | undefined;
  readonly refundedAmount?: string | undefined;
  readonly refunds?: readonly ExportedRefund[] | undefined;
  /** Open questions. */
  readonly review?: readonly { readonly reason: string }[] | undefined;
  /** What people decided. */
  readonly notes?: readonly { readonly atMs: number; readonly by: string; readonly note: string }[] | undefined;
}

/** Money given back, as an export shows it. */
export interface ExportedRefund {
  readonly atMs: number;
  /** A decimal in major units, in the payment's currency. */
  readonly amount: string;
  readonly reference: string;
  readonly by: string;
  readonly approvedBy: string;
  readonly note: string;
}

/** One line of a payment's history, as an export shows it; entries of the ledger's audit fit as they are. */
export interface ExportedAuditEntry {
  readonly paymentId: string;
  readonly atMs: number;
  readonly direction: string;
  readonly action: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly httpStatus?: number | undefined;
  readonly outcome?: string | undefined;
  readonly by?: string | undefined;
  readonly note?: string | undefined;
}

const isoTime = (atMs: number | undefined) => (atMs === undefined ? undefined : new Date(atMs).toISOString());

/** Names and e-mail addresses keep nothing but their end either: who paid is nobody's business in a report. */
const masked = (payer: Party | undefined) => payer && maskMsisdn(payer.partyId);

const notesOf = ({ review = [], notes = [] }: ExportedPayment) =>
  [
    ...review.map(({ reason }) => `open: ${reason}`),
    ...notes.map(({ atMs, by, note }) => `${isoTime(atMs)} ${by}: ${note}`),
  ]
    .map(maskDigits)
    .join('; ');

type Column<Row> = readonly [title: string, value: (row: Row) => string | number | undefined];

const paymentColumns: readonly Column<ExportedPayment>[] = [
  ['reference_id', (row) => row.referenceId],
  ['financial_transaction_id', (row) => row.financialTransactionId],
  ['payer', (row) => masked(row.payer)],
  ['amount', (row) => row.amount],
  ['currency', (row) => row.currency],
  ['method', (row) => row.method],
  ['scope', (row) => row.scope],
  ['external_id', (row) => row.externalId],
  ['attempt', (row) => row.attempt],
  ['record_type', (row) => row.record?.type],
  ['record_id', (row) => row.record?.id],
  ['state', (row) => row.state],
  ['reason', (row) => row.reason?.code],
  ['created_at', (row) => isoTime(row.createdAtMs)],
  ['submitted_at', (row) => isoTime(row.submittedAtMs)],
  ['confirmed_at', (row) => isoTime(row.confirmedAtMs)],
  ['receipt_number', (row) => row.receiptNumber],
  ['settlement_reference', (row) => row.settlementReference],
  ['fees', (row) => row.fees],
  ['refunded_amount', (row) => row.refundedAmount],
  ['review_notes', notesOf],
];

async function* cellsOf<Row>(rows: Rows<Row>, columns: readonly Column<Row>[], isWanted: (row: Row) => boolean) {
  for await (const row of rows) if (isWanted(row)) yield columns.map(([, value]) => value(row));
}

function exportRows<Row>(
  rows: Rows<Row>,
  columns: readonly Column<Row>[],
  options: CsvOptions | undefined,
  isWanted: (row: Row) => boolean = () => true,
): AsyncGenerator<string> {
  return writeCsv(
    columns.map(([title]) => title),
    cellsOf(rows, columns, isWanted),
    options,
  );
}

/**
 * Every payment given, as CSV text in chunks. Amounts are decimals in major units, instants ISO 8601 in UTC, payers
 * masked, and no cell is a formula.
 *
 * @throws MomoError `invalid_input` for another delimiter than `,` `;` or a tab; while reading, whatever the rows throw.
 * @example
 * ```ts
 * import { exportTransactions } from 'momo-collections/ledger';
 *
 * const rows = [{ referenceId, externalId: 'order-7', amount: '5000', currency: 'XAF', state: 'successful' as const }];
 * for await (const text of exportTransactions(rows)) console.log(text);
 * ```
 */
export function exportTransactions(payments: Rows<ExportedPayment>, options?: CsvOptions): AsyncGenerator<string> {
  return exportRows(payments, paymentColumns, options);
}

/** Those of the payments that failed or expired; otherwise as {@link exportTransactions}. */
export function exportFailed(payments: Rows<ExportedPayment>, options?: CsvOptions): AsyncGenerator<string> {
  return exportRows(payments, paymentColumns, options, ({ state }) => state === 'failed' || state === 'expired');
}

/** Those of the payments of which MTN has not said the last word: `created`, `submitted`, `pending` and `uncertain`. */
export function exportPending(payments: Rows<ExportedPayment>, options?: CsvOptions): AsyncGenerator<string> {
  const open = ['created', 'submitted', 'pending', 'uncertain'];
  return exportRows(payments, paymentColumns, options, ({ state }) => open.includes(state));
}

type RefundRow = { readonly payment: ExportedPayment; readonly refund: ExportedRefund };

const refundColumns: readonly Column<RefundRow>[] = [
  ['reference_id', ({ payment }) => payment.referenceId],
  ['financial_transaction_id', ({ payment }) => payment.financialTransactionId],
  ['payer', ({ payment }) => masked(payment.payer)],
  ['external_id', ({ payment }) => payment.externalId],
  ['record_type', ({ payment }) => payment.record?.type],
  ['record_id', ({ payment }) => payment.record?.id],
  ['paid_amount', ({ payment }) => payment.amount],
  ['refund_amount', ({ refund }) => refund.amount],
  ['currency', ({ payment }) => payment.currency],
  ['refund_reference', ({ refund }) => refund.reference],
  ['refunded_at', ({ refund }) => isoTime(refund.atMs)],
  ['state', ({ payment }) => payment.state],
  ['receipt_number', ({ payment }) => payment.receiptNumber],
  ['by', ({ refund }) => refund.by],
  ['approved_by', ({ refund }) => refund.approvedBy],
  ['note', ({ refund }) => maskDigits(refund.note)],
];

/** One line for each refund, partial ones too, with the payment it belongs to. */
export function exportRefunds(payments: Rows<ExportedPayment>, options?: CsvOptions): AsyncGenerator<string> {
  return exportRows(refundsOf(payments), refundColumns, options);
}

async function* refundsOf(payments: Rows<ExportedPayment>): AsyncGenerator<RefundRow> {
  for await (const payment of payments) for (const refund of payment.refunds ?? []) yield { payment, refund };
}

/**
 * Each payment, and after it a row of kind `refund` for each of its refunds, for a statement that lists refunds too.
 * A refund's reference stands for MTN's transaction id when it is a number.
 *
 * @example
 * ```ts
 * import { reconcile, withRefunds } from 'momo-collections/ledger';
 *
 * const rows = [{ referenceId, externalId: 'order-7', amount: '5000', currency: 'XAF', state: 'successful' as const }];
 * const reconciliation = reconcile(withRefunds(rows), []);
 * ```
 */
export async function* withRefunds(payments: Rows<ExportedPayment>): AsyncGenerator<LedgerRow> {
  for await (const payment of payments) {
    yield payment;
    for (const { amount, reference, atMs } of payment.refunds ?? []) {
      const { referenceId, externalId, currency } = payment;
      yield {
        // Two refunds of one payment are two transactions.
        referenceId: `${referenceId}/${reference}`,
        externalId,
        // MTN's ids are digits. Any other reference is yours, and the refund is found by order and amount.
        financialTransactionId: /^\d+$/.test(reference) ? reference : undefined,
        amount,
        currency,
        state: 'refunded',
        kind: 'refund',
        confirmedAtMs: atMs,
      };
    }
  }
}

/** How {@link exportMismatches} is written. */
export interface MismatchExportOptions extends CsvOptions {
  /** The whole row of a payment, for what a result does not hold: payer, record, instants, receipt, notes. */
  readonly find?:
    | ((referenceId: string) => ExportedPayment | undefined | Promise<ExportedPayment | undefined>)
    | undefined;
}

interface MismatchRow {
  readonly result: ReconciledRow;
  readonly payment: Partial<ExportedPayment>;
}

// A function, so that whoever does not need it does not bundle it.
const mismatchColumns = (): readonly Column<MismatchRow>[] => [
  ['class', ({ result }) => result.class],
  ['differences', ({ result }) => ('differences' in result ? result.differences.join(' ') : undefined)],
  ['statement_line', ({ result }) => result.statement?.line],
  ['statement_financial_transaction_id', ({ result }) => result.statement?.financialTransactionId],
  ['statement_reference_id', ({ result }) => result.statement?.referenceId],
  ['statement_external_id', ({ result }) => result.statement?.externalId],
  ['statement_amount', ({ result }) => result.statement?.amount],
  ['statement_currency', ({ result }) => result.statement?.currency],
  ['statement_status', ({ result }) => result.statement && (result.statement.status ?? result.statement.outcome)],
  ['statement_kind', ({ result }) => result.statement?.kind],
  ['statement_fee', ({ result }) => result.statement?.fee],
  ['statement_settlement_reference', ({ result }) => result.statement?.settlementReference],
  ['problem', ({ result }) => result.problem],
  [
    'duplicate_of',
    ({ result }) => {
      if (result.class !== 'duplicate') return undefined;
      const { line, referenceId } = result.duplicateOf;
      return line === undefined ? referenceId : `line ${line}`;
    },
  ],
  ...paymentColumns.map(
    ([title, value]): Column<MismatchRow> => [
      title,
      ({ payment }) => (payment.referenceId === undefined ? undefined : value(payment as ExportedPayment)),
    ],
  ),
];

/**
 * Those results of a reconciliation that a person must look at: the statement's side, then the ledger's. Give `find` to
 * fill in what a result does not hold.
 *
 * @throws MomoError `invalid_input` for another delimiter than `,` `;` or a tab; while reading, whatever the results or
 * `find` throw.
 * @example
 * ```ts
 * import { exportMismatches, reconcile } from 'momo-collections/ledger';
 *
 * const results = reconcile([], [{ externalId: 'order-7', amount: '5000', currency: 'XAF', line: 2 }]);
 * for await (const text of exportMismatches(results, { delimiter: ';' })) console.log(text);
 * ```
 */
export function exportMismatches(
  results: Rows<ReconciledRow>,
  options: MismatchExportOptions = {},
): AsyncGenerator<string> {
  return exportRows(mismatchesOf(results, options.find), mismatchColumns(), options);
}

async function* mismatchesOf(
  results: Rows<ReconciledRow>,
  find: MismatchExportOptions['find'],
): AsyncGenerator<MismatchRow> {
  for await (const result of results) {
    if (!result.needsReview) continue;
    const found = result.ledger && (await find?.(result.ledger.referenceId));
    yield { result, payment: found ?? result.ledger ?? {} };
  }
}

const auditColumns: readonly Column<ExportedAuditEntry>[] = [
  ['reference_id', (entry) => entry.paymentId],
  ['at', (entry) => isoTime(entry.atMs)],
  ['direction', (entry) => entry.direction],
  ['action', (entry) => entry.action],
  ['from', (entry) => entry.from],
  ['to', (entry) => entry.to],
  ['duration_ms', (entry) => entry.durationMs],
  ['http_status', (entry) => entry.httpStatus],
  ['outcome', (entry) => entry.outcome],
  ['by', (entry) => entry.by],
  ['note', (entry) => entry.note && maskDigits(entry.note)],
];

/** Audit entries, one line each, as they come; otherwise as {@link exportTransactions}. */
export function exportAudit(entries: Rows<ExportedAuditEntry>, options?: CsvOptions): AsyncGenerator<string> {
  return exportRows(entries, auditColumns, options);
}
