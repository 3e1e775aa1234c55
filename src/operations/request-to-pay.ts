import type { Party } from '../payment/party.js';
import {
  type CreateOptions,
  closeCreate,
  type Form,
  type PreparedCreate,
  takeMoney,
  takeNote,
  takeParty,
  takeText,
} from './create.js';
import { type StatusFields, type StatusResource, type StatusState, statusResource } from './resource.js';

/** A payment to ask for. */
export interface RequestToPay extends CreateOptions {
  /** In major units: a decimal string such as `12.50`, or a whole number. At most the currency's decimals. */
  readonly amount: string | number | bigint;
  /** ISO 4217, such as `RWF`; the sandbox takes EUR only. */
  readonly currency: string;
  /** Your own id, such as the order's; it comes back in status and callback, and need not be unique for MTN. */
  readonly externalId: string;
  /** A phone number with its country code (`+`, spaces and dashes are fine), or another party. */
  readonly payer: string | Party;
  /** Shown to the payer. Default: the external id. Signs that MTN refuses are replaced. */
  readonly payerMessage?: string | undefined;
  /** Shown to you. Default: the external id. */
  readonly payeeNote?: string | undefined;
}

/** @inline */
interface PaymentStatusFields extends StatusFields {
  /** As a decimal string; MTN may write `12.50` as `12.5`. */
  readonly amount?: string;
  readonly currency?: string;
  readonly externalId?: string;
  readonly payer?: Party;
  /** MTN's id of the transfer; only once successful. */
  readonly financialTransactionId?: string;
  readonly payerMessage?: string;
  readonly payeeNote?: string;
}

/** A payment as MTN's status read shows it. A failed payment is a result, not an error. */
export type PaymentStatus = PaymentStatusFields & StatusState;

export const requestToPayStatus = /* @__PURE__ */ statusResource<PaymentStatus>('getRequestToPay', 'v1_0/requesttopay');

/**
 * Payments and withdrawals: the same fields in and out.
 *
 * @throws MomoError `invalid_input`, with every problem
 */
export function closePaymentRequest(
  form: Form<RequestToPay>,
  resource: StatusResource<PaymentStatus>,
  path?: string,
): PreparedCreate {
  const money = takeMoney(form);
  const externalId = takeText(form, 'externalId');
  const details = { ...money, externalId, payer: takeParty(form, 'payer') };
  const payerMessage = takeNote(form, 'payerMessage', externalId);
  const payeeNote = takeNote(form, 'payeeNote', externalId);
  return closeCreate(form, resource, { ...details, payerMessage, payeeNote }, details, path);
}

export function prepareRequestToPay(form: Form<RequestToPay>): PreparedCreate {
  return closePaymentRequest(form, requestToPayStatus);
}
