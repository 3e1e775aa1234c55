import { Issues } from '../errors.js';
import type { LedgerClient, LedgerSettings } from './options.js';
import type { LedgerPayment } from './payment.js';

const methods = ['requestToPay', 'getRequestToPay', 'checkNow'] as const;

/** Has it what the ledger asks of a client? */
export function isLedgerClient(value: unknown): value is LedgerClient {
  return methods.every((name) => typeof Object(value)[name] === 'function');
}

/**
 * The client of a payment. One for another place must neither send it nor read it there: it would find nothing, or worse,
 * make it a second time.
 *
 * @throws MomoError `invalid_input`
 */
export function clientOf({ client }: LedgerSettings, payment: LedgerPayment): LedgerClient {
  const found = client(payment);
  const { id, baseUrl, targetEnvironment } = payment;
  const made = { baseUrl, targetEnvironment };
  const issues = new Issues();
  issues.check(isLedgerClient(found), 'client', 'must give a client for each payment');
  for (const name of ['baseUrl', 'targetEnvironment'] as const) {
    const [there, here] = [made[name], found?.[name]];
    const isSame = there === undefined || here === undefined || there === here;
    issues.check(isSame, 'client', `must be one for the ${name} ${there}, where this payment was made, not ${here}`);
  }
  issues.throwIfAny(`Payment ${id} was neither sent nor read`, id);
  return found;
}
