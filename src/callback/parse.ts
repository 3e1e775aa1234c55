import { meCashEvent, readMeCash } from './dialects/mecash.js';
import { readMtn } from './dialects/mtn.js';
import { toFields } from './fields.js';
import { invalidCallback } from './invalid-callback.js';
import { readJson } from './json.js';
import type { CallbackSource, PaymentCallback } from './payment-callback.js';

/**
 * Reads the body of a callback: MTN's (request to pay, withdraw, invoice, payment, pre-approval), momo-proxy's, or
 * meCash's events and event-log envelopes. Amounts and ids keep the digits of the source text, also when they came as
 * JSON numbers. Missing, null, empty and unknown fields are fine, only a status is required; wrong types, amounts that
 * are no positive decimals, long ids (256 characters), broken Unicode and more than 65 536 bytes are not.
 *
 * The answer is a claim, whoever signed it: see `confirmCallback`.
 *
 * @param body - The body as it arrived, text or bytes, not yet parsed.
 * @param options - `source`: who sent it, when you know. Without it meCash is told by its `event`, the rest is `mtn`.
 * @throws MomoError `invalid_callback` for every body that is not taken.
 * @example
 * ```ts
 * const callback = parseCallback('{"externalId":"order-7","amount":"150.00","currency":"EUR","status":"SUCCESSFUL"}');
 * callback.claimedState; // 'successful': a hint, not a payment
 * ```
 * @see https://momodeveloper.mtn.com/api-documentation/callback
 */
export function parseCallback(
  body: string | Uint8Array,
  options: { readonly source?: CallbackSource | undefined } = {},
): PaymentCallback {
  const { raw, exact } = readJson(body);
  const fields = toFields(exact);
  if (fields === undefined) throw invalidCallback('must be a JSON object');
  const source = options.source ?? (meCashEvent(fields) ? 'mecash' : 'mtn');
  return { ...(source === 'mecash' ? readMeCash(fields) : readMtn(fields, source)), raw };
}
