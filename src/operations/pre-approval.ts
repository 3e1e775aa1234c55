import { sanitizeMessage } from '../payment/message.js';
import type { Party } from '../payment/party.js';
import { accountHolderRequest, type HeldByParty } from './account-holder.js';
import {
  type CreateOptions,
  closeCreate,
  closePlain,
  type Form,
  type PreparedCreate,
  takeCurrency,
  takeParty,
  takeText,
  takeWhole,
} from './create.js';
import { accept, type PlainRequest, type StatusFields, type StatusState, statusResource } from './resource.js';
import { readAll } from './wire.js';

/** A payer's leave to be debited later without a prompt. */
export interface CreatePreApproval extends CreateOptions {
  /** A phone number with its country code, or another party. */
  readonly payer: string | Party;
  /** ISO 4217, such as `RWF`; the sandbox takes EUR only. */
  readonly payerCurrency: string;
  /** Shown to the payer. Signs that MTN refuses are replaced. */
  readonly payerMessage: string;
  /** How long it is to hold, in seconds. */
  readonly validityTime: number;
}

/** @inline */
interface PreApprovalStatusFields extends StatusFields {
  readonly payer?: Party;
  readonly payerCurrency?: string;
  readonly payerMessage?: string;
  /** As MTN writes it: a date and time, or a number, given as text. */
  readonly expirationDateTime?: string;
}

/** A pre-approval as MTN's status read shows it; `successful` means that the payer agreed. */
export type PreApprovalStatus = PreApprovalStatusFields & StatusState;

/** One entry of a payer's list of pre-approvals. Times and amounts as MTN writes them. */
export interface ApprovedPreApproval {
  /** What a cancellation takes; not the reference id. */
  readonly preApprovalId: string;
  /** MTN's word: `APPROVED`, `CANCELLED`, `EXPIRED`, `REJECTED`, `PENDING`, or one that is new. */
  readonly status?: string;
  readonly toFri?: string;
  readonly fromFri?: string;
  readonly fromCurrency?: string;
  readonly createdTime?: string;
  readonly approvedTime?: string;
  readonly expiryTime?: string;
  readonly message?: string;
  /** `DAILY`, `WEEKLY` or `MONTHLY`. */
  readonly frequency?: string;
  readonly startDate?: string;
  readonly lastUsedDate?: string;
  readonly offer?: string;
  readonly externalId?: string;
  readonly maxDebitAmount?: string;
}

export const preApprovalStatus = /* @__PURE__ */ statusResource<PreApprovalStatus>(
  'getPreApproval',
  'v2_0/preapproval',
  ({ payer, payerCurrency: currency }) => ({ payer, currency }),
);

/** @throws MomoError `invalid_input`, with every problem */
export function preparePreApproval(form: Form<CreatePreApproval>): PreparedCreate {
  const payer = takeParty(form, 'payer');
  const payerCurrency = takeCurrency(form, form.fields.payerCurrency, 'payerCurrency');
  const payerMessage = sanitizeMessage(takeText(form, 'payerMessage')) || 'Payment';
  const validityTime = takeWhole(form, 'validityTime');
  const body = { payer, payerCurrency, payerMessage, validityTime };
  return closeCreate(form, preApprovalStatus, body, { payer, currency: payerCurrency });
}

/** A list by contract; one SDK knows it wrapped in an object. An entry without id is of no use, and left out. */
function readApproved(json: unknown): ApprovedPreApproval[] | undefined {
  const list: unknown = Array.isArray(json) ? json : Object(json).preApprovalDetails;
  const entries = Array.isArray(list) ? list.map(readAll) : undefined;
  return entries?.filter(({ preApprovalId }) => preApprovalId) as ApprovedPreApproval[] | undefined;
}

export function prepareApprovedList(form: Form<HeldByParty>): PlainRequest<ApprovedPreApproval[]> {
  return accountHolderRequest(form, 'preapprovals', '', readApproved, true);
}

/** @throws MomoError `invalid_input` */
export function prepareCancelPreApproval(form: Form<{ readonly preApprovalId: string }>): PlainRequest<true> {
  // It stands in the path: no slash, and no dots that lead elsewhere.
  const id = takeText(form, 'preApprovalId', /^[\w-]+$/, 'an id of listApprovedPreApprovals');
  return closePlain(form, 'DELETE', `v1_0/preapproval/${id}`, accept);
}
