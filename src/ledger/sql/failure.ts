import { bareCause } from '../../client/failure.js';
import { MomoError } from '../../errors.js';

/** What a database threw, told apart from what our own code throws. */
export class SqlFailure extends Error {
  readonly error: unknown;
  constructor(error: unknown) {
    super('The database failed');
    this.error = error;
  }
}

/** What is known about a failure of the database. */
export interface Explanation {
  /** What happened, and what to do. It quotes nothing of the row: that holds phone numbers. */
  readonly why: string;
  readonly isRetryable: boolean;
}

/** A database that does not work says nothing about any payment. */
export function storeError({ error }: SqlFailure, { why, isRetryable }: Explanation): MomoError {
  return new MomoError('unavailable', `The payment store failed: ${why}.`, { isRetryable, cause: bareCause(error) });
}
