import { MomoError } from '../errors.js';
import type { Reason } from './reason.js';

/** Where a payment stands. `created` and `submitted` come before MTN's first word, `uncertain` when MTN's word is missing. */
export type PaymentState =
  | 'created'
  | 'submitted'
  | 'pending'
  | 'successful'
  | 'failed'
  | 'expired'
  | 'uncertain'
  | 'refunded';

/** The states that a status read of MTN's can show. */
export type ObservedState = 'pending' | 'successful' | 'failed' | 'expired';

// A switch and not an object: a state read from outside ("constructor") must not reach a prototype.
function allowedNext(state: PaymentState): readonly PaymentState[] {
  switch (state) {
    case 'created':
      return ['submitted', 'pending', 'successful', 'failed', 'expired', 'uncertain'];
    case 'submitted':
      return ['pending', 'successful', 'failed', 'expired', 'uncertain'];
    case 'pending':
      return ['successful', 'failed', 'expired', 'uncertain'];
    case 'uncertain':
      return ['pending', 'successful', 'failed', 'expired'];
    case 'expired': // a late approval does happen
      return ['successful', 'uncertain'];
    case 'failed': // MTN contradicts itself; a person decides
      return ['uncertain'];
    case 'successful':
      return ['refunded'];
    default:
      return [];
  }
}

/**
 * MTN's status word as one of our states. `SUCCESSFUL` is successful; `FAILED` is failed, or expired when the reason is
 * `EXPIRED` or `COULD_NOT_PERFORM_TRANSACTION` (the payer did not approve in time); every other word is pending, because
 * the unknown is never failed.
 *
 * @param status - MTN's word, as it came.
 * @param reason - MTN's reason, as the bare code or as `{ code }`.
 * @example
 * ```ts
 * toPaymentState('FAILED', 'EXPIRED'); // 'expired'
 * toPaymentState('SOMETHING_NEW'); // 'pending'
 * ```
 */
export function toPaymentState(status: string, reason?: Reason | string | null): ObservedState {
  if (status === 'SUCCESSFUL') return 'successful';
  if (status !== 'FAILED') return 'pending';
  const code = typeof reason === 'object' ? reason?.code : reason;
  return code === 'EXPIRED' || code === 'COULD_NOT_PERFORM_TRANSACTION' ? 'expired' : 'failed';
}

/**
 * The states a payment may go to from here, in a fresh array.
 *
 * @example
 * ```ts
 * nextStates('successful'); // ['refunded']
 * ```
 */
export function nextStates(state: PaymentState): readonly PaymentState[] {
  return allowedNext(state);
}

/**
 * May a payment go from one state to another? Staying where it is is no transition.
 *
 * @example
 * ```ts
 * canTransition('expired', 'successful'); // true: approved late
 * canTransition('failed', 'successful'); // false: a person decides
 * ```
 */
export function canTransition(from: PaymentState, to: PaymentState): boolean {
  return allowedNext(from).includes(to);
}

/**
 * Returns `to` when the table allows the step.
 *
 * @throws MomoError `invalid_transition` when it does not.
 * @example
 * ```ts
 * transition('pending', 'successful'); // 'successful'
 * ```
 */
export function transition(from: PaymentState, to: PaymentState): PaymentState {
  if (canTransition(from, to)) return to;
  const allowed = allowedNext(from).join(', ') || 'nothing';
  throw new MomoError(
    'invalid_transition',
    `A payment cannot go from ${from} to ${to}; from ${from} it may go to: ${allowed}.`,
  );
}

/**
 * Is this a state in which to stop polling: successful, failed, expired or refunded?
 *
 * @example
 * ```ts
 * isFinal('uncertain'); // false: keep asking MTN
 * ```
 */
export function isFinal(state: PaymentState): boolean {
  return state === 'successful' || state === 'failed' || state === 'expired' || state === 'refunded';
}
