import type { Party } from '../payment/party.js';
import { checkReferenceId } from '../payment/reference-id.js';
import {
  type CreateOptions,
  closeCreate,
  closePlain,
  type Form,
  type PreparedCreate,
  takeCallbackUrl,
  takeMoney,
  takeNote,
  takeParty,
  takeText,
  takeWhole,
} from './create.js';
import { accept, type PlainRequest, type StatusFields, type StatusState, statusResource } from './resource.js';

/** An invoice: a payment that the payer settles when he likes, until it expires. */
export interface CreateInvoice extends CreateOptions {
  /** Your own id; it comes back in the status, and a cancellation needs it. */
  readonly externalId: string;
  /** In major units: a decimal string such as `12.50`, or a whole number. At most the currency's decimals. */
  readonly amount: string | number | bigint;
  /** ISO 4217, such as `RWF`; the sandbox takes EUR only. */
  readonly currency: string;
  /** How long it can be paid, in seconds. */
  readonly validityDuration: number;
  /** A phone number with its country code, or another party. */
  readonly intendedPayer: string | Party;
  /** Who is paid. */
  readonly payee: string | Party;
  /** Shown to the payer. Default: the external id. Signs that MTN refuses are replaced. */
  readonly description?: string | undefined;
}

/** What a cancellation takes. */
export interface CancelInvoice {
  /** Your own id of the cancellation, such as the invoice's. */
  readonly externalId: string;
  /** Where MTN is to call when it is done; the client's own is for payments and not used here. */
  readonly callbackUrl?: string | undefined;
}

/** @inline */
interface InvoiceStatusFields extends StatusFields {
  readonly externalId?: string;
  /** As a decimal string. */
  readonly amount?: string;
  readonly currency?: string;
  /** What the payer pays by. */
  readonly paymentReference?: string;
  readonly invoiceId?: string;
  /** As MTN writes it: a date and time, which may lack its zone. */
  readonly expiryDateTime?: string;
  readonly payeeFirstName?: string;
  readonly payeeLastName?: string;
  readonly intendedPayer?: Party;
  readonly description?: string;
}

/** An invoice as MTN's status read shows it; `reason` is what MTN calls `errorReason` here. */
export type InvoiceStatus = InvoiceStatusFields & StatusState;

export const invoiceStatus = /* @__PURE__ */ statusResource<InvoiceStatus>(
  'getInvoice',
  'v2_0/invoice',
  ({ intendedPayer: payer, ...status }) => ({ ...status, payer }),
);

/** @throws MomoError `invalid_input`, with every problem */
export function prepareInvoice(form: Form<CreateInvoice>): PreparedCreate {
  const externalId = takeText(form, 'externalId');
  const details = { externalId, ...takeMoney(form) };
  // A text here, a number in a pre-approval: so MTN wants it.
  const validityDuration = String(takeWhole(form, 'validityDuration'));
  const intendedPayer = takeParty(form, 'intendedPayer');
  const payee = takeParty(form, 'payee');
  const description = takeNote(form, 'description', externalId);
  const body = { ...details, validityDuration, intendedPayer, payee, description };
  return closeCreate(form, invoiceStatus, body, { ...details, payer: intendedPayer });
}

/** @param requestId - Of the cancellation itself: a new UUID of version 4. */
export function prepareCancelInvoice(
  form: Form<CancelInvoice & { readonly referenceId: string; readonly requestId: string }>,
): PlainRequest<true> {
  const referenceId = checkReferenceId(form, form.fields.referenceId);
  const headers = { 'X-Reference-Id': form.fields.requestId as string, 'X-Callback-Url': takeCallbackUrl(form) };
  const json = { externalId: takeText(form, 'externalId') };
  return closePlain(form, 'DELETE', `v2_0/invoice/${referenceId}`, accept, { referenceId, headers, json });
}
