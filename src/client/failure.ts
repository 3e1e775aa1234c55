import { type ErrorCode, MomoError, type MomoErrorDetails } from '../errors.js';
import { fits } from '../payment/fits.js';

/** What to do about an error of each code: the last sentence of its message. */
const advice: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'Check subscriptionKey, apiUser, apiKey and targetEnvironment: they belong together',
  forbidden: 'Ask MTN to enable the product and to list your IP address',
  not_found: 'Check the id, or try again later',
  rejected: 'Mend the request or baseUrl first',
  network: 'Check the network and baseUrl, and try again',
  timeout: 'Try again, or raise timeoutMs or deadlineMs',
  unexpected_response: 'Check baseUrl and what stands in between',
  aborted: 'A payment that was sent goes on: poll its reference id',
  outcome_unknown:
    "The payer's phone may ring: never make another payment for it; poll this reference id, or call again with it",
  reference_conflict: 'This one was not made: give it a new reference id',
};

/** What passes: a poll goes on. */
export const passingCodes: readonly ErrorCode[] = [
  'network',
  'timeout',
  'rate_limited',
  'unavailable',
  'unexpected_response',
];
/** After which a call that changes nothing may be repeated. */
const retryableCodes: readonly ErrorCode[] = [...passingCodes, 'not_found', 'aborted'];

/**
 * A failure on its way to a caller: still without operation and reference id, because one failed token refresh belongs
 * to many calls. Each call makes its own {@link MomoError} of it.
 */
export class Failure extends Error {
  declare readonly code: ErrorCode;
  declare readonly details: MomoErrorDetails;

  constructor(code: ErrorCode, what: string, details: MomoErrorDetails = {}) {
    super(`${what}. ${advice[code] ?? 'Try again later'}.`);
    this.code = code;
    this.details = { isRetryable: retryableCodes.includes(code), ...details };
  }
}

/** The call ended before its work did: by the caller's abort, the call's deadline, or one attempt's time limit. */
export class Interruption extends Error {
  declare readonly why: 'aborted' | 'deadline' | 'attempt';

  constructor(why: Interruption['why']) {
    super(why === 'aborted' ? 'the call was aborted' : 'the deadline has passed');
    this.why = why;
  }
}

/** Name and code of an error, and nothing else of it: it may hold the request with our keys. */
export function bareCause(error: unknown): Error {
  const { name, code } = Object(error) as Record<string, unknown>;
  const isWord = (value: unknown): value is string => fits(value, /^\w{1,60}$/);
  const cause = new Error(isWord(code) ? code : 'no code');
  cause.name = isWord(name) ? name : 'Error';
  return Object.assign(cause, isWord(code) && { code });
}

/** The error that a caller gets. `isSafeAgain`: could the same call charge twice? */
export function toMomoError(
  failure: Failure,
  operation: string,
  referenceId: string | undefined,
  isSafeAgain = true,
): MomoError {
  const { code, details, message } = failure;
  return new MomoError(code, `${operation}${referenceId ? ` ${referenceId}` : ''}: ${message}`, {
    ...details,
    referenceId,
    isRetryable: isSafeAgain && details.isRetryable,
  });
}
