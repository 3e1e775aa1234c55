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

/** The code of what the database threw, and nothing else of it: it may hold the row, with the payer in it. */
function bareCause(error: unknown): Error {
  const { code } = Object(error) as { code?: unknown };
  const word = typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : 'no code';
  return Object.assign(new Error(word), { code: word });
}

/** A database that does not work says nothing about any payment. */
export function storeError({ error }: SqlFailure, { why, isRetryable }: Explanation): MomoError {
  return new MomoError('unavailable', `The payment store failed: ${why}.`, { isRetryable, cause: bareCause(error) });
}
