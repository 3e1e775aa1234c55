import { type ErrorCode, MomoError, type MomoErrorDetails } from '../errors.js';

/** What to do about an error of each code: the last sentence of its message. */
const advice: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'Check subscriptionKey, apiUser, apiKey and targetEnvironment: they belong together',
  forbidden: 'Ask MTN to enable the product and to list your IP address',
  not_found: 'Check the id; just after a create, ask again',
  rejected: 'Mend the request or baseUrl first',
  rate_limited: 'Try again later, more slowly',
  unavailable: 'Try again later',
  network: 'Check the network and baseUrl, and try again',
  timeout: 'Try again, with more timeoutMs or deadlineMs',
  aborted: 'Nothing more is done',
  unexpected_response: 'Check baseUrl and what stands in between',
  outcome_unknown:
    "The payer's phone may ring: never make another payment for it; poll this reference id, or call again with it",
  reference_conflict: 'This one was not made: give it a new reference id',
};

/** Where a call that changes nothing may be repeated. */
const retryableCodes: readonly string[] = [
  'not_found',
  'rate_limited',
  'unavailable',
  'network',
  'timeout',
  'aborted',
  'unexpected_response',
] satisfies ErrorCode[];

/**
 * A failure on its way to a caller: still without operation and reference id, because one failed token refresh belongs
 * to many calls. Each call makes its own {@link MomoError} of it.
 */
export class Failure extends Error {
  readonly code: ErrorCode;
  readonly details: MomoErrorDetails;

  constructor(code: ErrorCode, what: string, details: MomoErrorDetails = {}) {
    super(`${what}. ${advice[code]}.`);
    this.code = code;
    this.details = { isRetryable: retryableCodes.includes(code), ...details };
  }
}

/** The call ended before its work did: by the caller's abort, the call's deadline, or one attempt's time limit. */
export class Interruption extends Error {
  readonly why: 'aborted' | 'deadline' | 'attempt';

  constructor(why: Interruption['why']) {
    super(why);
    this.why = why;
  }
}

/** Name and code of an error, and nothing else of it: it may hold the request with our keys. */
export function bareCause(error: unknown): Error {
  const { name, code } = Object(error) as Record<string, unknown>;
  const isWord = (value: unknown): value is string => typeof value === 'string' && /^\w{1,60}$/.test(value);
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
