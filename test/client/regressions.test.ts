import { expect, test, vi } from 'vitest';
import { type ClientEvent, MomoCollections, MomoError } from '../../src/index.js';
import { createMomoSandbox } from '../../src/testing/index.js';
import { createClientWorld, errorOf, request } from '../support/client-world.js';

test('a create answered 429 without end slows down, however the dice fall, and ends as rate_limited', async () => {
  const world = createClientWorld({ random: () => 0 });
  world.sandbox.fault({ on: 'requestToPay', times: Number.POSITIVE_INFINITY, status: 429 });
  await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'rate_limited' });
  expect(world.sent('create').length).toBeLessThanOrEqual(121);
});

test('rate_limited tells how long MTN asked to wait, also when no call waits that long', async () => {
  const world = createClientWorld();
  world.sandbox.fault({
    on: 'requestToPay',
    times: Number.POSITIVE_INFINITY,
    status: 429,
    headers: { 'Retry-After': '3600' },
  });
  await expect(world.client.requestToPay(request, { deadlineMs: 20_000 })).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterMs: 3_600_000,
  });
});

test('a status that shows nothing of the payment does not prove that a lost create arrived', async () => {
  const world = createClientWorld();
  world.sandbox.fault({ on: 'requestToPay', drop: 'before' });
  world.sandbox.fault({ on: 'getRequestToPay', times: Number.POSITIVE_INFINITY, status: 200, body: { status: 'ok' } });
  await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'outcome_unknown' });
  expect(world.sandbox.payments).toHaveLength(0);
});

test('the cause of a network error carries the code that lay levels down', async () => {
  const world = createClientWorld();
  world.sandbox.fault({ on: 'requestToPay', times: Number.POSITIVE_INFINITY, drop: 'before', code: 'ECONNREFUSED' });
  const error = await errorOf(world.client.requestToPay(request));
  expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' });
});

test('a clock whose sleep throws at once fails the call, and leaves no timer', async () => {
  const sandbox = createMomoSandbox();
  const clock = {
    now: () => Date.now(),
    sleep: () => {
      throw new RangeError('no sleep');
    },
  };
  const client = new MomoCollections({ ...sandbox.clientOptions(), clock });
  await expect(client.pollUntilFinal(crypto.randomUUID())).rejects.toThrow(RangeError);
});

test('a call made after an error of one works', async () => {
  const world = createClientWorld();
  world.sandbox.fault({ on: 'requestToPay', status: 400, body: '' });
  expect(MomoError.is(await errorOf(world.client.requestToPay(request)), 'rejected')).toBe(true);
  await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted' });
});

test('a second send that is cut off by the deadline, after a 429, leaves the outcome unknown', async () => {
  const world = createClientWorld();
  world.sandbox.fault({ on: 'requestToPay', status: 429 });
  world.sandbox.fault({ on: 'requestToPay', drop: 'hang' });
  const controller = new AbortController();
  const call = errorOf(world.client.requestToPay(request, { signal: controller.signal }));
  while (world.sent('create').length < 2) await new Promise((resolve) => setImmediate(resolve));
  controller.abort();
  expect(await call).toMatchObject({
    code: 'outcome_unknown',
    message: expect.stringContaining('the call was aborted'),
  });
});

test('a deadline that passes in the midst of a send after a 429 is outcome_unknown, not rate_limited', async () => {
  vi.useFakeTimers();
  try {
    const sandbox = createMomoSandbox({ now: () => Date.now() });
    const { clock: _, ...options } = sandbox.clientOptions();
    sandbox.fault({ on: 'requestToPay', status: 429 });
    sandbox.fault({ on: 'requestToPay', drop: 'hang' });
    const call = errorOf(new MomoCollections(options).requestToPay(request, { deadlineMs: 10_000 }));
    await vi.advanceTimersByTimeAsync(11_000);
    expect(await call).toMatchObject({
      code: 'outcome_unknown',
      message: expect.stringContaining('the deadline has passed, and MTN has not said whether it has this payment'),
    });
  } finally {
    vi.useRealTimers();
  }
});

test('a refusal of an id that may be older, after a 429, with reads that tell nothing, is outcome_unknown', async () => {
  const world = createClientWorld();
  world.sandbox.fault({ on: 'requestToPay', status: 429 });
  world.sandbox.fault({ on: 'requestToPay', status: 400, body: '' });
  world.sandbox.fault({ on: 'getRequestToPay', times: Number.POSITIVE_INFINITY, status: 503 });
  const referenceId = crypto.randomUUID();
  await expect(world.client.requestToPay({ ...request, referenceId })).rejects.toMatchObject({
    code: 'outcome_unknown',
  });
});

test('429s and refused connections in turn, to the end, are rate_limited: nothing was taken', async () => {
  const world = createClientWorld({ random: () => 1 });
  world.sandbox.fault({ on: 'requestToPay', status: 429, headers: { 'Retry-After': '30' } });
  world.sandbox.fault({ on: 'requestToPay', drop: 'before', code: 'ECONNREFUSED' });
  world.sandbox.fault({ on: 'requestToPay', times: 9, status: 429, headers: { 'Retry-After': '30' } });
  await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'rate_limited' });
});

test('a token that another process wrote between the look and the lock is taken, and MTN is not asked', async () => {
  const world = createClientWorld();
  const { accessToken, expiresAtMs } = await world.client.getToken();
  let looks = 0;
  const tokenStore = {
    get: async () => (looks++ === 0 ? undefined : { accessToken, expiresAtMs }),
    set: async () => {},
    delete: async () => {},
    lock: async () => async () => {},
  };
  const sources: unknown[] = [];
  const onEvent = (event: ClientEvent) => void (event.type === 'token' && sources.push(event.source));
  await world.newClient({ tokenStore, onEvent }).requestToPay(request);
  expect(looks).toBe(2);
  expect(world.sent('token')).toHaveLength(1);
  expect(sources).toEqual(['store']);
});

test('a store without locks is looked at once, and then MTN is asked', async () => {
  const world = createClientWorld();
  let looks = 0;
  const get = async () => {
    looks++;
    return undefined;
  };
  await world.newClient({ tokenStore: { get, set: async () => {}, delete: async () => {} } }).getToken();
  expect(looks).toBe(1);
});

test('credentials that MTN refused: the error carries its status and reason', async () => {
  const world = createClientWorld();
  world.sandbox.fault({ on: 'createAccessToken', status: 500, body: { error: 'login_failed' } });
  expect(await errorOf(world.client.requestToPay(request))).toMatchObject({
    code: 'unauthorized',
    status: 500,
    reason: { code: 'login_failed' },
    message: expect.stringContaining('MTN refused the credentials (HTTP 500, login_failed), and is not asked again'),
  });
});

test('a conflict names each field that differs', async () => {
  const world = createClientWorld();
  const { referenceId } = await world.client.requestToPay(request);
  const other = { ...request, referenceId, amount: '1', externalId: 'other' };
  expect(await errorOf(world.client.requestToPay(other))).toMatchObject({
    code: 'reference_conflict',
    message: expect.stringContaining('(different amount, externalId)'),
  });
});

test('an id that was used for another order is not paid for this one, even when the create tells nothing', async () => {
  const world = createClientWorld();
  const referenceId = crypto.randomUUID();
  await world.client.collect({ ...request, externalId: 'order-1', referenceId });
  world.sandbox.fault({ on: 'requestToPay', drop: 'before', times: 9 });
  world.sandbox.fault({ on: 'getRequestToPay', status: 503, times: 20 });
  const result = await world.client.collect({ ...request, externalId: 'order-2', payer: '256772999999', referenceId });
  expect(result).toMatchObject({ state: 'uncertain', why: 'mismatch' });
  expect('differences' in result && result.differences?.map(({ field }) => field)).toEqual(['externalId', 'payer']);
  expect(world.sandbox.payments).toHaveLength(1);
});

test.each(['onReference', 'onUpdate', 'read'])(
  '%s that is no function is refused before anything is sent',
  async (name) => {
    const world = createClientWorld();
    const options = { [name]: 'x' };
    await expect(world.client.collect(request, options)).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: name, message: 'must be a function' }],
    });
    expect(world.wire).toEqual([]);
  },
);

test('a signal that cannot be left again is refused before anything is sent', async () => {
  const world = createClientWorld();
  const signal = { addEventListener() {} } as unknown as AbortSignal;
  await expect(world.client.requestToPay(request, { signal })).rejects.toMatchObject({ code: 'invalid_input' });
  expect(world.wire).toEqual([]);
});

test('options that are null count as none', async () => {
  const world = createClientWorld();
  await expect(world.client.collect(request, null as never)).resolves.toMatchObject({ state: 'successful' });
});

test('tokens are kept under a hash, in hex', async () => {
  const keys: string[] = [];
  const tokenStore = {
    get: async (key: string) => void keys.push(key),
    set: async (key: string) => void keys.push(key),
    delete: async () => {},
  } as never;
  await createClientWorld({ tokenStore }).client.getToken();
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
  expect(keys[1]).toBe(keys[0]);
});
