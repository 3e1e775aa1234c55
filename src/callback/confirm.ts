import { invalidInput } from '../errors.js';
import { sameAmount } from '../payment/amount.js';
import { type Difference, type PaymentDetails, sameParty } from '../payment/compare.js';
import type { Party } from '../payment/party.js';
import { toReferenceId } from '../payment/reference-id.js';
import { isFinal, type PaymentState } from '../payment/state.js';
import type { PaymentCallback } from './payment-callback.js';

/** What a status read must tell: `client.getRequestToPay` does, so do the reads of the other products. */
export interface ReadPayment extends PaymentDetails {
  readonly state: PaymentState;
  /** Of an invoice: taken where `payer` is missing. */
  readonly intendedPayer?: Party | undefined;
}

/** What you know of the payment. What is not given is not compared. */
export interface ExpectedPayment {
  readonly amount?: string | number | bigint | null | undefined;
  readonly currency?: string | null | undefined;
  readonly externalId?: string | null | undefined;
  /** A string is an MSISDN. */
  readonly payer?: string | Party | null | undefined;
  readonly referenceId?: string | null | undefined;
}

/**
 * What a status read made of a callback.
 *
 * - `final`: MTN says so and every detail agrees. Look at `payment.state`: it may be a failure.
 * - `not-final`: MTN still waits, whatever the callback claimed. Go on polling.
 * - `mismatch`: MTN's payment is not the one that the callback, or your record, is about. A person should look.
 * - `not-found`: MTN does not know the reference (yet), or you do not.
 * - `unavailable`: the read failed. Nothing is known.
 */
export type Confirmation<Payment extends ReadPayment = ReadPayment> =
  | { readonly verdict: 'final'; readonly payment: Payment }
  | { readonly verdict: 'not-final'; readonly payment: Payment }
  | { readonly verdict: 'mismatch'; readonly payment: Payment; readonly differences: readonly Difference[] }
  | { readonly verdict: 'not-found' | 'unavailable' };

/** @internal What one status read gave. */
export type Reading<Payment extends ReadPayment> =
  | { readonly payment: Payment }
  | { readonly verdict: 'not-found' | 'unavailable' };

/** @internal Never rejects. */
export async function readOnce<Payment extends ReadPayment>(
  read: (referenceId: string) => Payment | Promise<Payment>,
  referenceId: string,
): Promise<Reading<Payment>> {
  try {
    const payment = await read(referenceId);
    return typeof payment?.state === 'string' ? { payment } : { verdict: 'unavailable' };
  } catch (error) {
    return { verdict: (error as { code?: unknown } | null)?.code === 'not_found' ? 'not-found' : 'unavailable' };
  }
}

function toParty(payer: string | Party): Party {
  return typeof payer === 'string' ? { partyIdType: 'MSISDN', partyId: payer } : payer;
}

function compare(
  wanted: ExpectedPayment,
  payment: ReadPayment,
  referenceId: string,
  from: 'callback' | 'expected',
): Difference[] {
  const found: Difference[] = [];
  const differ = (field: Difference['field'], wants: string, actual: string | undefined) =>
    found.push(actual === undefined ? { field, from, wanted: wants } : { field, from, wanted: wants, actual });
  // A callback may say more than the read of its product does; but what was paid must be there to be believed.
  const mayLack = (field: Difference['field']) => from === 'callback' && field !== 'amount' && field !== 'currency';

  if (wanted.referenceId && toReferenceId(wanted.referenceId) !== referenceId) {
    differ('referenceId', wanted.referenceId, referenceId);
  }
  for (const field of ['amount', 'currency', 'externalId'] as const) {
    const wants = given(wanted[field]);
    const actual = given(payment[field]);
    if (wants === undefined || (actual === undefined && mayLack(field))) continue;
    const agree = actual !== undefined && (field === 'amount' ? sameAmount(wants, actual) : wants === actual);
    if (!agree) differ(field, wants, actual);
  }
  const readPayer = payment.payer ?? payment.intendedPayer;
  if (wanted.payer && (readPayer || !mayLack('payer'))) {
    const wants = toParty(wanted.payer);
    const payer = readPayer ? toParty(readPayer) : undefined;
    if (payer === undefined || !sameParty(wants, payer)) {
      differ('payer', wants.partyId, payer?.partyId);
    }
  }
  return found;
}

function given(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

/** @internal Never throws: a read in a shape that cannot be compared has told nothing. */
export function judge<Payment extends ReadPayment>(
  reading: Reading<Payment>,
  callback: PaymentCallback,
  referenceId: string,
  expected: ExpectedPayment | undefined,
): Confirmation<Payment> {
  if (!('payment' in reading)) return reading;
  const { payment } = reading;
  let differences: Difference[];
  try {
    differences = [
      ...compare(callback, payment, referenceId, 'callback'),
      ...compare(expected ?? {}, payment, referenceId, 'expected'),
    ];
  } catch {
    return { verdict: 'unavailable' };
  }
  const actual = payment.referenceId;
  if (actual && toReferenceId(actual) !== referenceId) {
    differences.push({ field: 'referenceId', from: 'read', wanted: referenceId, actual });
  }
  if (differences.length > 0) return { verdict: 'mismatch', payment, differences };
  return { verdict: isFinal(payment.state) ? 'final' : 'not-final', payment };
}

/**
 * Asks MTN what a callback is worth. The state is MTN's, whatever the callback claims; amount (as decimals), currency,
 * external id, payer and any reference id must agree where the callback or `expected` gives them. Of a masked payer the
 * visible digits decide. What you expect and the read lacks is a difference, and so is an amount or a currency that the
 * callback claims and the read lacks.
 *
 * @param callback - What `parseCallback` gave.
 * @param options - `referenceId`: of the payment, from a source you trust (your signed URL, your records). `read`: a
 * status read, such as `(id) => client.getRequestToPay(id)`; when it throws code `not_found` the verdict is `not-found`,
 * for anything else `unavailable`. `expected`: what you charged; give it whenever you know it.
 * @throws MomoError `invalid_input` when `referenceId` is no UUID v4.
 * @example
 * ```ts
 * const confirmation = await confirmCallback(callback, {
 *   referenceId,
 *   read: (id) => client.getRequestToPay(id),
 *   expected: { amount: '150', currency: 'EUR', externalId: 'order-7' },
 * });
 * if (confirmation.verdict === 'final' && confirmation.payment.state === 'successful') await fulfil(referenceId);
 * ```
 */
export async function confirmCallback<Payment extends ReadPayment>(
  callback: PaymentCallback,
  options: {
    readonly referenceId: string;
    readonly read: (referenceId: string) => Payment | Promise<Payment>;
    readonly expected?: ExpectedPayment | undefined;
  },
): Promise<Confirmation<Payment>> {
  const referenceId = toReferenceId(options.referenceId);
  if (referenceId === undefined) {
    throw invalidInput('The callback cannot be confirmed', [{ path: 'referenceId', message: 'must be a UUID v4' }]);
  }
  return judge(await readOnce(options.read, referenceId), callback, referenceId, options.expected);
}
