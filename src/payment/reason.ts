import { compact } from './compact.js';
import { nonEmpty } from './non-empty.js';

/** MTN's reason for a failure. The code list is open: MTN adds to it without notice. */
export interface Reason {
  readonly code: string;
  readonly message?: string;
}

/** Who can do something about a failure. */
export type ReasonCategory = 'payer' | 'merchant' | 'provider' | 'request' | 'unknown';

/** What a reason code means for the shop. */
export interface ReasonDescription {
  readonly category: ReasonCategory;
  /** May the payer be charged again, with a new reference id, once the cause is mended? Only after a final failure. */
  readonly mayRetryWithNewReference: boolean;
}

/**
 * MTN sends a reason as `{ code, message }`, as a bare code, as `null`, or not at all: one shape for all of them.
 *
 * @internal
 */
export function toReason(value: unknown): Reason | undefined {
  const { code: word, message } = typeof value === 'string' ? { code: value } : Object(value);
  const code = nonEmpty(word);
  return code === undefined ? undefined : compact<Reason>({ code, message: nonEmpty(message) });
}

/**
 * What a reason code of MTN's means: who can act, and whether a new attempt (with a new reference id) makes sense.
 * Knows the 17 codes of MTN's contract and those seen outside it; any other is `unknown`, and not to be retried.
 *
 * @example
 * ```ts
 * describeReason('NOT_ENOUGH_FUNDS'); // { category: 'payer', mayRetryWithNewReference: true }
 * ```
 */
export function describeReason(code: string): ReasonDescription {
  switch (code) {
    case 'PAYER_NOT_FOUND': // after the number is mended
    case 'NOT_ENOUGH_FUNDS':
    case 'PAYER_LIMIT_REACHED':
    case 'PAYMENT_NOT_APPROVED':
    case 'APPROVAL_REJECTED':
    case 'EXPIRED':
    case 'TRANSACTION_CANCELED':
    case 'COULD_NOT_PERFORM_TRANSACTION':
    case 'SENDER_ACCOUNT_NOT_ACTIVE':
    case 'LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED':
    case 'PAYER_FAILED':
    case 'PAYER_REJECTION':
    case 'TIMEOUT':
      return { category: 'payer', mayRetryWithNewReference: true };
    case 'PAYER_DELAYED': // these two may still be paid
    case 'ONGOING':
      return { category: 'payer', mayRetryWithNewReference: false };
    case 'PAYEE_NOT_FOUND':
    case 'PAYEE_NOT_ALLOWED_TO_RECEIVE':
    case 'PAYEE_LIMIT_REACHED':
    case 'NOT_ALLOWED':
    case 'NOT_ALLOWED_TARGET_ENVIRONMENT':
      return { category: 'merchant', mayRetryWithNewReference: false };
    case 'SERVICE_UNAVAILABLE':
    case 'INTERNAL_PROCESSING_ERROR':
      return { category: 'provider', mayRetryWithNewReference: true };
    case 'INVALID_CALLBACK_URL_HOST':
    case 'INVALID_CURRENCY':
    case 'VALIDATION_ERROR':
    case 'TRANSFER_TYPE_UNKNOWN':
      return { category: 'request', mayRetryWithNewReference: true };
    case 'RESOURCE_NOT_FOUND': // says nothing of the payment: a new reference could charge twice
    case 'TRANSACTION_NOT_FOUND':
    case 'RESOURCE_ALREADY_EXIST':
    case 'NOT_SUCCESSFULLY_COMPLETED':
      return { category: 'request', mayRetryWithNewReference: false };
    default:
      return { category: 'unknown', mayRetryWithNewReference: false };
  }
}

/**
 * Is this code, on an HTTP answer, a clear refusal: nothing was created and nothing will be? MTN sends these with
 * HTTP 500, so the status alone never decides. `INTERNAL_PROCESSING_ERROR`, `SERVICE_UNAVAILABLE` and codes we do not
 * know leave the outcome open.
 *
 * @internal
 */
export function isRejectingCode(code: string): boolean {
  return /^(NOT_ALLOWED|INVALID_|LOW_BALANCE_OR_PAYEE_LIMIT_REACHED)|_NOT_FOUND$|^(PAYE[RE]_LIMIT_REACHED|PAYEE_NOT_ALLOWED_TO_RECEIVE|NOT_ENOUGH_FUNDS|SENDER_ACCOUNT_NOT_ACTIVE|TRANSFER_TYPE_UNKNOWN|VALIDATION_ERROR|login_failed)$/.test(
    code,
  );
}
