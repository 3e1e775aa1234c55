import { describe, expect, test } from 'vitest';
import { MomoError } from '../../src/index.js';
import { memoryPaymentStore, PaymentLedger } from '../../src/ledger/index.js';
import { collect, createFakeMtn, openFakeShop, openShop, order } from './support.js';

const invalid = (...paths: string[]) => ({ code: 'invalid_input', issues: paths.map((path) => ({ path })) });

describe('the options of a ledger', () => {
  const good = { client: createFakeMtn(), store: memoryPaymentStore() };

  test.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['client', 'store']],
    ['no client', { ...good, client: {} }, ['client']],
    ['half a store', { ...good, store: { ...good.store, releaseEvent: undefined } }, ['store']],
    ['a callback URL without secrets', { ...good, callbackUrl: 'https://shop.example/momo' }, ['callbackSecrets']],
    [
      'a short secret',
      { ...good, callbackUrl: 'https://shop.example/momo', callbackSecrets: ['short'] },
      ['callbackSecrets'],
    ],
    [
      'an http callback URL',
      { ...good, callbackUrl: 'http://shop.example', callbackSecrets: 'x'.repeat(16) },
      ['callbackUrl'],
    ],
    [
      'a nameless organisation',
      { ...good, organisation: { name: ' ' } },
      ['organisation.name', 'organisation.contact'],
    ],
    [
      'a schedule that is none',
      { ...good, schedule: 'often' },
      ['schedule.firstMs', 'schedule.factor', 'schedule.maxMs'],
    ],
    ['a window of no length', { ...good, duplicateWindowMs: 0 }, ['duplicateWindowMs']],
    ['a lease that is no number', { ...good, leaseMs: '30' }, ['leaseMs']],
    ['a lease too short to read in', { ...good, leaseMs: 4_999 }, ['leaseMs']],
    ['a lease that never ends', { ...good, leaseMs: Number.POSITIVE_INFINITY }, ['leaseMs']],
    ['half a clock', { ...good, clock: { now: Date.now } }, ['clock']],
    ['a hook that is none', { ...good, onEvent: 'log' }, ['onEvent']],
  ])('%s is invalid_input, and says where', (_what, options, paths) => {
    let error: unknown;
    try {
      new PaymentLedger(options as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject(invalid(...paths));
    expect(MomoError.is(error)).toBe(true);
    expect(String(error)).not.toContain('short');
  });

  test('that are undefined are as if they were not there', () => {
    const { clock, ...rest } = { clock: undefined, leaseMs: undefined, schedule: undefined, onEvent: undefined };
    expect(() => new PaymentLedger({ ...good, ...rest, clock })).not.toThrow();
  });
});

describe('what is charged', () => {
  test.each<[string, object, string[]]>([
    [
      'nothing',
      { externalId: undefined, amount: undefined, currency: undefined, payer: undefined },
      ['amount', 'currency', 'externalId', 'payer'],
    ],
    ['an amount with three decimals', { amount: '1.234' }, ['amount']],
    ['no money', { amount: '0' }, ['amount']],
    ['a float', { amount: 0.1 }, ['amount']],
    ['a control character in the order', { externalId: 'order\u0000' }, ['externalId']],
    ['an order of 501 characters', { externalId: 'x'.repeat(501) }, ['externalId']],
    ['a scope that is no text', { scope: 7 }, ['scope']],
    ['attempt 0', { attempt: 0 }, ['attempt']],
    ['half an attempt', { attempt: 1.5 }, ['attempt']],
    ['a record without an id', { record: { type: 'invoice' } }, ['record']],
    ['a callback URL without https', { callbackUrl: 'http://shop.example/momo' }, ['callbackUrl']],
    ['another currency than the sandbox’s', { currency: 'RWF' }, ['amount', 'currency']],
  ])('%s is invalid_input, and nothing is stored', async (_what, over, paths) => {
    const { ledger, sandbox } = openShop();
    const error = await ledger.charge({ ...order, ...over } as never).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid_input' });
    const found = Object(error).issues.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(found));
    expect(await collect(ledger.list())).toEqual([]);
    expect(sandbox.calls).toEqual([]);
  });

  test('a callback on the own machine is for an MTN that is there too', async () => {
    const secrets = { callbackUrl: 'http://localhost:3000/momo', callbackSecrets: 'x'.repeat(16) };
    const far = openShop({ ledger: secrets });
    await expect(far.ledger.charge(order)).rejects.toMatchObject(invalid('callbackUrl', 'callbackUrl'));
    const near = openShop({ ledger: secrets, client: { baseUrl: 'http://localhost:4000' } });
    expect(await near.ledger.charge(order)).toMatchObject({ state: 'submitted' });
  });

  test('a deadline and a signal are what they say', async () => {
    const { ledger, store } = openFakeShop();
    await expect(ledger.charge(order, { deadlineMs: Number.NaN })).rejects.toMatchObject(invalid('deadlineMs'));
    await expect(ledger.charge(order, { signal: {} as never })).rejects.toMatchObject(invalid('signal'));
    expect(await store.find('', order.externalId)).toEqual([]);
  });
});

describe('what is asked', () => {
  test('a filter that is none is invalid_input', async () => {
    const { ledger } = openFakeShop();
    const filter = {
      states: ['paid'],
      needsReview: 1,
      scope: 7,
      externalId: 7,
      payerId: 7,
      createdFromMs: '1',
      createdBeforeMs: Number.NaN,
    };
    await expect(collect(ledger.list(filter as never))).rejects.toMatchObject(
      invalid('states', 'needsReview', 'scope', 'externalId', 'payerId', 'createdFromMs', 'createdBeforeMs'),
    );
    await expect(collect(ledger.listAudit(filter as never))).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('a scope with NUL, which no database keeps, is invalid_input in every store', async () => {
    const { ledger } = openFakeShop();
    await expect(collect(ledger.list({ scope: 'a\0' }))).rejects.toMatchObject(invalid('scope'));
  });

  test('an id is found in any case, and what is no id is not found', async () => {
    const { ledger } = openFakeShop();
    const { id } = await ledger.charge(order);
    expect((await ledger.get(id.toUpperCase()))?.id).toBe(id);
    for (const wrong of ['order-1', '', undefined, 7, {}]) expect(await ledger.get(wrong as never)).toBeUndefined();
    await expect(ledger.receipt(undefined as never)).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('null in the place of options is as none at all, and where it must be something it is invalid_input', async () => {
  const { ledger } = openFakeShop();
  const none = null as never;
  expect(await ledger.charge(order, none)).toMatchObject({ state: 'submitted' });
  expect(await ledger.pollDue(none)).toMatchObject({ failed: 0 });
  expect(await ledger.review(none)).toEqual([]);
  expect(await ledger.deliverEvents(() => undefined, none)).toEqual({ delivered: 0, failed: 0 });
  expect(await collect(ledger.list(none))).toHaveLength(1);
  expect(await collect(ledger.listAudit(none))).not.toEqual([]);
  await expect(ledger.charge(none)).rejects.toMatchObject({ code: 'invalid_input' });
  await expect(ledger.charge(order, { signal: none })).rejects.toMatchObject(invalid('signal'));
  const unreadable = {
    toString: () => {
      throw new Error('no text');
    },
  };
  await expect(ledger.charge({ ...order, scope: unreadable as never })).rejects.toMatchObject(invalid('scope'));
});
