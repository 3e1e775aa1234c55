import { type InputIssue, invalidInput } from '../errors.js';
import type { Confirmation, ExpectedPayment, ReadPayment } from './confirm.js';
import { checkSecrets } from './hmac.js';
import type { PaymentCallback } from './payment-callback.js';
import { checkScheme, type SignatureScheme } from './signature.js';

/** What comes with a confirmed payment. */
export interface CallbackEvent {
  /**
   * `{referenceId}:{state}`: the same for every callback about this state of this payment, in every process and after a
   * restart. Store it with the effect, under a unique key, so that the effect happens once.
   */
  readonly eventId: string;
  readonly callback: PaymentCallback;
}

/**
 * A callback whose payment could not be confirmed, and why. Here the `eventId` of a mismatch stays the same for the same
 * mismatch; the other verdicts are of the moment, and each status read has its own.
 */
export type UnconfirmedEvent<Payment extends ReadPayment = ReadPayment> = Exclude<
  Confirmation<Payment>,
  { verdict: 'final' }
> &
  CallbackEvent;

/** A request that was not taken, or whose hook threw. */
export interface Rejection {
  /** The HTTP status that was answered. */
  readonly status: number;
  /**
   * - `unauthenticated`: no valid URL, no valid signature.
   * - `method`, `too-large`, `too-slow`, `unreadable` (the body broke off, or something read it before), `malformed`.
   * - `raw-body-gone`: behind `express.json()` a signature cannot be checked; see `toNodeHandler`.
   * - `hook-failed`: your own hook threw `error`.
   */
  readonly why:
    | 'unauthenticated'
    | 'method'
    | 'too-large'
    | 'too-slow'
    | 'unreadable'
    | 'malformed'
    | 'raw-body-gone'
    | 'hook-failed';
  readonly error?: unknown;
}

/** The part of a platform's context that matters: Workers' `ctx`, Hono's `c.executionCtx`, Vercel's `{ waitUntil }`. */
export interface CallbackContext {
  waitUntil(work: Promise<unknown>): void;
}

/** A web handler. With a context it answers first and confirms after. It never rejects. */
export type CallbackHandler = (request: Request, context?: CallbackContext) => Promise<Response>;

/** What `createCallbackHandler` takes. Give `urlSecrets`, `signature` or `resolveReference`, or several. */
export interface CallbackHandlerOptions<Payment extends ReadPayment = ReadPayment> {
  /** Of the URLs that `createCallbackUrl` makes; several while being rotated. */
  readonly urlSecrets?: string | readonly string[] | undefined;
  /** For relays and aggregators that sign the body. */
  readonly signature?: { readonly scheme: SignatureScheme; readonly secrets: string | readonly string[] } | undefined;
  /**
   * Finds the reference id when the URL does not bring it, in your records, by `callback.externalId` for instance. The
   * request's body has been read. Alone it authenticates nobody.
   */
  readonly resolveReference?:
    | ((callback: PaymentCallback, request: Request) => string | undefined | null | Promise<string | undefined | null>)
    | undefined;
  /** A status read: `(referenceId) => client.getRequestToPay(referenceId)`. */
  readonly read: (referenceId: string) => Payment | Promise<Payment>;
  /** What you charged, from your records. Undefined means "not ours": nothing is read. */
  readonly expected?:
    | ((referenceId: string) => ExpectedPayment | undefined | null | Promise<ExpectedPayment | undefined | null>)
    | undefined;
  /**
   * A callback that is authenticated, well-formed and has a reference id, before anything is read: to keep it as it came.
   * Each time it comes, twins too. When it throws, the answer is 500, and nothing is read. With `resolveReference` alone
   * nobody is authenticated: it may be anyone's.
   */
  readonly onReceived?: ((callback: PaymentCallback, context: { readonly referenceId: string }) => unknown) | undefined;
  /** Epoch milliseconds. Default: `Date.now()`, looked up at each call. */
  readonly now?: (() => number) | undefined;
  /** MTN says successful, and every detail agrees. When it throws, the answer is 500 and a resend runs it again. */
  readonly onSuccessful: (payment: Payment & { readonly state: 'successful' }, event: CallbackEvent) => unknown;
  /** MTN says failed or expired, and every detail agrees. */
  readonly onUnsuccessful?:
    | ((payment: Payment & { readonly state: 'failed' | 'expired' | 'refunded' }, event: CallbackEvent) => unknown)
    | undefined;
  /** Authenticated, but not (yet) to be believed: go on polling; a `mismatch` is for a person. */
  readonly onUnconfirmed?: ((event: UnconfirmedEvent<Payment>) => unknown) | undefined;
  /** For logs and counters. Not awaited; what it throws is dropped. */
  readonly onReject?: ((rejection: Rejection) => unknown) | undefined;
}

/** @internal The options, checked and copied: later changes of the caller's object change nothing. */
export function checkOptions<Payment extends ReadPayment>(
  options: CallbackHandlerOptions<Payment>,
): CallbackHandlerOptions<Payment> & { readonly urlSecrets?: readonly string[] | undefined } {
  const issues: InputIssue[] = [];
  const copy = { ...options };
  const { urlSecrets, signature, resolveReference } = copy;
  const forUrl = urlSecrets !== undefined ? checkSecrets(urlSecrets, 'urlSecrets', issues) : [];
  let forBody: readonly string[] = [];
  if (signature !== undefined) {
    checkScheme(signature?.scheme, 'signature.scheme', issues);
    forBody = checkSecrets(signature?.secrets, 'signature.secrets', issues);
  }
  if (forUrl.some((secret) => forBody.includes(secret))) {
    issues.push({ path: 'urlSecrets', message: 'must differ from signature.secrets' });
  }
  if (urlSecrets === undefined && signature === undefined && resolveReference === undefined) {
    issues.push({ path: '', message: 'give urlSecrets, signature or resolveReference' });
  }
  for (const name of ['read', 'onSuccessful'] as const) {
    if (typeof copy[name] !== 'function') issues.push({ path: name, message: 'must be a function' });
  }
  if (issues.length > 0) throw invalidInput('The callback handler cannot be made', issues);
  return {
    ...copy,
    urlSecrets: urlSecrets === undefined ? undefined : forUrl,
    signature: signature === undefined ? undefined : { scheme: { ...signature.scheme }, secrets: forBody },
  };
}
