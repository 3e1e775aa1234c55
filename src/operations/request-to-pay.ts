import { Issues } from '../errors.js';
import { checkAmount } from '../payment/amount.js';
import type { PaymentDetails } from '../payment/compare.js';
import { sanitizeMessage } from '../payment/message.js';
import { checkParty, type Party } from '../payment/party.js';
import { type Reason, toReason } from '../payment/reason.js';
import { type ObservedState, toPaymentState } from '../payment/state.js';
import { asFields, type CreateOptions, checkCallbackUrl, checkReferenceId, type InputContext } from './create.js';
import type { StatusResource } from './resource.js';
import { readParty, readTexts } from './wire.js';

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

interface PaymentStatusFields {
  readonly referenceId: string;
  /** MTN's word, as it came: `PENDING`, `SUCCESSFUL`, `FAILED`, `CREATED`, or one that is new. */
  readonly status: string;
  /** As a decimal string; MTN may write `12.50` as `12.5`. */
  readonly amount?: string;
  readonly currency?: string;
  readonly externalId?: string;
  readonly payer?: Party;
  /** MTN's id of the transfer; only once successful. */
  readonly financialTransactionId?: string;
  readonly payerMessage?: string;
  readonly payeeNote?: string;
  /** MTN's answer, untouched. */
  readonly raw: unknown;
}

/** A payment as MTN's status read shows it. A failed payment is a result, not an error. */
export type PaymentStatus = PaymentStatusFields &
  (
    | { readonly state: 'pending'; readonly isFinal: false; readonly reason?: Reason }
    | { readonly state: 'successful'; readonly isFinal: true; readonly reason?: Reason }
    | { readonly state: 'failed' | 'expired'; readonly isFinal: true; readonly reason?: Reason }
  );

/** Amount and currency, together: decimals depend on the currency. */
function checkMoney(fields: Record<string, unknown>, { targetEnvironment }: InputContext, issues: Issues) {
  const isCurrency = typeof fields.currency === 'string' && /^[A-Za-z]{3}$/.test(fields.currency);
  const currency = isCurrency ? String(fields.currency).toUpperCase() : '';
  issues.check(isCurrency, 'currency', 'must be three letters, such as "RWF"');
  issues.check(
    !isCurrency || targetEnvironment !== 'sandbox' || currency === 'EUR',
    'currency',
    'must be EUR in the sandbox',
  );
  const checked = checkAmount(fields.amount, currency);
  if ('problem' in checked) issues.add('amount', checked.problem);
  return { amount: 'amount' in checked ? checked.amount : '', currency };
}

function checkNote(path: string, value: unknown, externalId: string, issues: Issues): string {
  const isText = typeof value === 'string';
  issues.check(isText || value == null, path, 'must be a string');
  // MTN refuses empty notes.
  return (isText && sanitizeMessage(value)) || sanitizeMessage(externalId) || 'Payment';
}

/** A checked request, as it goes on the wire. */
export interface PreparedRequestToPay {
  readonly path: string;
  readonly referenceId: string | undefined;
  readonly callbackUrl: string | undefined;
  readonly body: string;
  /** What a payment found under the same reference id is compared with. */
  readonly details: PaymentDetails;
}

const path = '/collection/v1_0/requesttopay';

/** @throws MomoError `invalid_input`, with every problem */
export function prepareRequestToPay(input: RequestToPay, context: InputContext): PreparedRequestToPay {
  const issues = new Issues();
  const fields = asFields(input, issues);
  const money = checkMoney(fields, context, issues);
  const externalId = typeof fields.externalId === 'string' ? fields.externalId : '';
  issues.check(externalId.trim() !== '', 'externalId', 'must be a string, not empty');
  const checked = checkParty(fields.payer);
  if ('problem' in checked) issues.add(`payer${checked.path}`, checked.problem);
  const payerMessage = checkNote('payerMessage', fields.payerMessage, externalId, issues);
  const payeeNote = checkNote('payeeNote', fields.payeeNote, externalId, issues);
  const referenceId = checkReferenceId(fields.referenceId, issues);
  const callbackUrl = checkCallbackUrl(fields.callbackUrl, context, issues);
  issues.throwIfAny('requestToPay was not sent', referenceId);
  const { party: payer } = checked as { party: Party };
  const details = { ...money, externalId, payer };
  return { path, referenceId, callbackUrl, body: JSON.stringify({ ...details, payerMessage, payeeNote }), details };
}

/** MTN's status answer; undefined when it is none. Only the status word is required. */
function readRequestToPay(referenceId: string, json: unknown): PaymentStatus | undefined {
  const { status } = Object(json) as { status?: unknown };
  if (typeof status !== 'string' || status === '') return undefined;
  const reason = toReason(Object(json).reason);
  const payer = readParty(json, 'payer');
  const state: ObservedState = toPaymentState(status, reason);
  return {
    referenceId,
    status,
    state,
    isFinal: state !== 'pending',
    ...readTexts(json, 'amount', 'currency', 'externalId', 'financialTransactionId', 'payerMessage', 'payeeNote'),
    ...(payer && { payer }),
    ...(reason && { reason }),
    raw: json,
  } as PaymentStatus;
}

export const requestToPayStatus: StatusResource<PaymentStatus> = {
  operation: 'getRequestToPay',
  path,
  read: readRequestToPay,
};
