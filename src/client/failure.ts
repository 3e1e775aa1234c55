import { type ErrorCode, MomoError, type MomoErrorDetails } from '../errors.js';

/**
 * A failure on its way to a caller: without the operation and reference id, because one failed token refresh belongs to
 * many calls. Each call makes its own {@link MomoError} of it.
 */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly details: MomoErrorDetails;

  constructor(code: ErrorCode, text: string, details: MomoErrorDetails = {}) {
    super(text);
    this.code = code;
    this.details = details;
  }
}

/** The call ended before its work did: the caller's abort, the call's deadline, or one attempt's time limit. */
export class Interruption extends Error {
  readonly why: 'aborted' | 'deadline' | 'attempt';

  constructor(why: Interruption['why']) {
    super(why);
    this.why = why;
  }
}

/** What a call is about, for messages. */
export interface Subject {
  readonly operation: string;
  readonly referenceId?: string | undefined;
}

/** Name and code of an error, and nothing else of it: it may hold the request with our keys. */
export function bareCause(error: unknown): Error | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, code } = error as { name?: unknown; code?: unknown };
  const label = typeof name === 'string' && /^[A-Za-z]{1,60}$/.test(name) ? name : 'Error';
  const word = typeof code === 'string' && /^[A-Za-z0-9_]{1,60}$/.test(code) ? code : undefined;
  const cause = new Error(word ?? label);
  cause.name = label;
  return word === undefined ? cause : Object.assign(cause, { code: word });
}

/** The error that a caller gets. */
export function toMomoError(failure: Failure, { operation, referenceId }: Subject, isRetryable?: boolean): MomoError {
  const about = referenceId === undefined ? operation : `${operation} ${referenceId}`;
  return new MomoError(failure.code, `${about}: ${failure.message}`, {
    ...failure.details,
    referenceId,
    isRetryable: isRetryable ?? failure.details.isRetryable,
  });
}
