import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LedgerClient } from '../../src/ledger/index.js';
import { openFakeShop, order } from './support.js';

const never = () => new Promise<never>(() => undefined);

describe('a client that never answers', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('holds no charge up for longer than its deadline: the payment is open, and is read', async () => {
    const { ledger, mtn, state, pass } = openFakeShop();
    const requestToPay = mtn.requestToPay;
    mtn.requestToPay = (request) => requestToPay(request).then(never);
    const charging = ledger.charge(order, { deadlineMs: 5_000 });
    await vi.advanceTimersByTimeAsync(6_000);
    const { id, state: left } = await charging;
    expect(left).toBe('submitted');
    expect((await ledger.audit(id)).at(-1)).toMatchObject({ action: 'send-result', outcome: 'outcome_unknown' });
    mtn.says('successful');
    await pass(5_000);
    expect(await state(id)).toBe('successful');
    expect(mtn.sends).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('holds no sweep up for longer than its lease', async () => {
    const { ledger, mtn, state, clock, notices } = openFakeShop();
    const { id } = await ledger.charge(order);
    const getRequestToPay = mtn.getRequestToPay;
    mtn.getRequestToPay = never;
    clock.advance(3_000);
    const sweeping = ledger.pollDue();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await sweeping).toMatchObject({ swept: 1, failed: 0 });
    expect(notices).toContainEqual(
      expect.objectContaining({ action: 'read', error: expect.objectContaining({ code: 'timeout' }) }),
    );
    mtn.getRequestToPay = getRequestToPay;
    mtn.says('successful');
    clock.advance(30_000);
    await ledger.pollDue();
    expect(await state(id)).toBe('successful');
  });
});

describe('a client that answers nonsense', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'accepted'],
    ['an empty object', {}],
  ])('to a send, %s, has taken it all the same: it did not reject', async (_what, answer) => {
    const { ledger, mtn } = openFakeShop();
    mtn.requestToPay = async () => answer as never;
    expect(await ledger.charge(order)).toMatchObject({ state: 'submitted' });
  });

  const good = { status: 'SUCCESSFUL', state: 'successful', isFinal: true, amount: '12.50', currency: 'EUR', raw: {} };

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'SUCCESSFUL'],
    ['no word', { ...good, status: undefined }],
    ['a state that is none', { ...good, state: 'paid' }],
    ['an amount that is a number', { ...good, amount: 12.5 }],
    ['a currency that is an object', { ...good, currency: {} }],
    ['a payer that is a text', { ...good, payer: '46733999888' }],
    ['a payer without a number', { ...good, payer: { partyIdType: 'MSISDN' } }],
    ['an id that is a number', { ...good, financialTransactionId: 1_943_071_845 }],
    ['a reason that is a text', { ...good, status: 'FAILED', state: 'failed', reason: 'PAYER_NOT_FOUND' }],
  ])('to a read, %s, decides nothing, and the sweep goes on', async (_what, answer) => {
    const { ledger, mtn, pass, state, notices } = openFakeShop();
    const { id } = await ledger.charge(order);
    const getRequestToPay: LedgerClient['getRequestToPay'] = mtn.getRequestToPay;
    mtn.getRequestToPay = async () => answer as never;
    await pass(3_000);
    expect(await state(id)).toBe('submitted');
    const problems = notices.filter(({ type }) => type === 'problem');
    expect(problems).toEqual([
      expect.objectContaining({ action: 'read', error: expect.objectContaining({ code: 'unexpected_response' }) }),
    ]);
    mtn.getRequestToPay = getRequestToPay;
    mtn.says('successful');
    await pass(30_000);
    expect(await state(id)).toBe('successful');
  });

  test.each(['12.5', '12.500', '012.50'])('amounts are compared as decimals: %s is as asked for', async (amount) => {
    const { ledger, mtn, pass, state } = openFakeShop();
    const { id } = await ledger.charge(order);
    mtn.getRequestToPay = async () => ({ ...good, amount }) as never;
    await pass(3_000);
    expect(await state(id)).toBe('successful');
  });

  test.each([
    ['amount', '1.25e1'],
    ['amount', '12,50'],
    ['amount', '12.51'],
    ['amount', ' 12.50'],
    ['amount', '-12.50'],
    ['amount', undefined],
    ['currency', 'eur'],
    ['currency', undefined],
  ])('a success with the %s %s is not taken: a person looks', async (field, value) => {
    const { ledger, mtn, pass, state, reasons } = openFakeShop();
    const { id } = await ledger.charge(order);
    mtn.getRequestToPay = async () => ({ ...good, [field]: value }) as never;
    await pass(3_000);
    expect(await state(id)).toBe('uncertain');
    expect(await reasons()).toEqual(['mismatch']);
    expect(await ledger.receipt(id)).toBeUndefined();
  });
});

test.each<[string, unknown]>([
  ['null', null],
  ['undefined', undefined],
  ['a text', 'no'],
  ['a symbol', Symbol('no')],
])('a client that throws %s has said nothing of the payment', async (_what, thrown) => {
  const { ledger, mtn, pass, state } = openFakeShop();
  const { requestToPay, getRequestToPay } = mtn;
  mtn.requestToPay = (request) => {
    void requestToPay(request);
    throw thrown;
  };
  mtn.getRequestToPay = () => {
    throw thrown;
  };
  const { id } = await ledger.charge(order);
  await pass(3_000);
  expect(await state(id)).toBe('submitted');
  const error = { name: 'MomoError', code: 'unavailable', referenceId: id };
  await expect(ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject(error);
  await expect(ledger.resolve(id, { state: 'failed', by: 'Amina', note: 'no' })).rejects.toMatchObject(error);
  mtn.getRequestToPay = getRequestToPay;
  mtn.says('successful');
  await pass(30_000);
  expect(await state(id)).toBe('successful');
});
