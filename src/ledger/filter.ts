import { Issues } from '../errors.js';
import type { PaymentState } from '../payment/state.js';
import type { PaymentFilter } from './store.js';

const allStates: readonly string[] = [
  'created',
  'submitted',
  'pending',
  'successful',
  'failed',
  'expired',
  'uncertain',
  'refunded',
] satisfies PaymentState[];

export function isPaymentState(value: unknown): value is PaymentState {
  return allStates.includes(value as string);
}

/** @throws MomoError `invalid_input` */
export function checkFilter(filter: PaymentFilter): PaymentFilter {
  const given = Object(filter) as PaymentFilter;
  const { states, needsReview, scope, externalId, payerId, createdFromMs, createdBeforeMs } = given;
  const issues = new Issues();
  const isStates = states === undefined || (Array.isArray(states) && states.every(isPaymentState));
  issues.check(isStates, 'states', 'must be a list of payment states');
  const isFlag = needsReview === undefined || typeof needsReview === 'boolean';
  issues.check(isFlag, 'needsReview', 'must be true or false');
  for (const [path, text] of Object.entries({ scope, externalId, payerId })) {
    const isText = text === undefined || (typeof text === 'string' && !text.includes('\0'));
    issues.check(isText, path, 'must be a string without NUL');
  }
  for (const [path, atMs] of Object.entries({ createdFromMs, createdBeforeMs })) {
    const isInstant = atMs === undefined || Number.isFinite(atMs);
    issues.check(isInstant, path, 'must be an instant in epoch milliseconds');
  }
  issues.throwIfAny('The payments cannot be listed');
  return given;
}
