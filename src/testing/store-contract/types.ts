import type { PaymentStore } from '../../ledger/store.js';

/** A store that a case of the contract is run on: on an empty database, for each case another one. */
export interface PaymentStoreUnderTest {
  readonly store: PaymentStore;
  /** A further store on the same database, as another process would make it. Default: the store itself. */
  readonly another?: (() => PaymentStore | Promise<PaymentStore>) | undefined;
  /** Called when the case is over, however it went: to close and delete what it used. */
  readonly close?: (() => unknown) | undefined;
}

/** One case of the contract, for any test runner. */
export interface PaymentStoreCase {
  /** What a store does, as a sentence. */
  readonly name: string;
  /** Rejects with an error that says what was expected, and what was there instead. */
  run(): Promise<void>;
}

interface CaseContext {
  readonly store: PaymentStore;
  readonly another: () => Promise<PaymentStore>;
}

/** @internal */
export type ContractCase = readonly [name: string, run: (context: CaseContext) => Promise<void>];
