import {
  type CallbackHandlerOptions,
  createCallbackHandler,
  createCallbackUrl,
  type ReadPayment,
} from '../../src/callback/index.js';
import { type CallbackBody, forgeCallbackBody, forgeCallbackRequest } from '../../src/testing/forge/index.js';

export const referenceId = '0b7bd9b4-37a8-4c2e-8e9a-d3a4f8a3c111';
export const otherReferenceId = '5d1f2c3a-98b1-4f6d-a0c7-1d2e3f4a5b6c';
export const urlSecret = 'url-secret-of-the-tests-0123456789';
export const relaySecret = 'relay-secret-of-the-tests-987654321';
export const startMs = Date.parse('2026-09-10T12:00:00Z');
export const dayMs = 86_400_000;

export type TestPayment = ReadPayment & { financialTransactionId?: string };

/** What MTN's status read says of the payment that `forgeCallbackBody('request-to-pay')` is about. */
export function payment(overrides: Partial<TestPayment> = {}): TestPayment {
  return {
    referenceId,
    state: 'successful',
    amount: '150',
    currency: 'EUR',
    externalId: 'order-7',
    payer: { partyIdType: 'MSISDN', partyId: '46733123453' },
    financialTransactionId: '1943071845',
    ...overrides,
  };
}

export function signedUrl(reference = referenceId, expiresAtMs = startMs + dayMs): Promise<string> {
  return createCallbackUrl({
    baseUrl: 'https://pay.example.com/momo',
    referenceId: reference,
    secret: urlSecret,
    expiresAtMs,
  });
}

export async function genuine(overrides: CallbackBody = {}, reference = referenceId): Promise<Request> {
  return forgeCallbackRequest(forgeCallbackBody('request-to-pay', overrides), { url: await signedUrl(reference) });
}

/** A handler that writes down what its hooks were given. */
export function recorded(options: Partial<CallbackHandlerOptions<TestPayment>> = {}) {
  const log = {
    successful: [] as TestPayment[],
    unsuccessful: [] as TestPayment[],
    unconfirmed: [] as { verdict: string; eventId: string; differences?: unknown }[],
    rejected: [] as { status: number; why: string; error?: unknown }[],
    eventIds: [] as string[],
    reads: [] as string[],
  };
  const { read = () => payment(), ...rest } = options;
  const handler = createCallbackHandler<TestPayment>({
    ...('urlSecrets' in options || 'signature' in options || 'resolveReference' in options
      ? {}
      : { urlSecrets: urlSecret }),
    now: () => Date.now(),
    onSuccessful: (paid, { eventId }) => {
      log.successful.push(paid);
      log.eventIds.push(eventId);
    },
    onUnsuccessful: (failed, { eventId }) => {
      log.unsuccessful.push(failed);
      log.eventIds.push(eventId);
    },
    onUnconfirmed: (event) => {
      log.unconfirmed.push(event);
      log.eventIds.push(event.eventId);
    },
    onReject: (rejection) => {
      log.rejected.push(rejection);
    },
    ...rest,
    read: (reference) => {
      log.reads.push(reference);
      return read(reference);
    },
  });
  return { handler, log };
}

/** Lets WebCrypto's threads and streams do their work, under fake timers too, until something holds. */
export async function until(condition: () => boolean): Promise<void> {
  const start = performance.now();
  while (!condition()) {
    if (performance.now() - start > 2_000) throw new Error('It never came to hold.');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A promise to settle by hand. */
export function deferred<Value>() {
  let resolve: (value: Value) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<Value>((fulfil, fail) => {
    resolve = fulfil;
    reject = fail;
  });
  return { promise, resolve, reject };
}
