export type { AmountsByCurrency } from './amount-sums.js';
export type { DecimalSign } from './amount-text.js';
export type { CsvOptions } from './csv-writer.js';
export {
  type ExportedAuditEntry,
  type ExportedPayment,
  type ExportedRefund,
  exportAudit,
  exportFailed,
  exportMismatches,
  exportPending,
  exportRefunds,
  exportTransactions,
  type MismatchExportOptions,
  withRefunds,
} from './exports.js';
export type { TransactionKind } from './kind.js';
export type { StatementOutcome, StatusWords } from './outcome.js';
export { type ReconcileOptions, type Reconciliation, type Rows, reconcile } from './reconcile.js';
export type {
  DuplicateRow,
  LedgerRow,
  MissingInLedger,
  MissingInStatement,
  ReconciledLedgerRow,
  ReconciledPair,
  ReconciledRow,
  ReconciledStatementRow,
  ReconciliationClass,
  ReconciliationDifference,
  StatementRow,
} from './rows.js';
export { readStatement, type StatementColumns, type StatementMapping } from './statement.js';
export type { ReconciliationTally, ReconciliationTotals } from './summary.js';
export type { TextSource } from './text-chunks.js';
