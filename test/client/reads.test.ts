import { describe, expect, test } from 'vitest';
import type { MomoError } from '../../src/index.js';
import { createClientWorld, errorOf, payer, request, type Trick } from '../support/client-world.js';
import {
  answers,
  breaksInBody,
  fetchFailed,
  gateway,
  hangs,
  hangsInBody,
  html,
  lost,
  wallet,
} from '../support/tricks.js';

/** A client with one payment made, and nothing else on the wire's record of status reads. */
async function paidWorld(options: Parameters<typeof createClientWorld>[0] = {}) {
  const world = createClientWorld(options);
  const { referenceId } = await world.client.requestToPay(request);
  return { ...world, referenceId };
}

/** Milliseconds between the status reads. */
function gapsOf(calls: readonly { atMs: number }[]): number[] {
  return calls.slice(1).map(({ atMs }, index) => atMs - (calls[index]?.atMs ?? 0));
}

describe('a status read', () => {
  test('gives MTN’s fields, our state, and the raw answer', async () => {
    const { client, referenceId } = await paidWorld();
    const status = await client.getRequestToPay(referenceId);
    expect(status).toEqual({
      referenceId,
      status: 'SUCCESSFUL',
      state: 'successful',
      isFinal: true,
      amount: '12.5',
      currency: 'EUR',
      externalId: 'order-1',
      payer: { partyIdType: 'MSISDN', partyId: payer },
      financialTransactionId: expect.stringMatching(/^\d+$/),
      payerMessage: 'order-1',
      payeeNote: 'order-1',
      raw: expect.objectContaining({ status: 'SUCCESSFUL' }),
    });
  });

  test('sends what MTN asks for, and nothing more', async () => {
    const { client, referenceId, sent, sandbox } = await paidWorld();
    await client.getRequestToPay(referenceId.toUpperCase());
    const [call] = sent('status');
    expect(call?.url).toBe(`${sandbox.baseUrl}/collection/v1_0/requesttopay/${referenceId}`);
    expect(Object.keys(call?.headers ?? {}).sort()).toEqual(
      expect.arrayContaining(['authorization', 'ocp-apim-subscription-key', 'x-target-environment']),
    );
    for (const name of ['x-reference-id', 'x-callback-url', 'content-type'])
      expect(call?.headers).not.toHaveProperty(name);
  });

  test.each(['', '12', 'not-a-uuid', '6ba7b810-9dad-11d1-80b4-00c04fd430c8', '../balance', undefined, null, 7, {}])(
    'of the id %j is refused without a call',
    async (id) => {
      const world = createClientWorld();
      await expect(world.client.getRequestToPay(id as string)).rejects.toMatchObject({
        code: 'invalid_input',
        issues: [{ path: 'referenceId' }],
        isRetryable: false,
      });
      await expect(world.client.pollUntilFinal(id as string)).rejects.toMatchObject({ code: 'invalid_input' });
      expect(world.client.checkNow(id as string)).toBe(false);
      expect(world.wire).toEqual([]);
    },
  );

  test.each<[string, unknown, unknown]>([
    ['an object', { code: 'APPROVAL_REJECTED', message: 'no' }, { code: 'APPROVAL_REJECTED', message: 'no' }],
    ['an object without a message', { code: 'APPROVAL_REJECTED' }, { code: 'APPROVAL_REJECTED' }],
    ['a bare word', 'APPROVAL_REJECTED', { code: 'APPROVAL_REJECTED' }],
    ['a word we do not know', 'MARTIANS', { code: 'MARTIANS' }],
    ['null', null, undefined],
    ['missing', undefined, undefined],
    ['empty', '', undefined],
    ['a number', 7, undefined],
    ['an empty object', {}, undefined],
    ['an object with an empty code', { code: '', message: 'no' }, undefined],
    ['an object whose code is a number', { code: 7, message: 'no' }, undefined],
    ['an object with an empty message', { code: 'APPROVAL_REJECTED', message: '' }, { code: 'APPROVAL_REJECTED' }],
    ['an object whose message is a number', { code: 'APPROVAL_REJECTED', message: 7 }, { code: 'APPROVAL_REJECTED' }],
  ])('whose reason is %s has it as { code, message? } or not at all', async (_, reason, expected) => {
    const { client, referenceId, trick } = await paidWorld();
    trick('status', answers(200, { status: 'FAILED', reason }));
    const status = await client.getRequestToPay(referenceId);
    expect(status.state).toBe('failed');
    expect(status.reason).toEqual(expected);
    expect('reason' in status).toBe(expected !== undefined);
  });

  test.each([
    ['SUCCESSFUL', undefined, 'successful', true],
    ['FAILED', undefined, 'failed', true],
    ['FAILED', 'EXPIRED', 'expired', true],
    ['FAILED', { code: 'COULD_NOT_PERFORM_TRANSACTION' }, 'expired', true],
    ['PENDING', undefined, 'pending', false],
    ['CREATED', undefined, 'pending', false],
    ['successful', undefined, 'pending', false],
    ['TIMEOUT', undefined, 'pending', false],
    ['REJECTED', 'APPROVAL_REJECTED', 'pending', false],
    ['constructor', undefined, 'pending', false],
    ['Brand New', undefined, 'pending', false],
  ])('of the word %s with the reason %j is %s', async (word, reason, state, isFinal) => {
    const { client, referenceId, trick } = await paidWorld();
    trick('status', answers(200, { status: word, reason }));
    await expect(client.getRequestToPay(referenceId)).resolves.toMatchObject({ status: word, state, isFinal });
  });

  test('takes numbers for text, and odd fields for absent ones', async () => {
    const { client, referenceId, trick } = await paidWorld();
    const raw = {
      status: 'SUCCESSFUL',
      amount: 12.5,
      currency: null,
      externalId: 17,
      payer: 'x',
      financialTransactionId: 1546245,
      payerMessage: [],
      extra: { a: 1 },
    };
    trick('status', answers(200, raw));
    const status = await client.getRequestToPay(referenceId);
    expect(status).toEqual({
      referenceId,
      status: 'SUCCESSFUL',
      state: 'successful',
      isFinal: true,
      amount: '12.5',
      externalId: '17',
      financialTransactionId: '1546245',
      raw,
    });
  });
});

describe('reads are retried', () => {
  test.each<[string, Trick, string]>([
    ['a cut connection', lost(fetchFailed('ECONNRESET')), 'network'],
    ['a name not found', lost(fetchFailed('ENOTFOUND')), 'network'],
    ['an error without a code', lost(new TypeError('Load failed')), 'network'],
    ['something thrown that is no error', lost('oops'), 'network'],
    ['a body cut short', breaksInBody(200, '{"st'), 'network'],
    ['408', answers(408), 'unavailable'],
    ['429', answers(429, gateway.rateLimited), 'rate_limited'],
    ['500 without a body', answers(500), 'unavailable'],
    ['500 INTERNAL_PROCESSING_ERROR', answers(500, wallet.internal), 'unavailable'],
    ['500 with a code we do not know', answers(500, { code: 'NEW' }), 'unavailable'],
    ['502 with a page', answers(502, html), 'unavailable'],
    ['503', answers(503, wallet.unavailable), 'unavailable'],
    ['504', answers(504), 'unavailable'],
  ])('after %s: two faults are survived, three are an error to retry', async (_, trick, code) => {
    const { client, referenceId, trick: play, trickAll, sent } = await paidWorld();
    play('status', trick, trick);
    await expect(client.getRequestToPay(referenceId)).resolves.toMatchObject({ state: 'successful' });
    expect(sent('status')).toHaveLength(3);
    trickAll('status', trick);
    const error = await errorOf(client.getRequestToPay(referenceId));
    expect(error).toMatchObject({ code, referenceId, isRetryable: true });
    expect(sent('status')).toHaveLength(6);
  });

  test('after an attempt that hung, and after one whose body hung', async () => {
    const { client, referenceId, trick, trickAll, sent } = await paidWorld({ timeoutMs: 60 });
    trick('status', hangs, hangsInBody(200));
    await expect(client.getRequestToPay(referenceId)).resolves.toMatchObject({ state: 'successful' });
    trickAll('status', hangs);
    const error = await errorOf(client.getRequestToPay(referenceId));
    expect(error).toMatchObject({ code: 'timeout', referenceId, isRetryable: true });
    expect(sent('status')).toHaveLength(6);
  });

  test('with full jitter from nothing to 300 ms, then to 600 ms', async () => {
    for (const [share, gaps] of [
      [0, [0, 0]],
      [0.5, [150, 300]],
      [1, [300, 600]],
    ] as const) {
      const { client, referenceId, trickAll, sent } = await paidWorld({ random: () => share });
      trickAll('status', answers(503));
      await errorOf(client.getRequestToPay(referenceId));
      expect(gapsOf(sent('status'))).toEqual(gaps);
    }
  });

  test.each<[string, (nowMs: number) => string, number]>([
    ['seconds', () => '7', 7_000],
    ['seconds with spaces around them', () => '  7 ', 7_000],
    ['a fraction of a second', () => '0.5', 500],
    ['zero', () => '0', 0],
    ['an hour', () => '3600', 30_000],
    ['more than fits', () => '9'.repeat(400), 30_000],
    ['negative seconds', () => '-5', 0],
    ['a date to come', (nowMs) => new Date(Math.ceil(nowMs / 1_000) * 1_000 + 9_000).toUTCString(), 9_500],
    ['a date far away', () => 'Fri, 31 Dec 2100 23:59:59 GMT', 30_000],
    ['a date long past', () => 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
    ['rubbish', () => 'soon', 0],
    ['nothing', () => '', 0],
  ])('Retry-After of %s is honoured within 0 and 30 s', async (_, value, wanted) => {
    const world = await paidWorld({ random: () => 0 });
    world.trick('status', async () =>
      answers(429, undefined, { 'Retry-After': value(world.clock.now()) })(never, noSignal),
    );
    await expect(world.client.getRequestToPay(world.referenceId)).resolves.toMatchObject({ state: 'successful' });
    const [gap] = gapsOf(world.sent('status'));
    expect(gap).toBeGreaterThanOrEqual(wanted - 500);
    expect(gap).toBeLessThanOrEqual(wanted + 500);
  });

  const never = () => new Promise<Response>(() => {});
  const noSignal = new AbortController().signal;

  test('Retry-After counts on 503 too, and the longer of it and the jitter is waited', async () => {
    const { client, referenceId, trick, sent } = await paidWorld({ random: () => 1 });
    trick('status', answers(503, undefined, { 'Retry-After': '4' }), answers(503, undefined, { 'Retry-After': '0' }));
    await client.getRequestToPay(referenceId);
    expect(gapsOf(sent('status'))).toEqual([4_000, 600]);
  });

  test('a 429 that lasts is rate_limited, with how long to wait', async () => {
    const { client, referenceId, trickAll } = await paidWorld();
    trickAll('status', answers(429, gateway.rateLimited, { 'Retry-After': '7' }));
    await expect(client.getRequestToPay(referenceId)).rejects.toMatchObject({
      code: 'rate_limited',
      status: 429,
      retryAfterMs: 7_000,
    });
  });

  test.each([
    ['3600', 20_000],
    ['29', 20_000],
    ['1', 500],
  ])('never past the deadline: Retry-After of %s s under a deadline of %i ms', async (seconds, deadlineMs) => {
    const { client, referenceId, trickAll, clock } = await paidWorld();
    trickAll('status', answers(429, undefined, { 'Retry-After': seconds }));
    const startedAtMs = clock.now();
    const error = await errorOf(client.getRequestToPay(referenceId, { deadlineMs }));
    expect(['rate_limited', 'timeout']).toContain((error as MomoError).code);
    expect(error).toMatchObject({ isRetryable: true });
    expect(clock.now() - startedAtMs).toBeLessThanOrEqual(deadlineMs);
  });

  test('the default deadline of a read is 60 s: a third wait that would end at it is not begun', async () => {
    const { client, referenceId, trickAll, clock, sent } = await paidWorld();
    trickAll('status', answers(429, undefined, { 'Retry-After': '3600' }));
    const startedAtMs = clock.now();
    await errorOf(client.getRequestToPay(referenceId));
    expect(clock.now() - startedAtMs).toBeLessThanOrEqual(60_000);
    expect(sent('status')).toHaveLength(2);
  });
});

describe('reads are not retried', () => {
  test.each<[string, Trick, object]>([
    ['a wallet 404 is not_found', answers(404, wallet.notFound), { code: 'not_found', isRetryable: true }],
    ['another wallet 404 is not_found', answers(404, { code: 'TRANSACTION_NOT_FOUND' }), { code: 'not_found' }],
    ['a gateway 404 is a wrong URL', answers(404, gateway.notFound), { code: 'rejected', isRetryable: false }],
    ['400 is rejected', answers(400), { code: 'rejected', status: 400, isRetryable: false }],
    ['403 is forbidden', answers(403, gateway.forbidden), { code: 'forbidden', isRetryable: false }],
    [
      '500 with a final code is rejected, with the reason',
      answers(500, { code: 'NOT_ALLOWED_TARGET_ENVIRONMENT', message: 'Access to target environment is forbidden.' }),
      {
        code: 'rejected',
        status: 500,
        reason: { code: 'NOT_ALLOWED_TARGET_ENVIRONMENT', message: 'Access to target environment is forbidden.' },
        isRetryable: false,
      },
    ],
    ['a page with 200 is unexpected', answers(200, html), { code: 'unexpected_response', isRetryable: true }],
    ['200 without a body is unexpected', answers(200), { code: 'unexpected_response' }],
    ['200 with a list is unexpected', answers(200, []), { code: 'unexpected_response' }],
    ['200 with null is unexpected', answers(200, 'null'), { code: 'unexpected_response' }],
    ['200 without a status word is unexpected', answers(200, { amount: '1' }), { code: 'unexpected_response' }],
    ['200 with a status of nothing is unexpected', answers(200, { status: '' }), { code: 'unexpected_response' }],
    ['200 with a status that is no word is unexpected', answers(200, { status: 7 }), { code: 'unexpected_response' }],
    [
      'a redirect is unexpected',
      answers(302, undefined, { location: 'https://e.example' }),
      { code: 'unexpected_response' },
    ],
  ])('%s', async (_, trick, expected) => {
    const { client, referenceId, trickAll, sent } = await paidWorld();
    trickAll('status', trick);
    const error = await errorOf(client.getRequestToPay(referenceId));
    expect(error).toMatchObject({ ...expected, referenceId });
    expect(error.message).toContain(referenceId);
    expect(sent('status')).toHaveLength(1);
  });

  test('an empty 404 is neither not_found nor a wrong URL', async () => {
    const { client, referenceId, trickAll } = await paidWorld();
    trickAll('status', answers(404));
    const error = await errorOf(client.getRequestToPay(referenceId));
    expect((error as MomoError).code).toBe('unexpected_response');
  });

  test('a 404 with a page is not not_found', async () => {
    const { client, referenceId, trickAll } = await paidWorld();
    trickAll('status', answers(404, html));
    expect(((await errorOf(client.getRequestToPay(referenceId))) as MomoError).code).not.toBe('not_found');
  });

  test('a refused certificate, but once', async () => {
    const { client, referenceId, trickAll, sent } = await paidWorld();
    trickAll('status', lost(fetchFailed('CERT_HAS_EXPIRED')));
    await expect(client.getRequestToPay(referenceId)).rejects.toMatchObject({ code: 'network' });
    expect(sent('status')).toHaveLength(1);
  });

  test('a 401 renews the token once and reads again; a second one is unauthorized', async () => {
    const { client, referenceId, trick, sent } = await paidWorld();
    trick('status', answers(401));
    await expect(client.getRequestToPay(referenceId)).resolves.toMatchObject({ state: 'successful' });
    expect(sent('token')).toHaveLength(2);
    trick('status', answers(401), answers(401));
    await expect(client.getRequestToPay(referenceId)).rejects.toMatchObject({ code: 'unauthorized', referenceId });
  });

  test('an unknown payment of the sandbox is not_found', async () => {
    const world = createClientWorld();
    await expect(world.client.getRequestToPay(crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('the options of a call', () => {
  test.each([
    ['a deadline below zero', { deadlineMs: -1 }],
    ['a deadline that is no number', { deadlineMs: Number.NaN }],
    ['a deadline of text', { deadlineMs: '5' }],
    ['a signal that is none', { signal: {} }],
  ])('%s is refused without a call', async (_, options) => {
    const world = createClientWorld();
    const id = crypto.randomUUID();
    for (const call of [
      world.client.getRequestToPay(id, options as object),
      world.client.requestToPay(request, options as object),
      world.client.pollUntilFinal(id, options as object),
      world.client.collect(request, options as object),
      world.client.getToken(options as object),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect(world.wire).toEqual([]);
  });

  test('a deadline of Infinity is none', async () => {
    const { client, referenceId } = await paidWorld();
    await expect(client.getRequestToPay(referenceId, { deadlineMs: Number.POSITIVE_INFINITY })).resolves.toBeDefined();
  });
});
