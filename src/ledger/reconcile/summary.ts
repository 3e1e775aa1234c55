import type { PaymentState } from '../../payment/state.js';
import { AmountSums, type AmountsByCurrency } from './amount-sums.js';
import { standingOf } from './outcome.js';
import type { ReconciledLedgerRow, ReconciledRow, ReconciledStatementRow, ReconciliationClass } from './rows.js';

/** How many rows, and how much. Refunds and fees count negative; an amount that could not be read is in no sum. */
export interface ReconciliationTally {
  readonly rows: number;
  /** All rows, whatever became of them. */
  readonly amounts: AmountsByCurrency;
  /** Those of which this side says that money moved. */
  readonly settled: AmountsByCurrency;
}

/** A reconciliation in numbers. The classes add up to the two sides. */
export interface ReconciliationTotals {
  readonly ledger: ReconciliationTally;
  readonly statement: ReconciliationTally;
  readonly classes: Readonly<
    Record<
      ReconciliationClass,
      /** `results` counts a pair once. */
      { readonly results: number; readonly ledger: ReconciliationTally; readonly statement: ReconciliationTally }
    >
  >;
  /** What the statement says the provider kept of its rows; rows that are fees themselves are in the tallies. */
  readonly fees: AmountsByCurrency;
  /** How many results a person must look at. */
  readonly needsReview: number;
  /** How many results have a `problem`. */
  readonly unreadable: number;
}

class Tally {
  #rows = 0;
  readonly #amounts = new AmountSums();
  readonly #settled = new AmountSums();

  add({ amount, currency, kind }: ReconciledLedgerRow | ReconciledStatementRow, isSettled: boolean): void {
    this.#rows += 1;
    if (!amount || !currency) return;
    this.#amounts.add(currency, amount, kind !== 'payment');
    if (isSettled) this.#settled.add(currency, amount, kind !== 'payment');
  }

  toTally(): ReconciliationTally {
    return { rows: this.#rows, amounts: this.#amounts.toAmounts(), settled: this.#settled.toAmounts() };
  }
}

function hasMoney(state: PaymentState): boolean {
  const standing = standingOf(state);
  return standing === 'paid' || standing === 'refunded';
}

class Sides {
  results = 0;
  readonly ledger = new Tally();
  readonly statement = new Tally();

  add({ ledger, statement }: ReconciledRow): void {
    this.results += 1;
    if (ledger) this.ledger.add(ledger, hasMoney(ledger.state));
    if (statement)
      this.statement.add(statement, statement.outcome === 'successful' || statement.outcome === 'refunded');
  }

  toSides() {
    return { results: this.results, ledger: this.ledger.toTally(), statement: this.statement.toTally() };
  }
}

/** @internal Adds up results as they come. */
export class Summing {
  readonly #all = new Sides();
  readonly #classes = {
    matched: new Sides(),
    'amount-mismatch': new Sides(),
    'status-mismatch': new Sides(),
    'missing-in-statement': new Sides(),
    'missing-in-ledger': new Sides(),
    duplicate: new Sides(),
  };
  readonly #fees = new AmountSums();
  #needsReview = 0;
  #unreadable = 0;

  add(row: ReconciledRow): void {
    this.#all.add(row);
    this.#classes[row.class].add(row);
    if (row.needsReview) this.#needsReview += 1;
    if (row.problem !== undefined) this.#unreadable += 1;
    const { fee, currency } = row.statement ?? {};
    if (fee && currency) this.#fees.add(currency, fee.replace('-', ''), fee.startsWith('-'));
  }

  toSummary(): ReconciliationTotals {
    const { ledger, statement } = this.#all.toSides();
    const classes = Object.entries(this.#classes).map(([name, sides]) => [name, sides.toSides()] as const);
    return {
      ledger,
      statement,
      classes: Object.fromEntries(classes) as ReconciliationTotals['classes'],
      fees: this.#fees.toAmounts(),
      needsReview: this.#needsReview,
      unreadable: this.#unreadable,
    };
  }
}
