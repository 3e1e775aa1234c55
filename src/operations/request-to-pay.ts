import * as z from 'zod/mini';
import { invalidInput } from '../errors.js';
import { checkAmount } from '../payment/amount.js';
import type { PaymentDetails } from '../payment/compare.js';
import { sanitizeMessage } from '../payment/message.js';
import { checkParty, type Party } from '../payment/party.js';
import { type Reason, toReason } from '../payment/reason.js';
import { isFinal, type ObservedState, toPaymentState } from '../payment/state.js';
import {
  asFields,
  type Complain,
  type CreateOptions,
  checkCallbackUrl,
  checkReferenceId,
  collectIssues,
  type InputContext,
} from './create.js';
import type { StatusResource } from './resource.js';
import { asParty, compact, lazily, looseParty, looseText } from './wire.js';

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
function checkMoney(fields: Record<string, unknown>, context: InputContext, complain: Complain) {
  const currency = typeof fields.currency === 'string' ? fields.currency.toUpperCase() : '';
  if (!/^[A-Z]{3}$/.test(currency)) complain('currency', 'must be three letters, such as "RWF"');
  else if (context.targetEnvironment === 'sandbox' && currency !== 'EUR')
    complain('currency', 'must be EUR in the sandbox');
  const checked = checkAmount(fields.amount, currency);
  if ('problem' in checked) complain('amount', checked.problem);
  return { amount: 'amount' in checked ? checked.amount : '', currency };
}

function checkNote(path: string, value: unknown, externalId: string, complain: Complain): string {
  if (value !== undefined && value !== null && typeof value !== 'string') complain(path, 'must be a string');
  // MTN refuses empty notes.
  return (typeof value === 'string' && sanitizeMessage(value)) || sanitizeMessage(externalId) || 'Payment';
}

/** A checked request, as it goes on the wire. */
export interface PreparedRequestToPay {
  readonly referenceId: string | undefined;
  readonly callbackUrl: string | undefined;
  readonly body: string;
  /** What a payment found under the same reference id is compared with. */
  readonly details: PaymentDetails;
}

/** @throws MomoError `invalid_input`, with every problem */
export function prepareRequestToPay(input: RequestToPay, context: InputContext): PreparedRequestToPay {
  const { issues, complain } = collectIssues();
  const fields = asFields(input, complain);
  const money = checkMoney(fields, context, complain);
  const externalId = typeof fields.externalId === 'string' ? fields.externalId : '';
  if (externalId.trim() === '') complain('externalId', 'must not be empty');
  const checked = checkParty(fields.payer);
  if ('problem' in checked) complain(`payer${checked.path}`, checked.problem);
  const payerMessage = checkNote('payerMessage', fields.payerMessage, externalId, complain);
  const payeeNote = checkNote('payeeNote', fields.payeeNote, externalId, complain);
  const referenceId = checkReferenceId(fields.referenceId, complain);
  const callbackUrl = checkCallbackUrl(fields.callbackUrl, context, complain);
  if (issues.length > 0 || 'problem' in checked) throw invalidInput('requestToPay was not sent', issues, referenceId);
  const details = { ...money, externalId, payer: checked.party };
  return { referenceId, callbackUrl, body: JSON.stringify({ ...details, payerMessage, payeeNote }), details };
}

const schema = /* @__PURE__ */ lazily(() =>
  z.object({
    status: z.string().check(z.minLength(1)),
    amount: looseText(),
    currency: looseText(),
    externalId: looseText(),
    payer: looseParty(),
    financialTransactionId: looseText(),
    payerMessage: looseText(),
    payeeNote: looseText(),
    reason: z.optional(z.unknown()),
  }),
);

/** MTN's status answer; undefined when it is none. Only the status word is required. */
function readRequestToPay(referenceId: string, json: unknown): PaymentStatus | undefined {
  const parsed = schema().safeParse(json);
  if (!parsed.success) return undefined;
  const { payer, reason: rawReason, ...fields } = parsed.data;
  const reason = toReason(rawReason);
  const state: ObservedState = toPaymentState(fields.status, reason);
  return compact({
    referenceId,
    ...fields,
    payer: asParty(payer),
    reason,
    state,
    isFinal: isFinal(state),
    raw: json,
  }) as PaymentStatus;
}

export const requestToPayPath = '/collection/v1_0/requesttopay';

export const requestToPayStatus: StatusResource<PaymentStatus> = {
  operation: 'getRequestToPay',
  path: (referenceId) => `${requestToPayPath}/${referenceId}`,
  read: readRequestToPay,
};
