import { describe, expect, test } from 'vitest';
import {
  type AcceptedRequest,
  createPollState,
  type InputIssue,
  type InvoiceStatus,
  type MomoCollections,
  type MomoCollectionsOptions,
  MomoError,
  type ObservedState,
  type Party,
  type PaymentState,
  type PaymentStatus,
  type PollResult,
  pollStep,
  type Reason,
  type RequestToPay,
  type TargetEnvironment,
  type TokenStore,
  targetEnvironments,
  type toPaymentState,
  transition,
} from '../../src/index.js';
import { createClientWorld, errorOf, request } from '../support/client-world.js';

// What TypeScript makes of the published types: `npm run check:types` fails where a line below stops being true. Run,
// the same lines show that the values are what their types say.

/** True only for one and the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

const yes = <Answer extends true>(answer: Answer) => expect(answer).toBe(true);

const status: PaymentStatus = {
  referenceId: 'r',
  status: 'FAILED',
  state: 'failed',
  isFinal: true,
  reason: { code: 'EXPIRED' },
  raw: {},
};

describe('MomoError.is', () => {
  test('narrows unknown to the error of the code', () => {
    const thrown: unknown = new MomoError('outcome_unknown', 'no answer', { referenceId: 'r' });
    if (!MomoError.is(thrown, 'outcome_unknown')) throw thrown;
    yes<Same<typeof thrown.referenceId, string>>(true);
    yes<Same<typeof thrown.code, 'outcome_unknown'>>(true);
    expect(thrown.referenceId.length).toBe(1);
    // @ts-expect-error: only invalid_input is sure to have issues
    const issues: readonly InputIssue[] = thrown.issues;
    expect(issues).toBeUndefined();
  });

  test('gives invalid_input its issues, and reference_conflict its reference id', async () => {
    const thrown: unknown = await errorOf(createClientWorld().client.requestToPay({ ...request, amount: 'x' }));
    if (!MomoError.is(thrown, 'invalid_input')) throw thrown;
    yes<Same<typeof thrown.issues, readonly InputIssue[]>>(true);
    expect(thrown.issues.map(({ path, message }) => `${path} ${message}`)).toHaveLength(1);
    const conflict: unknown = new MomoError('reference_conflict', 'other', { referenceId: 'r' });
    if (!MomoError.is(conflict, 'reference_conflict')) throw conflict;
    yes<Same<typeof conflict.referenceId, string>>(true);
  });

  test('leaves what another code may lack optional', () => {
    const thrown: unknown = new MomoError('rate_limited', 'slow down', { status: 429, retryAfterMs: 7_000 });
    if (!MomoError.is(thrown, 'rate_limited')) throw thrown;
    const { referenceId, status: httpStatus, retryAfterMs, reason } = thrown;
    yes<Same<typeof referenceId, string | undefined>>(true);
    yes<Same<typeof httpStatus, number | undefined>>(true);
    yes<Same<typeof retryAfterMs, number | undefined>>(true);
    yes<Same<typeof reason, Reason | undefined>>(true);
    yes<Same<typeof thrown.isRetryable, boolean>>(true);
    // @ts-expect-error: a rate limit may concern no payment
    const id: string = referenceId;
    expect(id).toBeUndefined();
  });

  test('without a code is a union that a switch over the code takes apart', () => {
    const thrown: unknown = new MomoError('outcome_unknown', 'no answer', { referenceId: 'r' });
    if (!MomoError.is(thrown)) throw thrown;
    switch (thrown.code) {
      case 'outcome_unknown':
        yes<Same<typeof thrown.referenceId, string>>(true);
        break;
      case 'invalid_input':
        yes<Same<typeof thrown.issues, readonly InputIssue[]>>(true);
        throw thrown;
      // @ts-expect-error: there is no such code
      case 'no_such_code':
        throw thrown;
      default:
        throw thrown;
    }
    // @ts-expect-error: nor may one ask for it
    expect(MomoError.is(thrown, 'no_such_code')).toBe(false);
  });
});

describe('a payment status', () => {
  test('is a union on its state', () => {
    yes<Same<PaymentStatus['state'], ObservedState>>(true);
    yes<Same<Extract<PaymentStatus, { state: 'pending' }>['isFinal'], false>>(true);
    yes<Same<Extract<PaymentStatus, { state: 'successful' }>['isFinal'], true>>(true);
    const finalStateOf = (seen: PaymentStatus) => {
      if (!seen.isFinal) {
        yes<Same<typeof seen.state, 'pending'>>(true);
        return undefined;
      }
      yes<Same<typeof seen.state, 'successful' | 'failed' | 'expired'>>(true);
      return seen.state;
    };
    expect(finalStateOf(status)).toBe('failed');
    expect(finalStateOf({ ...status, state: 'pending', isFinal: false })).toBeUndefined();
    // @ts-expect-error: a status read never says uncertain
    expect((status as PaymentStatus).state === 'uncertain').toBe(false);
    // @ts-expect-error: a pending payment is not final
    const wrong: PaymentStatus = { ...status, state: 'pending', isFinal: true };
    expect(wrong.state).toBe('pending');
  });

  test('has optional fields as MTN may leave them out', () => {
    const read = status as PaymentStatus;
    // @ts-expect-error: MTN does not always repeat the amount
    const amount: string = read.amount;
    expect(amount).toBeUndefined();
    // @ts-expect-error: what MTN said is not ours to change
    read.status = 'PENDING';
    expect(status.status).toBe('PENDING');
  });
});

describe('a poll result', () => {
  test('that is successful has a payment that is successful', async () => {
    const result = await createClientWorld().client.collect(request);
    yes<Same<typeof result, PollResult>>(true);
    if (result.state !== 'successful') throw new Error(result.state);
    const state: 'successful' = result.payment.state;
    yes<Same<typeof result.payment.state, 'successful'>>(true);
    expect([state, result.payment.financialTransactionId]).toEqual(['successful', expect.any(String)]);
    // @ts-expect-error: only an uncertain one says why
    expect(result.why).toBeUndefined();
  });

  test('that is uncertain says why, and may have no payment', async () => {
    const world = createClientWorld();
    const result = await world.client.pollUntilFinal(crypto.randomUUID(), { deadlineMs: 20_000 });
    if (result.state !== 'uncertain') throw new Error(result.state);
    yes<Same<typeof result.why, 'deadline' | 'not-found' | 'mismatch'>>(true);
    expect(result.why).toBe('deadline');
    // @ts-expect-error: none was ever found
    expect(() => result.payment.state).toThrow(TypeError);
    expect(result.differences?.[0]?.field).toBeUndefined();
  });

  test('that failed or expired has a payment of that state, with an optional reason', async () => {
    const result = await createClientWorld().client.collect({ ...request, payer: '46733123451' });
    if (result.state !== 'failed' && result.state !== 'expired') throw new Error(result.state);
    yes<Same<typeof result.payment.state, 'failed' | 'expired'>>(true);
    expect(result.payment.reason?.code).toBe('APPROVAL_REJECTED');
  });

  test('of a read of one’s own carries what that read gives', async () => {
    const { client } = createClientWorld();
    type Invoice = { state: 'pending' | 'successful'; isFinal: boolean; invoiceId: string };
    const result = await client.pollUntilFinal(crypto.randomUUID(), {
      read: async (referenceId, { signal, deadlineMs }): Promise<Invoice> => {
        yes<Same<typeof signal, AbortSignal | undefined>>(true);
        expect(deadlineMs).toBeGreaterThan(0);
        return { state: 'successful', isFinal: true, invoiceId: referenceId };
      },
      onUpdate: ({ invoiceId }) => void invoiceId.length,
    });
    yes<Same<typeof result, PollResult<Invoice>>>(true);
    if (result.state !== 'successful') throw new Error(result.state);
    expect(result.payment.invoiceId).toBe(result.referenceId);
    // @ts-expect-error: an invoice has no payer
    expect(result.payment.payer).toBeUndefined();
  });

  test('of another resource of MTN’s carries that resource, in the state it says', async () => {
    const { client } = createClientWorld();
    const { referenceId } = await client.createInvoice({
      ...{ externalId: 'invoice-1', amount: '12.50', currency: 'EUR', validityDuration: 60 },
      ...{ intendedPayer: '46733999888', payee: '46733999777' },
    });
    const result = await client.pollUntilFinal(referenceId, { read: (id, options) => client.getInvoice(id, options) });
    yes<Same<typeof result, PollResult<InvoiceStatus>>>(true);
    if (result.state !== 'successful') throw new Error(result.state);
    yes<Same<typeof result.payment.state, 'successful'>>(true);
    yes<Same<typeof result.payment.invoiceId, string | undefined>>(true);
    expect(result.payment.invoiceId).toMatch(/^\d+$/);
    // @ts-expect-error: an invoice has an intended payer
    expect(result.payment.payer).toBeUndefined();
  });

  test('cannot come of a read that tells no state', async () => {
    const { client } = createClientWorld();
    const controller = new AbortController();
    controller.abort();
    const { signal } = controller;
    await expect(
      // @ts-expect-error: `state` and `isFinal` are what polling needs
      client.pollUntilFinal(crypto.randomUUID(), { signal, read: async () => ({ status: 'PENDING' }) }),
    ).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('a step of a poll', () => {
  test('has a delay just when it waits, and a result just when it is done', () => {
    const state = createPollState({ referenceId: crypto.randomUUID(), startedAtMs: 0 });
    const step = pollStep(state, { kind: 'none' }, 0);
    if (step.action === 'wait') {
      yes<Same<typeof step.delayMs, number>>(true);
      expect(step.delayMs).toBeGreaterThan(0);
    } else if (step.action === 'done') {
      expect(step.result.reads).toBe(0);
    } else {
      // @ts-expect-error: a read is for now
      expect(step.delayMs.toFixed()).toBeUndefined();
    }
    expect(step.action).toBe('wait');
    // @ts-expect-error: no such observation
    expect(pollStep(state, { kind: 'paid' }, 0).action).toBe('wait');
    // @ts-expect-error: not before it is done
    const result: object = step.result;
    expect(result).toBeUndefined();
  });
});

describe('what a caller writes', () => {
  test('a target environment is a known name or any other text', () => {
    const known: TargetEnvironment = 'mtnrwanda';
    const other: TargetEnvironment = 'mtnatlantis';
    expect([known, other]).toHaveLength(2);
    // @ts-expect-error: not a number
    const wrong: TargetEnvironment = 7;
    expect(wrong).toBe(7);
    yes<Same<(typeof targetEnvironments)['mtnrwanda']['currency'], 'RWF'>>(true);
    // @ts-expect-error: not in the table
    expect(targetEnvironments.mtnatlantis).toBeUndefined();
  });

  test('a request takes amounts as text, number or bigint, and a payer as text or party', () => {
    const party: Party = { partyIdType: 'EMAIL', partyId: 'a@example.com' };
    const requests: RequestToPay[] = [
      request,
      { ...request, amount: 5 },
      { ...request, amount: 5n, payer: party },
      // With exactOptionalPropertyTypes, so that `referenceId: order.referenceId` compiles.
      { ...request, referenceId: undefined, callbackUrl: undefined, payerMessage: undefined, payeeNote: undefined },
      // @ts-expect-error: no payer, no payment
      { amount: '5', currency: 'EUR', externalId: 'order-1' },
      // @ts-expect-error: not a type of party that MTN knows
      { ...request, payer: { partyIdType: 'ALIAS', partyId: 'x' } },
      // @ts-expect-error: a misspelt field would be lost in silence
      { amount: '5', currency: 'EUR', externalId: 'order-1', payer: 'x', payeNote: 'hello' },
    ];
    expect(requests).toHaveLength(7);
  });

  test('options that are undefined are options not given', () => {
    const options: MomoCollectionsOptions = {
      subscriptionKey: 'k',
      apiUser: 'u',
      apiKey: 's',
      targetEnvironment: 'sandbox',
      baseUrl: undefined,
      callbackUrl: undefined,
      providerCallbackHost: undefined,
      tokenStore: undefined,
      fetch: undefined,
      clock: undefined,
      timeoutMs: undefined,
      onEvent: undefined,
    };
    // @ts-expect-error: a client needs its three secrets and an environment
    const incomplete: MomoCollectionsOptions = { subscriptionKey: 'k', apiUser: 'u' };
    expect(Object.keys({ ...options, ...incomplete })).toContain('apiKey');
  });

  test('the platform’s fetch, and a store without a lock, fit', () => {
    const store: TokenStore = { get: async () => undefined, set: async () => {}, delete: async () => {} };
    const options: Partial<MomoCollectionsOptions> = { fetch: globalThis.fetch, tokenStore: store };
    // @ts-expect-error: a store must answer with promises
    const hasty: TokenStore = { ...store, get: () => undefined };
    expect([options.tokenStore, typeof hasty.get]).toEqual([store, 'function']);
  });

  test('the rules take and give states, not any words', () => {
    const next: PaymentState = transition('pending', 'successful');
    yes<Same<ReturnType<typeof toPaymentState>, ObservedState>>(true);
    expect(next).toBe('successful');
    // @ts-expect-error: no such state
    expect(() => transition('pending', 'paid')).toThrow(MomoError);
  });

  test('an accepted request says what to store', () => {
    yes<Same<AcceptedRequest['outcome'], 'accepted' | 'already-accepted'>>(true);
    yes<Same<Awaited<ReturnType<MomoCollections['requestToPay']>>, AcceptedRequest>>(true);
    type Stored = Pick<AcceptedRequest, 'referenceId' | 'targetEnvironment' | 'baseUrl'>;
    yes<Same<Stored[keyof Stored], string>>(true);
  });
});
