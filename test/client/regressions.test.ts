import { expect, test } from 'vitest';
import { MomoCollections, MomoError } from '../../src/index.js';
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
