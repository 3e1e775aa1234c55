import type { PaymentState } from '../../payment/state.js';
import type { TransactionKind } from './kind.js';
import type { StatementOutcome } from './outcome.js';

/** What reconciliation needs of a ledger row; rows of the ledger fit as they are. */
export interface LedgerRow {
  readonly referenceId: string;
  readonly externalId: string;
  readonly financialTransactionId?: string | undefined;
  /** A decimal in major units. */
  readonly amount: string;
  readonly currency: string;
  readonly state: PaymentState;
  /** Default: `payment`, or `refund` when the amount is negative. */
  readonly kind?: TransactionKind | undefined;
  readonly createdAtMs?: number | undefined;
  readonly submittedAtMs?: number | undefined;
  readonly confirmedAtMs?: number | undefined;
}

/** One row of a provider's statement, as `readStatement` makes it or as you make it yourself. */
export interface StatementRow {
  /** MTN's transaction id. */
  readonly financialTransactionId?: string | undefined;
  /** Your X-Reference-Id, where the statement shows it. */
  readonly referenceId?: string | undefined;
  readonly externalId?: string | undefined;
  /** A decimal in major units; a negative one is a refund. Absent when it could not be read: say why in `problem`. */
  readonly amount?: string | undefined;
  /** Three letters. Absent when it could not be read. */
  readonly currency?: string | undefined;
  /** The statement's own word; absent in a statement of completed transactions only. */
  readonly status?: string | undefined;
  /** The statement's own word, such as `Payment`, `Reversal` or `Fee`. */
  readonly kind?: string | undefined;
  /** What the provider kept of this row: a decimal. */
  readonly fee?: string | undefined;
  /** The payout or batch by which the provider settled it. */
  readonly settlementReference?: string | undefined;
  /** The line of the file it began on, counted from 1. */
  readonly line?: number | undefined;
  /** What could not be read. Such a row is never matched. */
  readonly problem?: string | undefined;
}

/** The ledger's side of a result; its reference id leads to the rest. Amount and currency that cannot be read are empty. */
export interface ReconciledLedgerRow {
  readonly referenceId: string;
  readonly externalId: string;
  readonly financialTransactionId?: string;
  readonly amount: string;
  readonly currency: string;
  readonly state: PaymentState;
  readonly kind: TransactionKind;
}

/** The statement's side of a result. */
export interface ReconciledStatementRow {
  readonly financialTransactionId?: string;
  readonly referenceId?: string;
  readonly externalId?: string;
  /** Without a sign: `kind` says which way it went. Absent when it could not be read. */
  readonly amount?: string;
  readonly currency?: string;
  /** The statement's own word. */
  readonly status?: string;
  readonly outcome: StatementOutcome;
  readonly kind: TransactionKind;
  readonly fee?: string;
  readonly settlementReference?: string;
  readonly line?: number;
}

/** Where a row ends up. */
export type ReconciliationClass =
  | 'matched'
  | 'amount-mismatch'
  | 'status-mismatch'
  | 'missing-in-statement'
  | 'missing-in-ledger'
  | 'duplicate';

/** A field in which the two sides of one payment differ. */
export type ReconciliationDifference = 'status' | 'amount' | 'currency' | 'financialTransactionId';

interface ForReview {
  /** Must a person look at this? */
  readonly needsReview: boolean;
  /** What could not be read of a row, with line and column. */
  readonly problem?: string;
}

/** Two rows about one payment. */
export interface ReconciledPair extends ForReview {
  readonly class: 'matched' | 'amount-mismatch' | 'status-mismatch';
  readonly ledger: ReconciledLedgerRow;
  readonly statement: ReconciledStatementRow;
  /** The id by which they met. */
  readonly matchedBy: 'financialTransactionId' | 'referenceId' | 'externalId';
  readonly differences: readonly ReconciliationDifference[];
}

/** A payment that the statement does not show. */
export interface MissingInStatement extends ForReview {
  readonly class: 'missing-in-statement';
  readonly ledger: ReconciledLedgerRow;
  readonly statement?: never;
}

/** A transaction that the ledger does not know. */
export interface MissingInLedger extends ForReview {
  readonly class: 'missing-in-ledger';
  readonly ledger?: never;
  readonly statement: ReconciledStatementRow;
}

/** A row about a payment that another row of the same side is about too. */
export type DuplicateRow = ForReview & {
  readonly class: 'duplicate';
  /** That other row: by the line of the statement, or by the reference id of the ledger. */
  readonly duplicateOf: { readonly line?: number; readonly referenceId?: string };
} & (
    | { readonly ledger: ReconciledLedgerRow; readonly statement?: never }
    | { readonly ledger?: never; readonly statement: ReconciledStatementRow }
  );

/** One result: every row of both sides is in exactly one. */
export type ReconciledRow = ReconciledPair | MissingInStatement | MissingInLedger | DuplicateRow;
