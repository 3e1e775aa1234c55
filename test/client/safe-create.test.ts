import { describe, expect, test } from 'vitest';
import { MomoError } from '../../src/index.js';
import { type ClientWorld, createClientWorld, errorOf, outcomeOf, payer, request } from '../support/client-world.js';
import {
  answers,
  answersAfter,
  breaksInBodyAfter,
  fetchFailed,
  gateway,
  hangs,
  hangsDeaf,
  html,
  lost,
  lostAnswer,
  response,
  wallet,
} from '../support/tricks.js';

const reset = () => lost(fetchFailed('ECONNRESET'));
const walletNotFound = () => answers(404, wallet.notFound);

/** Seconds after the first create, of each call of a step. */
function secondsOf(world: ClientWorld, step: 'create' | 'status'): number[] {
  const startedAtMs = world.sent('create')[0]?.atMs ?? Number.NaN;
  return world.sent(step).map(({ atMs }) => (atMs - startedAtMs) / 1_000);
}

/** A client whose sandbox has a payment under this id already. */
async function worldWith(fields: object) {
  const world = createClientWorld();
  const referenceId = crypto.randomUUID();
  await world.newClient().requestToPay({ ...request, referenceId, ...fields });
  return { ...world, referenceId };
}

describe('a create that MTN answers', () => {
  test('202 is accepted, not compared, one attempt, and says where it was made', async () => {
    const { client, sandbox, wire } = createClientWorld();
    const accepted = await client.requestToPay(request);
    expect(accepted).toEqual({
      referenceId: sandbox.payments[0]?.referenceId,
      outcome: 'accepted',
      compared: false,
      attempts: 1,
      targetEnvironment: 'sandbox',
      baseUrl: sandbox.baseUrl,
    });
    expect(wire.map(({ step }) => step)).toEqual(['token', 'create']);
  });

  test('202 is accepted without waiting for a body that never ends', async () => {
    const world = createClientWorld();
    world.trick('create', async (arrive) => {
      await arrive();
      return new Response(new ReadableStream({}), { status: 202 });
    });
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 1 });
  });

  test('202 is accepted although its body breaks off', async () => {
    const world = createClientWorld();
    world.trick('create', breaksInBodyAfter('{"x'));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 1 });
    expect(world.sent('status')).toEqual([]);
  });

  test('409 with the same payment is already accepted, after a comparison at once', async () => {
    const { client, referenceId, sandbox, sent, clock } = await worldWith({});
    const startedAtMs = clock.now();
    const accepted = await client.requestToPay({ ...request, referenceId });
    expect(accepted).toMatchObject({ referenceId, outcome: 'already-accepted', compared: true, attempts: 1 });
    expect(sandbox.payments).toHaveLength(1);
    expect(sent('status')).toHaveLength(1);
    expect(clock.now()).toBe(startedAtMs);
  });

  test('409 compares amounts as decimals', async () => {
    const { client, referenceId } = await worldWith({ amount: '12.5' });
    await expect(client.requestToPay({ ...request, amount: '0012.50', referenceId })).resolves.toMatchObject({
      outcome: 'already-accepted',
    });
  });

  test.each([
    ['amount', { amount: '12.51' }],
    ['externalId', { externalId: 'order-2' }],
    ['payer', { payer: '46733999777' }],
  ])('409 with another %s is a conflict that names the field, never to be retried', async (field, fields) => {
    const { client, referenceId, sandbox, sent } = await worldWith(fields);
    const error = await errorOf(client.requestToPay({ ...request, referenceId }));
    expect(error).toMatchObject({ code: 'reference_conflict', referenceId, isRetryable: false });
    expect(error.message).toContain(field);
    expect(error.message).not.toMatch(/12\.5|46733999|order-/);
    expect(sandbox.payments).toHaveLength(1);
    expect(sent('create')).toHaveLength(2); // one of them made the other payment
  });

  test('409 with another currency is a conflict', async () => {
    const world = createClientWorld();
    const referenceId = crypto.randomUUID();
    world.trick('create', answers(409, wallet.alreadyExists));
    world.trick('status', answers(200, { status: 'PENDING', currency: 'USD' }));
    await expect(world.client.requestToPay({ ...request, referenceId })).rejects.toMatchObject({
      code: 'reference_conflict',
    });
  });

  test('409 with a masked payer compares the digits that show', async () => {
    for (const [partyId, code] of [
      ['46*****9888', undefined],
      ['46*****9777', 'reference_conflict'],
    ] as const) {
      const world = createClientWorld();
      world.trick('create', answers(409));
      world.trick('status', answers(200, { status: 'PENDING', payer: { partyIdType: 'MSISDN', partyId } }));
      const outcome = await outcomeOf(world.client.requestToPay({ ...request, referenceId: crypto.randomUUID() }));
      expect((outcome as MomoError).code).toBe(code);
    }
  });

  test('409 and a status with nothing to compare is already accepted, and says that it was not compared', async () => {
    const world = createClientWorld();
    const referenceId = crypto.randomUUID();
    world.trick('create', answers(409, wallet.alreadyExists));
    world.trick('status', answers(200, { status: 'PENDING' }));
    await expect(world.client.requestToPay({ ...request, referenceId })).resolves.toMatchObject({
      outcome: 'already-accepted',
      compared: false,
    });
  });

  test('after a 409 a status of 404 is read again to the deadline, at once and then 2, 5, 10, 20, 30, 40 s on, and nothing is resent', async () => {
    const world = createClientWorld();
    world.trick('create', answers(409, wallet.alreadyExists));
    world.trickAll('status', walletNotFound());
    const error = await errorOf(world.client.requestToPay({ ...request, referenceId: crypto.randomUUID() }));
    expect(error).toMatchObject({ code: 'outcome_unknown', isRetryable: false });
    expect(secondsOf(world, 'create')).toEqual([0]);
    expect(secondsOf(world, 'status').slice(0, 8)).toEqual([0, 2, 5, 10, 20, 30, 40, 50]);
    expect(secondsOf(world, 'status').at(-1)).toBe(110);
  });

  test('after a 409 a payment that shows late is already accepted', async () => {
    const world = await worldWith({});
    world.trick('status', walletNotFound(), walletNotFound(), walletNotFound());
    await expect(world.client.requestToPay({ ...request, referenceId: world.referenceId })).resolves.toMatchObject({
      outcome: 'already-accepted',
      compared: true,
    });
  });

  test('two calls at once with the same id make one payment, and both are told', async () => {
    const { client, sandbox } = createClientWorld();
    const referenceId = crypto.randomUUID();
    const outcomes = await Promise.all([1, 2, 3].map(() => client.requestToPay({ ...request, referenceId })));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['accepted', 'already-accepted', 'already-accepted']);
    expect(sandbox.payments).toHaveLength(1);
  });
});

describe('a create of which surely nothing was sent', () => {
  const connecting = { syscall: 'connect' };
  test.each([
    ['ENOTFOUND', {}],
    ['EAI_AGAIN', {}],
    ['ECONNREFUSED', {}],
    ['UND_ERR_CONNECT_TIMEOUT', {}],
    ['ETIMEDOUT', connecting],
    ['EHOSTUNREACH', connecting],
    ['ENETUNREACH', connecting],
  ])(
    '%s: the same id is sent again, at most three times more, then it is a network error to retry',
    async (code, more) => {
      const world = createClientWorld();
      world.trickAll('create', lost(fetchFailed(code, more)));
      const error = await errorOf(world.client.requestToPay(request));
      expect(error).toMatchObject({ code: 'network', isRetryable: true, referenceId: expect.any(String) });
      expect(world.sent('create')).toHaveLength(4);
      expect(new Set(world.sent('create').map(({ headers }) => headers['x-reference-id'])).size).toBe(1);
      expect(world.sent('status')).toEqual([]);
    },
  );

  test.each([
    ['bare', (code: string) => Object.assign(new Error(code), { code })],
    ['six levels down', (code: string) => nest(Object.assign(new Error(code), { code }), 6)],
    ['nine levels down', (code: string) => nest(Object.assign(new Error(code), { code }), 9)],
    [
      'beside others, one for each address tried',
      (code: string) =>
        fetchFailedWith(
          new AggregateError([
            Object.assign(new Error('v6'), { code: 'ENETUNREACH', syscall: 'connect' }),
            Object.assign(new Error('v4'), { code, syscall: 'connect' }),
          ]),
        ),
    ],
  ])('the code is found %s', async (_, make) => {
    const world = createClientWorld();
    world.trick('create', lost(make('ECONNREFUSED')));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
    expect(world.sent('status')).toEqual([]);
  });

  function nest(error: Error, levels: number): Error {
    return levels === 0 ? error : new Error('outer', { cause: nest(error, levels - 1) });
  }
  function fetchFailedWith(cause: unknown): Error {
    return new TypeError('fetch failed', { cause });
  }

  test('it is sent again after a random wait, which may be none', async () => {
    const world = createClientWorld({ random: () => 0 });
    world.trick('create', lost(fetchFailed('ECONNREFUSED')));
    await world.client.requestToPay(request);
    expect(secondsOf(world, 'create')).toEqual([0, 0]);
  });

  test('a chain of causes that bites its own tail hangs nobody', async () => {
    const error = new Error('round') as Error & { cause?: unknown };
    error.cause = error;
    const world = createClientWorld();
    world.trick('create', lost(error));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
  });

  test.each(['ETIMEDOUT', 'EHOSTUNREACH', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])(
    '%s that did not come from connecting may have been sent: it is read first',
    async (code) => {
      const world = createClientWorld();
      world.trick('create', lostAnswer(fetchFailed(code)));
      await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 1 });
      expect(world.sent('create')).toHaveLength(1);
      expect(secondsOf(world, 'status')).toEqual([2]);
    },
  );

  test('a refused connection beside a reset one may have been sent', async () => {
    const world = createClientWorld();
    const errors = ['ECONNREFUSED', 'ECONNRESET'].map((code) => Object.assign(new Error(code), { code }));
    world.trick('create', lostAnswer(new TypeError('fetch failed', { cause: new AggregateError(errors) })));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ attempts: 1, compared: true });
  });

  test.each([
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ])('a refused certificate (%s) is a network error at once, without another send', async (code) => {
    const world = createClientWorld();
    world.trickAll('create', lost(fetchFailed(code)));
    const error = await errorOf(world.client.requestToPay(request));
    expect(error).toMatchObject({ code: 'network' });
    expect(error.message).toContain('certificate');
    expect(world.sent('create')).toHaveLength(1);
  });

  test('with no more time than the next wait, it ends as network or timeout within the deadline, and may be retried', async () => {
    const world = createClientWorld({ random: () => 0.999 });
    world.trickAll('create', lost(fetchFailed('ENOTFOUND')));
    const startedAtMs = world.clock.now();
    const error = await errorOf(world.client.requestToPay(request, { deadlineMs: 700 }));
    expect(['network', 'timeout']).toContain((error as MomoError).code);
    expect(error).toMatchObject({ isRetryable: true });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(700);
  });
});

describe('a create answered 401', () => {
  test('once: the token is renewed and the same request sent again, every header but Authorization unchanged', async () => {
    const world = createClientWorld();
    world.trick('create', answers(401));
    const accepted = await world.client.requestToPay({ ...request, callbackUrl: 'https://shop.example/momo' });
    expect(accepted).toMatchObject({ outcome: 'accepted', attempts: 2 });
    const [first, second] = world.sent('create');
    const { authorization: oldToken, ...headers } = first?.headers ?? {};
    const { authorization: newToken, ...otherHeaders } = second?.headers ?? {};
    expect(otherHeaders).toEqual(headers);
    expect(headers['x-callback-url']).toBe('https://shop.example/momo');
    expect(second?.body).toBe(first?.body);
    expect(newToken).not.toBe(oldToken);
    expect(world.sent('token')).toHaveLength(2);
  });

  test('twice: unauthorized with the reference id, after exactly one renewal', async () => {
    const world = createClientWorld();
    world.trickAll('create', answers(401));
    const error = await errorOf(world.client.requestToPay(request));
    expect(error).toMatchObject({ code: 'unauthorized', status: 401, isRetryable: false });
    expect((error as MomoError).referenceId).toBe(world.sent('create')[0]?.headers['x-reference-id']);
    expect(world.sent('create')).toHaveLength(2);
    expect(world.sent('token')).toHaveLength(2);
  });

  test('twice, under an id of the caller that MTN has: already accepted', async () => {
    const world = await worldWith({});
    world.trick('create', answers(401), answers(401));
    await expect(world.client.requestToPay({ ...request, referenceId: world.referenceId })).resolves.toMatchObject({
      outcome: 'already-accepted',
    });
  });

  test('by the gateway, for the subscription key, the error says which key to check', async () => {
    const world = createClientWorld();
    world.trickAll('create', answers(401, gateway.invalidKey));
    const error = await errorOf(world.client.requestToPay(request));
    expect(error.message).toContain('subscriptionKey');
  });
});

describe('a create answered 429', () => {
  test('waits as long as asked and sends the same again', async () => {
    const world = createClientWorld();
    world.trick('create', answers(429, gateway.rateLimited, { 'Retry-After': '7' }));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
    const [, second] = secondsOf(world, 'create');
    expect(second).toBeGreaterThanOrEqual(7);
    expect(second).toBeLessThan(13);
    expect(world.sent('status')).toEqual([]);
  });

  test('again and again is sent until MTN takes it, more often than a connection is tried', async () => {
    const world = createClientWorld();
    world.trick('create', ...Array.from({ length: 6 }, () => answers(429)));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 7 });
  });

  /** The send after a 429 finds its token refused, and no other comes: nothing has left but what was "too fast". */
  const busyAtOnce = () => answers(429, gateway.rateLimited, { 'Retry-After': '0' });
  test.each([
    ['at once', [busyAtOnce()]],
    ['after a connection was refused in between', [busyAtOnce(), lost(fetchFailed('ECONNREFUSED'))]],
  ])('and the time is up while a new token is awaited, %s, is rate_limited', async (_, tricks) => {
    const world = createClientWorld({ random: () => 0 });
    world.trick('create', ...tricks, answers(401));
    world.trick('token', undefined, hangs);
    await expect(world.client.requestToPay(request, { deadlineMs: 100 })).rejects.toMatchObject({
      code: 'rate_limited',
      status: 429,
    });
    expect(world.sent('create')).toHaveLength(tricks.length + 1);
  });

  test('and an abort while a new token is awaited is outcome_unknown, for the caller stopped asking', async () => {
    const world = createClientWorld({ random: () => 0 });
    const controller = new AbortController();
    world.trick('create', busyAtOnce(), answers(401));
    world.trick('token', undefined, (arrive, signal) => {
      setTimeout(() => controller.abort(), 5);
      return hangs(arrive, signal);
    });
    const error = await errorOf(world.client.requestToPay(request, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'outcome_unknown', message: expect.stringContaining('the call was aborted') });
  });

  test('until the time is up is rate_limited, never outcome_unknown', async () => {
    const world = createClientWorld();
    world.trickAll('create', answers(429, gateway.rateLimited, { 'Retry-After': '20' }));
    const startedAtMs = world.clock.now();
    const error = await errorOf(world.client.requestToPay(request, { deadlineMs: 50_000 }));
    expect(error).toMatchObject({ code: 'rate_limited', status: 429, isRetryable: false });
    expect(world.sent('create').length).toBeGreaterThan(1);
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(50_000);
  });

  test('until the time is up under the caller’s id may be retried', async () => {
    const world = createClientWorld();
    world.trickAll('create', answers(429, undefined, { 'Retry-After': '20' }));
    await expect(
      world.client.requestToPay({ ...request, referenceId: crypto.randomUUID() }, { deadlineMs: 30_000 }),
    ).rejects.toMatchObject({ code: 'rate_limited', isRetryable: true });
  });

  test('after a send of unknown fate, is no reason to say rate_limited', async () => {
    const world = createClientWorld();
    world.trick('create', lostAnswer());
    world.trickAll('create', answers(429));
    world.trickAll('status', walletNotFound());
    await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'outcome_unknown' });
  });
});

const refusals: [string, ReturnType<typeof answers>, object][] = [
  ['400 without a body', answers(400), { code: 'rejected', status: 400 }],
  [
    '400 of the wallet',
    answers(400, { code: 'VALIDATION_ERROR', message: 'bad' }),
    { code: 'rejected', reason: { code: 'VALIDATION_ERROR', message: 'bad' } },
  ],
  ['403', answers(403, gateway.forbidden), { code: 'forbidden', status: 403 }],
  ['404 of the gateway', answers(404, gateway.notFound), { code: 'rejected', status: 404 }],
  ['411 with a page', answers(411, html), { code: 'rejected', status: 411 }],
  ['415', answers(415), { code: 'rejected', status: 415 }],
  [
    '500 with a code that rejects',
    answers(500, { code: 'PAYER_NOT_FOUND', message: 'Payee does not exist' }),
    { code: 'rejected', status: 500, reason: { code: 'PAYER_NOT_FOUND', message: 'Payee does not exist' } },
  ],
  [
    '503 with a code that rejects',
    answers(503, { code: 'NOT_ENOUGH_FUNDS' }),
    { code: 'rejected', status: 503, reason: { code: 'NOT_ENOUGH_FUNDS' } },
  ],
];

describe.each(refusals)('a create refused with %s', (_name, refusal, expected) => {
  test('is final at once under an id of ours', async () => {
    const world = createClientWorld();
    world.trickAll('create', refusal);
    const error = await errorOf(world.client.requestToPay(request));
    expect(error).toMatchObject({ ...expected, isRetryable: false, referenceId: expect.any(String) });
    expect(world.sent('create')).toHaveLength(1);
    expect(world.sent('status')).toEqual([]);
  });

  test('under an id of the caller is read first, and final when MTN does not know it', async () => {
    const world = createClientWorld();
    world.trickAll('create', refusal);
    const startedAtMs = world.clock.now();
    await expect(world.client.requestToPay({ ...request, referenceId: crypto.randomUUID() })).rejects.toMatchObject(
      expected,
    );
    expect(world.sent('status')).toHaveLength(1);
    expect(world.clock.now()).toBe(startedAtMs);
  });

  test.each([
    ['TRANSACTION_NOT_FOUND', answers(404, { code: 'TRANSACTION_NOT_FOUND' })],
    ['a read that is forbidden', answers(403, gateway.forbidden)],
    ['a read answered 404 by the gateway', answers(404, gateway.notFound)],
    ['a read that is unauthorized twice', answers(401)],
  ])('under an id of the caller is final after %s', async (_read, read) => {
    const world = createClientWorld();
    world.trickAll('create', refusal);
    world.trickAll('status', read);
    await expect(world.client.requestToPay({ ...request, referenceId: crypto.randomUUID() })).rejects.toMatchObject(
      expected,
    );
  });

  test('under an id of the caller with the same payment at MTN is already accepted', async () => {
    const world = await worldWith({});
    world.trick('create', refusal);
    await expect(world.client.requestToPay({ ...request, referenceId: world.referenceId })).resolves.toMatchObject({
      outcome: 'already-accepted',
      compared: true,
    });
  });

  test('under an id of the caller with another payment at MTN is a conflict', async () => {
    const world = await worldWith({ amount: '1' });
    world.trick('create', refusal);
    await expect(world.client.requestToPay({ ...request, referenceId: world.referenceId })).rejects.toMatchObject({
      code: 'reference_conflict',
    });
  });

  test('under an id of the caller whose status cannot be read is unknown, and not resent', async () => {
    const world = createClientWorld();
    world.trick('create', refusal);
    world.trickAll('status', answers(503));
    await expect(world.client.requestToPay({ ...request, referenceId: crypto.randomUUID() })).rejects.toMatchObject({
      code: 'outcome_unknown',
      isRetryable: false,
    });
    expect(world.sent('create')).toHaveLength(1);
  });

  test.each([
    ['401, is final', 401, (expected as { code: string }).code],
    ['403, is final', 403, (expected as { code: string }).code],
    ['503 for good, is unknown', 503, 'outcome_unknown'],
  ])('under an id of the caller, when the token for that read is answered %s', async (_, status, code) => {
    const world = createClientWorld();
    world.trickAll('create', refusal);
    world.trickAll('status', answers(401));
    world.trick('token', undefined);
    world.trickAll('token', answers(status));
    const error = await errorOf(world.client.requestToPay({ ...request, referenceId: crypto.randomUUID() }));
    expect(error).toMatchObject({ code });
    expect(world.sent('create')).toHaveLength(1);
  });

  test('under an id of the caller whose status can be read at last is final', async () => {
    const world = createClientWorld();
    world.trick('create', refusal);
    world.trick('status', answers(503), answers(503));
    await expect(world.client.requestToPay({ ...request, referenceId: crypto.randomUUID() })).rejects.toMatchObject(
      expected,
    );
    expect(secondsOf(world, 'status')).toEqual([0, 2, 5]);
  });

  test('after a send of unknown fate is read at once, and accepted when found', async () => {
    const world = createClientWorld();
    world.sandbox.fault({ on: 'requestToPay', lagMs: 30_100 });
    world.trick('create', lostAnswer(), async (arrive, signal) => {
      world.sandbox.advance(200);
      return refusal(arrive, signal);
    });
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
    expect(secondsOf(world, 'status').slice(-2)).toEqual([30, 30.2]);
  });

  test('after a send of unknown fate, and never found, is unknown', async () => {
    const world = createClientWorld();
    world.trick('create', reset());
    world.trickAll('create', refusal);
    await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'outcome_unknown' });
  });
});

test('a create refused under an id of the caller, whose read got no token once, is read again and final then', async () => {
  const world = createClientWorld();
  world.trick('create', answers(400));
  world.trick('status', answers(401));
  world.trick('token', undefined, answers(400));
  const referenceId = crypto.randomUUID();
  const error = await errorOf(world.client.requestToPay({ ...request, referenceId }));
  expect(error).toMatchObject({ code: 'rejected', status: 400, referenceId });
  expect(secondsOf(world, 'status')).toEqual([0, 2]);
  expect(world.sent('create')).toHaveLength(1);
});

const unknowns: [string, number, unknown?][] = [
  ['200 with a page', 200, html],
  ['200 with JSON', 200, { ok: true }],
  ['200 without a body', 200],
  ['201', 201],
  ['301', 301],
  ['302', 302],
  ['404 without a body', 404],
  ['400 that speaks of a duplicate', 400, wallet.alreadyExists],
  ['404 of the wallet', 404, wallet.notFound],
  ['408', 408],
  ['500 without a body', 500],
  ['500 INTERNAL_PROCESSING_ERROR', 500, wallet.internal],
  ['500 SERVICE_UNAVAILABLE', 500, wallet.unavailable],
  ['500 with a code we do not know', 500, { code: 'BRAND_NEW' }],
  ['500 of the gateway', 500, gateway.internal],
  ['502', 502, html],
  ['503', 503],
  ['504', 504],
];

describe('a create of unknown fate', () => {
  test.each(unknowns)(
    '%s, but it arrived: the status read at 2 s accepts it, with nothing resent',
    async (_, status, body) => {
      const world = createClientWorld();
      world.trick('create', answersAfter(status, body));
      await expect(world.client.requestToPay(request)).resolves.toMatchObject({
        outcome: 'accepted',
        compared: true,
        attempts: 1,
      });
      expect(secondsOf(world, 'create')).toEqual([0]);
      expect(secondsOf(world, 'status')).toEqual([2]);
    },
  );

  test.each(unknowns)(
    '%s, and it did not arrive: resent at 30 s after five reads, and accepted',
    async (_, status, body) => {
      const world = createClientWorld();
      world.trick('create', answers(status, body));
      await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
      expect(secondsOf(world, 'status')).toEqual([2, 5, 10, 20, 30]);
      expect(secondsOf(world, 'create')).toEqual([0, 30]);
      expect(world.sandbox.payments).toHaveLength(1);
    },
  );

  test('a resend is byte-identical, with the same headers but Authorization, whatever the token did meanwhile', async () => {
    const world = createClientWorld();
    world.trick('create', reset(), reset());
    world.trick('status', answers(401)); // renews the token
    await world.client.requestToPay({
      ...request,
      callbackUrl: 'https://shop.example/cb?x=1',
      payerMessage: 'Merci é & co',
      payeeNote: 'n',
    });
    const sent = world.sent('create');
    expect(sent).toHaveLength(3);
    const shapes = sent.map(({ url, method, body, headers: { authorization: _, ...headers } }) => ({
      url,
      method,
      body,
      headers,
    }));
    expect(shapes[1]).toEqual(shapes[0]);
    expect(shapes[2]).toEqual(shapes[0]);
    expect(sent[1]?.headers.authorization).not.toBe(sent[0]?.headers.authorization);
  });

  test('it is resent at most twice, and read 2, 5, 10, 20, 30 s after each send, then every 10 s', async () => {
    const world = createClientWorld();
    world.trickAll('create', reset());
    const error = await errorOf(world.client.requestToPay(request));
    expect(error).toMatchObject({ code: 'outcome_unknown', isRetryable: false, referenceId: expect.any(String) });
    expect(secondsOf(world, 'create')).toEqual([0, 30, 60]);
    expect(secondsOf(world, 'status')).toEqual([2, 5, 10, 20, 30, 32, 35, 40, 50, 60, 62, 65, 70, 80, 90, 100, 110]);
  });

  test('the last resend is within 90 s of the start', async () => {
    const world = createClientWorld();
    world.trickAll('create', reset());
    // Found nowhere, but said clearly three times in a row only from 70 s on.
    world.trick('status', ...Array.from({ length: 8 }, () => answers(503)));
    await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(secondsOf(world, 'status').slice(0, 11)).toEqual([2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(secondsOf(world, 'create')).toEqual([0, 90]);
  });

  test('a resend that would come after 90 s does not come', async () => {
    const world = createClientWorld();
    world.trickAll('create', reset());
    world.trick('status', ...Array.from({ length: 9 }, () => answers(503)));
    await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(secondsOf(world, 'create')).toEqual([0]);
  });

  test('three 404s count only in a row', async () => {
    const world = createClientWorld();
    world.trick('create', reset());
    const unclear = answers(503);
    // 2, 5 not found; 10 unclear; 20, 30 not found: two in a row only. 40 is the third.
    world.trick('status', undefined, undefined, unclear);
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ attempts: 2 });
    expect(secondsOf(world, 'create')).toEqual([0, 40]);
  });

  test.each([
    ['404s of the gateway', answers(404, gateway.notFound)],
    ['404s without a body', answers(404)],
    ['500s that speak of a resource not found', answers(500, wallet.notFound)],
    ['401s', answers(401)],
    ['403s', answers(403, gateway.forbidden)],
    ['429s', answers(429)],
    ['500s', answers(500, wallet.internal)],
    ['pages with 200', answers(200, html)],
    ['cut connections', reset()],
  ])('reads that end in %s never lead to a resend, nor to a refusal', async (_, read) => {
    const world = createClientWorld();
    world.trick('create', reset());
    world.trickAll('status', read);
    await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(secondsOf(world, 'create')).toEqual([0]);
  });

  test('each read is one try, whatever it meets', async () => {
    const world = createClientWorld();
    world.trick('create', lostAnswer());
    world.trick('status', answers(503, undefined, { 'Retry-After': '1' }), answers(429), reset());
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 1 });
    expect(secondsOf(world, 'status')).toEqual([2, 5, 10, 20]);
  });

  test('reads that a slow one has missed are not made up', async () => {
    const world = createClientWorld();
    world.trick('create', reset());
    world.trick('status', async (arrive) => {
      await world.clock.sleep(16_000);
      return arrive();
    });
    await world.client.requestToPay(request);
    expect(secondsOf(world, 'status')).toEqual([2, 20, 30]);
    expect(secondsOf(world, 'create')).toEqual([0, 30]);
  });

  test('the clock of the reads starts when the send settled, not when it began', async () => {
    const world = createClientWorld();
    world.trick('create', async (arrive) => {
      await arrive();
      await world.clock.sleep(17_000);
      throw fetchFailed('ECONNRESET');
    });
    await world.client.requestToPay(request);
    expect(secondsOf(world, 'status')).toEqual([19]);
  });

  test('a resend answered 409 is accepted, not already accepted: this call made it', async () => {
    const world = createClientWorld();
    world.sandbox.fault({ on: 'requestToPay', lagMs: 30_001 });
    world.trick('create', lostAnswer());
    world.trick('create', async (arrive) => {
      world.sandbox.advance(5);
      return arrive();
    });
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({
      outcome: 'accepted',
      compared: true,
      attempts: 2,
    });
    expect(world.sent('create').map(({ status }) => status)).toEqual([undefined, 409]);
    expect(world.sandbox.payments).toHaveLength(1);
  });

  test('after a resend answered 409 nothing is sent again, however long the status says 404', async () => {
    const world = createClientWorld();
    world.sandbox.fault({ on: 'requestToPay', lagMs: 3_600_000 });
    world.trick('create', lostAnswer());
    await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'outcome_unknown' });
    expect(secondsOf(world, 'create')).toEqual([0, 30]);
  });

  test('a token refused while the fate is read keeps the outcome open', async () => {
    const world = createClientWorld();
    world.trick('create', lostAnswer());
    world.sandbox.fault({ on: 'requestToPay', lagMs: 45_000 });
    world.trick('status', undefined, undefined, undefined, undefined, async (arrive) => {
      const answer = await arrive();
      world.sandbox.advance(3_600_000); // the token has expired by the time of the resend
      return answer;
    });
    world.trick('token', undefined);
    world.trickAll('token', answers(500, { error: 'login_failed' }));
    const error = await errorOf(world.client.requestToPay(request, { deadlineMs: 7_200_000 }));
    expect(error).toMatchObject({ code: 'outcome_unknown', referenceId: expect.any(String) });
  });

  test('a token that fails on the way to a resend keeps the outcome open: it is read again 2 s on, and found', async () => {
    const world = createClientWorld();
    world.sandbox.fault({ on: 'requestToPay', lagMs: 31_000 });
    world.trick('create', lostAnswer(), answers(401));
    world.trick('token', undefined, answers(400));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
    expect(secondsOf(world, 'create')).toEqual([0, 30]);
    expect(secondsOf(world, 'status')).toEqual([2, 5, 10, 20, 30, 32]);
    expect(world.sandbox.payments).toHaveLength(1);
  });

  test('its read goes before reads that have queued for longer', async () => {
    const world = createClientWorld({ maxStatusReadsPerSecond: 1 });
    const { referenceId } = await world.client.requestToPay(request);
    world.trick('create', lostAnswer());
    const startedAtMs = world.clock.now();
    const reads = Array.from({ length: 20 }, () => world.client.getRequestToPay(referenceId));
    const accepted = await world.client.requestToPay(request);
    const probe = world.sent('status').find(({ url }) => url.endsWith(accepted.referenceId));
    expect((probe?.atMs ?? 0) - startedAtMs).toBeLessThan(4_000);
    await Promise.all(reads);
  });

  test('found under an id of the caller with another amount is a conflict', async () => {
    const world = await worldWith({ amount: '1' });
    world.trick('create', reset());
    await expect(world.client.requestToPay({ ...request, referenceId: world.referenceId })).rejects.toMatchObject({
      code: 'reference_conflict',
    });
  });

  test('a payment that failed meanwhile was accepted all the same: its status tells', async () => {
    const world = createClientWorld();
    world.trick('create', lostAnswer());
    const accepted = await world.client.requestToPay({ ...request, payer: '46733123450' });
    expect(accepted.outcome).toBe('accepted');
    await expect(world.client.getRequestToPay(accepted.referenceId)).resolves.toMatchObject({ state: 'failed' });
  });
});

describe('redirects of a create', () => {
  test.each([301, 302, 303, 307, 308])('%i is not followed: the keys go to no other address', async (status) => {
    const world = createClientWorld();
    world.trick('create', answers(status, undefined, { location: 'https://evil.example/steal' }));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ attempts: 2 });
    expect(new Set(world.wire.map(({ url }) => new URL(url).host))).toEqual(
      new Set([new URL(world.sandbox.baseUrl).host]),
    );
  });

  test('every request asks fetch not to follow', async () => {
    const world = createClientWorld();
    const asked: string[] = [];
    const { fetch } = world.sandbox;
    const client = world.newClient({
      fetch: (input, init) => {
        asked.push(new Request(input instanceof Request ? input.clone() : input, init).redirect);
        return fetch(input, init);
      },
    });
    const { referenceId } = await client.requestToPay(request);
    await client.getRequestToPay(referenceId);
    expect(asked).toEqual(['manual', 'manual', 'manual']);
  });

  test('an opaque redirect, as browsers give it, is an unknown outcome', async () => {
    const world = createClientWorld();
    world.trick('create', async (arrive) => {
      await arrive();
      return Object.defineProperties(response(204), {
        status: { value: 0 },
        type: { value: 'opaqueredirect' },
        ok: { value: false },
      });
    });
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', compared: true });
  });
});

describe('running out of time', () => {
  test('a deadline of nothing is a timeout, without any call', async () => {
    const world = createClientWorld();
    const error = await errorOf(world.client.requestToPay(request, { deadlineMs: 0 }));
    expect(error).toMatchObject({ code: 'timeout', isRetryable: true, referenceId: expect.any(String) });
    expect(world.wire).toEqual([]);
  });

  test('while the token is awaited it is a timeout, which may be retried: no byte has left', async () => {
    const world = createClientWorld();
    world.trickAll('token', hangs);
    const error = await errorOf(world.client.requestToPay(request, { deadlineMs: 60 }));
    expect(error).toMatchObject({ code: 'timeout', isRetryable: true });
    expect(world.sent('create')).toEqual([]);
  });

  test('when the token comes only after the deadline it is a timeout: no byte has left', async () => {
    const world = createClientWorld();
    world.trick('token', async (arrive) => {
      const answer = await arrive();
      world.sandbox.advance(121_000); // the machine slept, or the clock was set
      return answer;
    });
    const error = await errorOf(world.client.requestToPay(request));
    expect(world.sent('create')).toEqual([]);
    expect(error).toMatchObject({ code: 'timeout', isRetryable: true });
  });

  test.each([
    ['a fetch that heeds aborts', hangs],
    ['a fetch that is deaf to them', hangsDeaf],
  ])('while the create is under way, through %s, it is unknown', async (_, trick) => {
    const world = createClientWorld();
    world.trick('create', trick);
    const startedAt = performance.now();
    const error = await errorOf(world.client.requestToPay(request, { deadlineMs: 80 }));
    expect(error).toMatchObject({ code: 'outcome_unknown', isRetryable: false });
    expect((error as MomoError).referenceId).toBe(world.sent('create')[0]?.headers['x-reference-id']);
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });

  test('an attempt that times out is of unknown fate, and read', async () => {
    const world = createClientWorld({ timeoutMs: 60 });
    world.trick('create', hangs);
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
    expect(secondsOf(world, 'create')).toEqual([0, 30]);
  });

  test.each([1, 1_999, 2_001, 7_000, 29_000, 31_000, 61_000, 90_000])(
    'a create of unknown fate ends within its deadline of %i ms',
    async (deadlineMs) => {
      const world = createClientWorld();
      world.trickAll('create', reset());
      await world.client.getToken();
      const startedAtMs = world.clock.now();
      await expect(world.client.requestToPay(request, { deadlineMs })).rejects.toMatchObject({
        code: 'outcome_unknown',
      });
      expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(deadlineMs);
    },
  );

  test('the default deadline of a create is 120 s', async () => {
    const world = createClientWorld();
    world.trick('create', reset());
    world.trickAll('status', answers(503));
    await errorOf(world.client.requestToPay(request));
    expect(secondsOf(world, 'status').at(-1)).toBe(110);
  });
});

describe('an abort', () => {
  test('before the call is aborted, may be retried, and nothing is sent', async () => {
    const world = createClientWorld();
    const error = await errorOf(world.client.requestToPay(request, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'aborted', isRetryable: true, referenceId: expect.any(String) });
    expect(world.wire).toEqual([]);
  });

  test('while the token is awaited is aborted, and may be retried', async () => {
    const world = createClientWorld();
    const controller = new AbortController();
    world.trick('token', (arrive, signal) => {
      setTimeout(() => controller.abort(), 5);
      return hangs(arrive, signal);
    });
    const error = await errorOf(world.client.requestToPay(request, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'aborted', isRetryable: true });
    expect(world.sent('create')).toEqual([]);
  });

  test('while waiting to try an unsent create again is aborted, and may be retried', async () => {
    const controller = new AbortController();
    const world = createClientWorld({
      random: () => 0.9,
      clock: {
        now: () => Date.now(),
        sleep: (_ms, signal) => {
          controller.abort();
          return new Promise((_resolve, reject) => {
            if (signal?.aborted) reject(signal.reason);
            else signal?.addEventListener('abort', () => reject(signal.reason));
          });
        },
      },
    });
    world.trickAll('create', lost(fetchFailed('ECONNREFUSED')));
    const error = await errorOf(world.client.requestToPay(request, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'aborted', isRetryable: true });
  });

  test.each([
    ['a fetch that heeds aborts', hangs],
    ['a fetch that is deaf to them', hangsDeaf],
  ])('while the create is under way, through %s, is unknown at once', { retry: 3 }, async (_, trick) => {
    const world = createClientWorld();
    const controller = new AbortController();
    let abortedAt = 0;
    world.trick('create', (arrive, signal) => {
      setTimeout(() => {
        abortedAt = performance.now();
        controller.abort(new Error('user left'));
      }, 5);
      return trick(arrive, signal);
    });
    const error = await errorOf(world.client.requestToPay(request, { signal: controller.signal }));
    expect(performance.now() - abortedAt).toBeLessThan(50);
    expect(error).toMatchObject({ code: 'outcome_unknown', isRetryable: false, referenceId: expect.any(String) });
  });

  test('while waiting for the next read is unknown at once', async () => {
    const controller = new AbortController();
    const world = createClientWorld({
      clock: {
        now: () => Date.now(),
        sleep: () => {
          controller.abort();
          return new Promise(() => {}); // a clock that does not heed the signal
        },
      },
    });
    world.trick('create', reset());
    const error = await errorOf(world.client.requestToPay(request, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'outcome_unknown' });
  });

  test('after the call has settled changes nothing', async () => {
    const world = createClientWorld();
    const controller = new AbortController();
    const accepted = await world.client.requestToPay(request, { signal: controller.signal });
    controller.abort();
    expect(accepted.outcome).toBe('accepted');
  });
});

describe('collect', () => {
  test('goes on polling the same id when the outcome of the create is unknown', async () => {
    const world = createClientWorld();
    world.sandbox.fault({ on: 'requestToPay', lagMs: 200_000 });
    world.trick('create', lostAnswer());
    world.trickAll('create', reset());
    const ids: string[] = [];
    const result = await world.client.collect(request, { onReference: (id) => void ids.push(id) });
    expect(result).toMatchObject({ state: 'successful', referenceId: ids[0] });
    expect(world.sandbox.payments.map(({ referenceId }) => referenceId)).toEqual(ids);
  });

  test('never throws for an unknown create: without any answer it is uncertain at the deadline', async () => {
    const world = createClientWorld();
    world.trickAll('create', reset());
    world.trickAll('status', answers(503));
    const startedAtMs = world.clock.now();
    const result = await world.client.collect(request);
    expect(result).toMatchObject({ state: 'uncertain', why: 'deadline' });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(600_000);
  });

  test('with a deadline shorter than that of a create is uncertain at that deadline', async () => {
    const world = createClientWorld();
    world.trickAll('create', reset());
    const startedAtMs = world.clock.now();
    const result = await world.client.collect(request, { deadlineMs: 20_000 });
    expect(result.state).toBe('uncertain');
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(20_000);
  });

  test('awaits onReference before it sends, and passes its error through with nothing sent', async () => {
    const world = createClientWorld();
    const mine = new Error('the database is down');
    const outcome = await outcomeOf(
      world.client.collect(request, {
        onReference: async () => {
          await Promise.resolve();
          throw mine;
        },
      }),
    );
    expect(outcome).toBe(mine);
    expect(world.sent('create')).toEqual([]);
  });

  test('gives onReference the id that goes on the wire', async () => {
    const world = createClientWorld();
    let seen: string | undefined;
    let sentBefore = -1;
    await world.client.collect(request, {
      onReference: async (id) => {
        await new Promise((resolve) => setImmediate(resolve));
        sentBefore = world.sent('create').length;
        seen = id;
      },
    });
    expect(sentBefore).toBe(0);
    expect(world.sent('create').map(({ headers }) => headers['x-reference-id'])).toEqual([seen]);
  });

  test('throws a refusal with the reference id', async () => {
    const world = createClientWorld();
    world.trick('create', answers(500, { code: 'NOT_ALLOWED' }));
    await expect(world.client.collect(request)).rejects.toMatchObject({
      code: 'rejected',
      referenceId: expect.any(String),
      isRetryable: false,
    });
  });

  test('an abort in the create is aborted with the reference id, and not retryable once bytes have left', async () => {
    const world = createClientWorld();
    const controller = new AbortController();
    world.trick('create', (arrive, signal) => {
      controller.abort();
      return hangs(arrive, signal);
    });
    const error = await errorOf(world.client.collect(request, { signal: controller.signal }));
    expect(error).toMatchObject({ code: 'aborted', isRetryable: false });
    expect((error as MomoError).referenceId).toBe(world.sent('create')[0]?.headers['x-reference-id']);
  });

  test('an abort while polling is not retryable without an id of the caller', async () => {
    for (const referenceId of [undefined, crypto.randomUUID()]) {
      const world = createClientWorld();
      const controller = new AbortController();
      world.trick('status', (arrive, signal) => {
        controller.abort();
        return hangs(arrive, signal);
      });
      const wanted = { ...request, ...(referenceId === undefined ? {} : { referenceId }) };
      await expect(world.client.collect(wanted, { signal: controller.signal })).rejects.toMatchObject({
        code: 'aborted',
        isRetryable: referenceId !== undefined,
        referenceId: world.sandbox.payments[0]?.referenceId ?? expect.any(String),
      });
    }
  });

  test('an abort in onReference sends nothing, and may be retried', async () => {
    const world = createClientWorld();
    const controller = new AbortController();
    const error = await errorOf(
      world.client.collect(request, {
        signal: controller.signal,
        onReference: () => {
          controller.abort();
          return new Promise(() => {});
        },
      }),
    );
    expect(error).toMatchObject({ code: 'aborted', isRetryable: true });
    expect(world.wire).toEqual([]);
  });

  test.each([
    ['another amount', { amount: '12.49', currency: 'EUR' }, ['amount']],
    ['another currency', { amount: '12.5', currency: 'XOF' }, ['currency']],
    ['no amount', { currency: 'EUR' }, ['amount']],
    ['neither', {}, ['amount', 'currency']],
    ['an amount that is no decimal', { amount: '1.25e1', currency: 'EUR' }, ['amount']],
  ])('SUCCESSFUL with %s is uncertain, a mismatch, with the payment and the differences', async (_, fields, wrong) => {
    const world = createClientWorld();
    world.trickAll('status', answers(200, { status: 'SUCCESSFUL', financialTransactionId: '7', ...fields }));
    const result = await world.client.collect(request);
    expect(result).toMatchObject({ state: 'uncertain', why: 'mismatch', payment: { state: 'successful' } });
    const differences = result.state === 'uncertain' ? result.differences : undefined;
    expect(differences?.map(({ field }) => field)).toEqual(wrong);
  });

  test('SUCCESSFUL with the amount written otherwise is successful', async () => {
    const world = createClientWorld();
    world.trickAll('status', answers(200, { status: 'SUCCESSFUL', amount: 12.5, currency: 'EUR' }));
    await expect(world.client.collect(request)).resolves.toMatchObject({ state: 'successful' });
  });

  test('a caller’s id that was paid already comes back paid, without a second payment', async () => {
    const world = await worldWith({});
    await expect(world.client.collect({ ...request, referenceId: world.referenceId })).resolves.toMatchObject({
      state: 'successful',
      referenceId: world.referenceId,
    });
    expect(world.sandbox.payments).toHaveLength(1);
  });
});

test('the payer’s number is in no error of a create', async () => {
  const texts: string[] = [];
  for (const [, trick] of refusals) {
    const world = createClientWorld();
    world.trickAll('create', trick);
    const error = await errorOf(world.client.requestToPay(request));
    texts.push(`${error.stack}${JSON.stringify(error)}`);
  }
  expect(texts.join()).not.toContain(payer);
  expect(MomoError.is(new Error('no'))).toBe(false);
});
