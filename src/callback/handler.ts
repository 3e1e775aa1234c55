import { MomoError } from '../errors.js';
import { toReferenceId } from '../payment/reference-id.js';
import { isFinal } from '../payment/state.js';
import { verifyCallbackUrl } from './callback-url.js';
import { type ExpectedPayment, judge, type Reading, type ReadPayment, readOnce } from './confirm.js';
import { fingerprint } from './event-id.js';
import {
  type CallbackContext,
  type CallbackHandler,
  type CallbackHandlerOptions,
  checkOptions,
  type Rejection,
} from './handler-options.js';
import { oncePerId } from './once.js';
import { parseCallback } from './parse.js';
import type { CallbackSource, PaymentCallback } from './payment-callback.js';
import { rememberRawBodyNeed } from './raw-body.js';
import { type BodyReading, readBody } from './read-body.js';
import { sharedReads } from './shared-reads.js';
import { verifySignature } from './signature.js';
import { within } from './time-limit.js';

/** MTN gives up after about two seconds. */
const answerWithinMs = 1_500;

/** One status read together with what the shop expected at that time. */
interface Knowledge<Payment extends ReadPayment> {
  readonly atMs?: number;
  readonly reading: Reading<Payment>;
  readonly expected?: ExpectedPayment | undefined;
}

type Failure = { readonly why: 'hook-failed'; readonly error: unknown };

/**
 * Makes a request handler for callbacks, out of web standards: Next, Hono, Workers, Bun, Deno; for Express and
 * `node:http` wrap it in `toNodeHandler`. It authenticates a request by its signed URL or its body's signature, reads
 * the body, reads the payment's status through `read`, compares, and calls one hook. A callback never decides anything:
 * `onSuccessful` runs only when the status read says successful and every detail agrees.
 *
 * Answers, all without a body: 404 to whoever is not authenticated, whatever is wrong; then 405, 413 (65 536 bytes),
 * 408 (10 s), 400 for a malformed body, 500 when a hook throws (a resend runs it again), else 200, also for payments not
 * confirmed. With `resolveReference` alone nobody is authenticated and everything is 200.
 *
 * Per handler, callbacks of one payment within 5 s share a status read, and a hook runs once per event id.
 *
 * @throws MomoError `invalid_input` when set up wrongly: no way to find the reference, a secret missing, under 16 bytes
 * or used for both URL and signature, no `read`, no `onSuccessful`.
 * @example
 * ```ts
 * const handler = createCallbackHandler({
 *   urlSecrets: env.CALLBACK_SECRET,
 *   read: (referenceId) => client.getRequestToPay(referenceId),
 *   expected: (referenceId) => orders.findByReference(referenceId),
 *   onSuccessful: (payment, { eventId }) => orders.markPaid(eventId, payment),
 * });
 * export default { fetch: handler };
 * ```
 */
export function createCallbackHandler<Payment extends ReadPayment>(
  options: CallbackHandlerOptions<Payment>,
): CallbackHandler {
  const { urlSecrets, signature, resolveReference, read, expected, onSuccessful, onUnsuccessful, onUnconfirmed } =
    checkOptions(options);
  const isOpen = urlSecrets === undefined && signature === undefined;
  const now = options.now ?? (() => Date.now());
  const hooks = oncePerId(now);
  const know = sharedReads<Knowledge<Payment>>(
    async (referenceId) => {
      const atMs = now();
      let wanted: ExpectedPayment | undefined;
      const reading = await readOnce(async () => {
        wanted = (await expected?.(referenceId)) ?? undefined;
        // No rows, false or a text are not a record of ours.
        if (expected && (typeof wanted !== 'object' || !wanted || Array.isArray(wanted))) {
          throw new MomoError('not_found', 'Not ours.');
        }
        return read(referenceId);
      }, referenceId);
      return { atMs, reading, expected: wanted };
    },
    ({ reading }) => 'payment' in reading && isFinal(reading.payment.state),
    now,
  );

  const handler: CallbackHandler = async (request, context) => {
    const arrival = hooks.arrive();
    const address = urlSecrets && (await verifyCallbackUrl(request.url, urlSecrets, now()));
    let body: BodyReading | undefined;
    let source: CallbackSource | undefined;
    let isKnown = isOpen || address !== undefined;
    if (signature && carriesSignature(request)) {
      body = await readBody(request);
      if ('bytes' in body && (await verifySignature({ ...signature, headers: request.headers, body: body.bytes }))) {
        isKnown = true;
        source = signature.scheme.source;
      }
    }
    if (!isKnown) return reject({ status: 404, why: 'unauthenticated' });
    if (request.method !== 'POST' && request.method !== 'PUT') return reject({ status: 405, why: 'method' });
    body ??= await readBody(request);
    if ('why' in body) return reject(body);
    let callback: PaymentCallback;
    try {
      callback = parseCallback(body.bytes, { source });
    } catch {
      return reject({ status: 400, why: 'malformed' });
    }
    return answer(settle(callback, request, address?.referenceId, arrival), context);
  };

  function carriesSignature(request: Request): boolean {
    return signature !== undefined && request.headers.has(signature.scheme.header);
  }

  function reject(rejection: Rejection): Response {
    const { why } = rejection;
    const status = isOpen ? 200 : rejection.status;
    report({ status, why });
    return new Response(null, status === 405 ? { status, headers: { allow: 'POST, PUT' } } : { status });
  }

  /** The hook is for logs and counters: whatever it does, the answer stays. */
  function report(rejection: Rejection): void {
    void (async () => options.onReject?.(rejection))().catch(() => undefined);
  }

  async function answer(work: Promise<Failure | undefined>, context: CallbackContext | undefined): Promise<Response> {
    const reply = (status: number) => {
      void work.then((failure) => failure && report({ status, ...failure }));
      return new Response(null, { status });
    };
    try {
      (context as CallbackContext).waitUntil(work);
      return reply(200);
    } catch {
      // No context, something else in its place (Next), or a platform that refuses it here.
    }
    if (isOpen) return reply(200);
    const failure = await within(work, answerWithinMs, undefined);
    return reply(failure === undefined ? 200 : 500);
  }

  /** From a callback to a hook. Never rejects. */
  async function settle(
    callback: PaymentCallback,
    request: Request,
    addressed: string | undefined,
    arrival: number,
  ): Promise<Failure | undefined> {
    let referenceId = addressed;
    let known: Knowledge<Payment> = { reading: { verdict: 'not-found' } };
    try {
      referenceId ??= toReferenceId(await resolveReference?.(callback, request)) ?? toReferenceId(callback.referenceId);
    } catch {
      known = { reading: { verdict: 'unavailable' } };
    }
    try {
      if (referenceId !== undefined) await options.onReceived?.(callback, { referenceId });
    } catch (error) {
      return { why: 'hook-failed', error };
    }
    if (referenceId !== undefined) known = await know(referenceId).catch(() => known);
    try {
      await callHook(known, callback, referenceId ?? 'unknown', arrival);
      return undefined;
    } catch (error) {
      return { why: 'hook-failed', error };
    }
  }

  async function callHook(
    { reading, expected: wanted, atMs }: Knowledge<Payment>,
    callback: PaymentCallback,
    referenceId: string,
    arrival: number,
  ): Promise<void> {
    const confirmation = judge(reading, callback, referenceId, wanted);
    if (confirmation.verdict === 'final') {
      const { payment } = confirmation;
      const eventId = `${referenceId}:${payment.state}`;
      const hook = payment.state === 'successful' ? onSuccessful : onUnsuccessful;
      if (hook) await hooks.run(eventId, arrival, () => hook(payment as never, { eventId, callback }));
    } else if (onUnconfirmed) {
      // A mismatch stays the same event as long as it is the same mismatch; the others pass, so each read has its own.
      const detail = 'differences' in confirmation ? confirmation.differences : (atMs ?? callback.raw);
      const eventId = `${referenceId}:${confirmation.verdict}:${await fingerprint(detail)}`;
      await hooks.run(eventId, arrival, () => onUnconfirmed({ ...confirmation, eventId, callback }));
    }
  }

  if (signature !== undefined) {
    rememberRawBodyNeed(handler, {
      isNeeded: async (request) =>
        carriesSignature(request) && !(urlSecrets && (await verifyCallbackUrl(request.url, urlSecrets, now()))),
      onMissing: (error) => report({ status: 404, why: 'raw-body-gone', error }),
    });
  }
  return handler;
}
