import { expect, test } from 'vitest';
import { MomoError } from '../../src/index.js';
import { memoryPaymentStore } from '../../src/ledger/index.js';
import { createMomoSandbox, testNumbers } from '../../src/testing/index.js';
import { createFakeMtn, createHandClock, openFakeShop, openShop, order } from './support.js';

/** The most in any sliding second. */
function mostInASecond(times: readonly number[]): number {
  return Math.max(...times.map((start) => times.filter((atMs) => atMs >= start && atMs < start + 1_000).length));
}

test('all processes together read 8 times in any second, retries and the probes of lost creates included', async () => {
  const sandbox = createMomoSandbox();
  const store = memoryPaymentStore();
  const shops = Array.from({ length: 4 }, () => openShop({ sandbox, store }));
  const [first] = shops;
  if (!first) throw new Error('no shop');
  // A token beforehand: a permit that waits for one is a permit of another second.
  await Promise.all(shops.map(({ client }) => client.getToken()));
  sandbox.fault({ on: 'requestToPay', drop: 'after', times: 15 });
  sandbox.fault({ on: 'getRequestToPay', status: 503, times: 60 });
  const payer = testNumbers.requestToPay.ongoing;
  await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      shops[index % 4]?.ledger.charge({ ...order, externalId: `order-${index}`, payer }),
    ),
  );
  for (let round = 0; round < 12; round++) {
    sandbox.advance(3_000);
    await Promise.all(shops.map(({ ledger }) => ledger.pollDue({ limit: 20 })));
  }
  const times = first.calls('getRequestToPay').map(({ atMs }) => atMs);
  expect(times.length).toBeGreaterThan(200);
  expect(mostInASecond(times)).toBe(8);
});

test('a client that asks for no permits still has one for each read', async () => {
  const { ledger, mtn, clock, pass } = openFakeShop();
  const times: number[] = [];
  mtn.during = async () => void times.push(clock.now());
  for (let index = 0; index < 30; index++) await ledger.charge({ ...order, externalId: `order-${index}` });
  await pass(5_000);
  expect(times.length).toBeGreaterThanOrEqual(30);
  expect(mostInASecond(times)).toBe(8);
});

test('a fleet at its limit keeps the payment open and reads it later', async () => {
  const store = memoryPaymentStore();
  let isBusy = true;
  const busy = {
    ...store,
    takeReadPermit: async (nowMs: number, heldUntilMs: number) =>
      isBusy ? 1_000 : store.takeReadPermit(nowMs, heldUntilMs),
  };
  const { ledger, mtn, pass, state, notices } = openFakeShop({ store: busy });
  const { id } = await ledger.charge(order);
  mtn.says('successful');
  await pass(5_000);
  expect(await state(id)).toBe('submitted');
  expect(mtn.reads).toEqual([]);
  const problem = notices.find(({ type }) => type === 'problem');
  expect(problem).toMatchObject({ action: 'read', error: { code: 'rate_limited' } });
  isBusy = false;
  await pass(60_000, 5_000);
  expect(await state(id)).toBe('successful');
});

test('a store that fails while a lost create is read leaves the payment open, never failed', async () => {
  const store = memoryPaymentStore();
  let isBroken = false;
  const takeReadPermit = async (nowMs: number, heldUntilMs: number) => {
    if (isBroken) throw new MomoError('invalid_input', 'the store is of a newer version');
    return store.takeReadPermit(nowMs, heldUntilMs);
  };
  const { ledger, sandbox, pass, state } = openShop({ store: { ...store, takeReadPermit } });
  isBroken = true;
  sandbox.fault({ on: 'requestToPay', drop: 'after' });
  const { id } = await ledger.charge(order);
  expect(await state(id)).toBe('submitted');
  isBroken = false;
  sandbox.approve(id);
  await pass(60_000, 5_000);
  expect(await state(id)).toBe('successful');
});

test('no lease is outlived: what a sweep does under it ends before it does', async () => {
  const clock = createHandClock();
  const mtn = createFakeMtn();
  const deadlines: number[] = [];
  const { requestToPay, getRequestToPay } = mtn;
  const store = memoryPaymentStore();
  const shop = openFakeShop({ client: mtn, clock, store, leaseMs: 12_000 });
  mtn.nextSend(new MomoError('network', 'not sent'));
  await shop.ledger.charge(order);
  mtn.requestToPay = async (request, options) => {
    deadlines.push(Number(options?.deadlineMs));
    return requestToPay(request, options);
  };
  mtn.getRequestToPay = async (id, options) => {
    deadlines.push(Number(options?.deadlineMs));
    return getRequestToPay(id, options);
  };
  for (let second = 0; second < 20; second++) {
    clock.advance(1_000);
    await shop.ledger.pollDue();
  }
  expect(deadlines.length).toBeGreaterThan(2);
  expect(Math.max(...deadlines)).toBeLessThan(12_000);
});
