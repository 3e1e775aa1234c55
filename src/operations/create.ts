import { Issues } from '../errors.js';
import { checkAmount } from '../payment/amount.js';
import type { PaymentDetails } from '../payment/compare.js';
import { fits } from '../payment/fits.js';
import { sanitizeMessage } from '../payment/message.js';
import { checkParty, type Party } from '../payment/party.js';
import { checkReferenceId } from '../payment/reference-id.js';
import { checkCallbackUrl } from '../payment/urls.js';
import type { Operation, PlainRequest, StatusResource } from './resource.js';

/** The part of a client's settings that the input checks need. */
export interface InputContext {
  readonly targetEnvironment: string;
  readonly onLoopback: boolean;
  readonly callbackUrl?: string | undefined;
  readonly providerCallbackHost?: string | undefined;
}

/** What every create takes beside its own fields. */
export interface CreateOptions {
  /** A UUID of version 4, stored by you before the call; the SDK makes one otherwise. */
  readonly referenceId?: string | undefined;
  /** Where MTN is to call when it is final; default: the client's. */
  readonly callbackUrl?: string | undefined;
}

/** What a create answers when MTN has taken it: queued, not paid. */
export interface AcceptedRequest {
  readonly referenceId: string;
  /** `already-accepted`: MTN had it before this call. */
  readonly outcome: 'accepted' | 'already-accepted';
  /** Was it compared with what MTN has? Not needed, and false, on a plain 202. */
  readonly compared: boolean;
  /** How often this call sent it; always the same bytes under the same id. */
  readonly attempts: number;
  /** Store these two with the payment: it can be read only where it was made. */
  readonly targetEnvironment: string;
  readonly baseUrl: string;
}

/** The input of one call while it is checked; its problems are collected, to be thrown all at once. */
export class Form<Input = object> extends Issues {
  readonly operation: Operation;
  /** Those of the input by their names; nothing is known of their values. */
  readonly fields: { readonly [Name in keyof Input]: unknown } & { readonly [name: string]: unknown };
  readonly context: InputContext;

  constructor(operation: Operation, input: Input, context: InputContext) {
    super();
    this.operation = operation;
    this.fields = Object(input);
    this.context = context;
    this.check(typeof input === 'object' && input !== null, '', 'the input must be an object');
  }

  /** @throws MomoError `invalid_input`, with every problem */
  close(referenceId?: string): void {
    this.throwIfAny(`${this.operation} was not sent`, referenceId);
  }
}

/**
 * Checks the input of one call, and makes the request of it.
 *
 * @throws MomoError `invalid_input`, with every problem
 */
export type Prepare<Input, Request> = (form: Form<Input>) => Request;

/**
 * A call without a reference id of its own, checked.
 *
 * @throws MomoError `invalid_input`, with every problem
 */
export function closePlain<Result>(
  form: Form,
  method: PlainRequest<Result>['method'],
  path: string,
  read: PlainRequest<Result>['read'],
  more?: Partial<PlainRequest<Result>>,
): PlainRequest<Result> {
  form.close(more?.referenceId);
  return { method, path: `/collection/${path}`, read, ...more };
}

/** The takers answer something also after a complaint: nothing of it is sent. */
export function takeText(form: Form, name: string, pattern = /\S/, what = 'not empty'): string {
  const value = form.fields[name];
  const isFine = fits(value, pattern);
  form.check(isFine, name, `must be a string, ${what}`);
  return isFine ? value : '';
}

/** Those of the named texts that are given. */
export function takeOptionalTexts(form: Form, ...names: string[]): Partial<Record<string, string>> {
  const wanted = names.filter((name) => form.fields[name] !== undefined);
  return Object.fromEntries(wanted.map((name) => [name, takeText(form, name)]));
}

/** A text for an account's history, fit for MTN, which refuses empty ones. */
export function takeNote(form: Form, name: string, fallback: string): string {
  const value = form.fields[name];
  const isText = typeof value === 'string';
  form.check(isText || value == null, name, 'must be a string');
  return (isText && sanitizeMessage(value)) || sanitizeMessage(fallback) || 'Payment';
}

/** Seconds, or a count. */
export function takeWhole(form: Form, name: string, least = 1): number {
  const value = form.fields[name] as number;
  const isFine = Number.isSafeInteger(value) && value >= least;
  return form.check(isFine, name, `must be a whole number of ${least} or more`) ? value : least;
}

/** @param noPartyCode - Where MTN knows phone numbers and addresses only. */
export function takeParty(form: Form, name: string, noPartyCode = false, value = form.fields[name]): Party {
  const party = checkParty(value, (problem, path) => form.add(name + path, problem));
  form.check(!(noPartyCode && party.partyIdType === 'PARTY_CODE'), name, 'must be of type MSISDN or EMAIL');
  return party;
}

export function takeCurrency(form: Form, value: unknown, path: string): string {
  const isCurrency = fits(value, /^[A-Za-z]{3}$/);
  const currency = isCurrency ? value.toUpperCase() : '';
  form.check(isCurrency, path, 'must be three letters, such as "RWF"');
  const isServed = !isCurrency || form.context.targetEnvironment !== 'sandbox' || currency === 'EUR';
  form.check(isServed, path, 'must be EUR in the sandbox');
  return currency;
}

/** Amount and currency, together: decimals depend on the currency. */
export function takeMoney(form: Form, fields = form.fields, path = '') {
  const currency = takeCurrency(form, fields.currency, `${path}currency`);
  const amount = checkAmount(fields.amount, currency, (problem) => form.add(`${path}amount`, problem));
  return { amount, currency };
}

/** The request's own callback URL, or else the one given. */
export function takeCallbackUrl(form: Form, fallback?: string): string | undefined {
  const { callbackUrl } = form.fields;
  if (callbackUrl === undefined) return fallback;
  checkCallbackUrl(form, callbackUrl, form.context);
  return callbackUrl as string;
}

/** A checked create, as it goes on the wire. */
export interface PreparedCreate {
  readonly operation: Operation;
  readonly path: string;
  readonly referenceId: string | undefined;
  readonly callbackUrl: string | undefined;
  readonly body: string;
  /** What is found under the same reference id is compared with this. */
  readonly details: PaymentDetails;
  readonly resource: StatusResource<PaymentDetails>;
}

/** @throws MomoError `invalid_input`, with every problem */
export function closeCreate(
  form: Form,
  resource: StatusResource<PaymentDetails>,
  body: object,
  details: PaymentDetails,
  path = resource.path,
): PreparedCreate {
  const { operation, context } = form;
  const { referenceId: given } = form.fields;
  const referenceId = given === undefined ? undefined : checkReferenceId(form, given);
  const callbackUrl = takeCallbackUrl(form, context.callbackUrl);
  form.close(referenceId);
  return { operation, path, referenceId, callbackUrl, body: JSON.stringify(body), details, resource };
}
