import type { PaymentState } from '../../payment/state.js';
import { fates, type Matches, sameMoney } from './match.js';
import { agrees, standingOf } from './outcome.js';
import type { Entry, RowTable } from './row-table.js';
import type {
  MissingInStatement,
  ReconciledLedgerRow,
  ReconciledPair,
  ReconciledRow,
  ReconciledStatementRow,
  ReconciliationDifference,
} from './rows.js';

/**
 * One result per pair and per single row: the ledger's rows in their order, then what is left of the statement.
 *
 * @internal
 */
export function* classify(table: RowTable, { fate, other }: Matches): Generator<ReconciledRow> {
  for (let index = 0; index < table.length; index += 1) {
    const what = fates[fate[index] as number] as (typeof fates)[number];
    const isPaired = what !== 'open' && what !== 'duplicate';
    // A pair comes out once, with its ledger row.
    if (isPaired && !table.isLedger(index)) continue;
    const row = table.get(index);
    const otherIndex = other[index] as number;
    if (isPaired) yield pairOf(row, table.get(otherIndex), what);
    else if (what === 'duplicate') yield duplicateOf(row, table.get(otherIndex));
    else if (row.isLedger) yield missingInStatement(row);
    else
      yield { class: 'missing-in-ledger', statement: statementSide(row), needsReview: isMoney(row), ...problemOf(row) };
  }
}

function pairOf(ledger: Entry, statement: Entry, matchedBy: ReconciledPair['matchedBy']): ReconciledPair {
  const same = sameMoney(ledger, statement);
  const hasSameStatus = agrees(ledger.status as PaymentState, statement.outcome);
  const [ours, theirs] = [ledger.financialTransactionId, statement.financialTransactionId];
  const differences: ReconciliationDifference[] = [];
  if (!hasSameStatus) differences.push('status');
  if (!same.amount) differences.push('amount');
  if (!same.currency) differences.push('currency');
  if (ours !== '' && theirs !== '' && ours !== theirs) differences.push('financialTransactionId');
  const isSame = same.amount && same.currency;
  const problem = problemOf(statement, ledger);
  return {
    class: !hasSameStatus ? 'status-mismatch' : isSame ? 'matched' : 'amount-mismatch',
    ledger: ledgerSide(ledger),
    statement: statementSide(statement),
    matchedBy,
    differences,
    needsReview: differences.length > 0 || problem !== undefined,
    ...problem,
  };
}

function duplicateOf(row: Entry, first: Entry): ReconciledRow {
  const rest = { needsReview: isMoney(row), ...problemOf(row) };
  return row.isLedger
    ? { class: 'duplicate', ledger: ledgerSide(row), duplicateOf: { referenceId: first.referenceId }, ...rest }
    : {
        class: 'duplicate',
        statement: statementSide(row),
        duplicateOf: {
          ...(first.line !== '' && { line: Number(first.line) }),
          ...(first.referenceId !== '' && { referenceId: first.referenceId }),
        },
        ...rest,
      };
}

function missingInStatement(row: Entry): MissingInStatement {
  // Where the ledger has no money either, the statement has nothing to show. What is uncertain needs a person anyway.
  const standing = standingOf(row.status as PaymentState);
  const isExpected = standing === 'paid' || standing === 'refunded' || row.status === 'uncertain' || row.problem !== '';
  return {
    class: 'missing-in-statement',
    ledger: ledgerSide(row),
    needsReview: isExpected && row.isInPeriod && isMoney(row),
    ...problemOf(row),
  };
}

/** A fee is the provider's own, and no row of ours stands for it. */
function isMoney({ kind }: Entry): boolean {
  return kind !== 'fee';
}

function problemOf(...rows: Entry[]): { problem: string } | undefined {
  const problem = rows.map((row) => row.problem).find((text) => text !== '');
  return problem === undefined ? undefined : { problem };
}

function ledgerSide(row: Entry): ReconciledLedgerRow {
  const { referenceId, externalId, financialTransactionId, amount, currency, status, kind } = row;
  const id = financialTransactionId === '' ? undefined : { financialTransactionId };
  return { referenceId, externalId, ...id, amount, currency, state: status as PaymentState, kind };
}

function statementSide(row: Entry): ReconciledStatementRow {
  const { outcome, kind } = row;
  const side: { -readonly [Field in keyof ReconciledStatementRow]: ReconciledStatementRow[Field] } = { outcome, kind };
  if (row.line !== '') side.line = Number(row.line);
  for (const field of statementTexts) if (row[field] !== '') side[field] = row[field];
  return side;
}

const statementTexts = [
  'financialTransactionId',
  'referenceId',
  'externalId',
  'amount',
  'currency',
  'status',
  'fee',
  'settlementReference',
] as const;
