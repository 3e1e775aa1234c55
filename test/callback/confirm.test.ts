import { describe, expect, it } from 'vitest';
import { confirmCallback, type ExpectedPayment, MomoError, parseCallback } from '../../src/callback/index.js';
import { type CallbackBody, forgeCallbackBody } from '../../src/testing/forge/index.js';
import { otherReferenceId, payment, referenceId, type TestPayment } from './support.js';

const claim = (overrides: CallbackBody = {}) =>
  parseCallback(JSON.stringify(forgeCallbackBody('request-to-pay', overrides)));

function confirm(options: {
  claims?: CallbackBody;
  read?: Partial<TestPayment> | (() => TestPayment | Promise<TestPayment>);
  expected?: ExpectedPayment;
}) {
  const { claims, read, expected } = options;
  return confirmCallback(claim(claims), {
    referenceId,
    read: typeof read === 'function' ? read : async () => payment(read),
    expected,
  });
}

it('is final when MTN is, and every detail agrees', async () => {
  expect(await confirm({})).toEqual({ verdict: 'final', payment: payment() });
  const failed = { state: 'failed' as const };
  expect(await confirm({ read: failed })).toEqual({ verdict: 'final', payment: payment(failed) });
});

it('asks for the reference id it was given, lower-cased', async () => {
  const asked: string[] = [];
  const read = (id: string) => {
    asked.push(id);
    return payment();
  };
  await confirmCallback(claim(), { referenceId: referenceId.toUpperCase(), read });
  expect(asked).toEqual([referenceId]);
  await expect(confirmCallback(claim(), { referenceId: 'order-7', read })).rejects.toMatchObject({
    code: 'invalid_input',
  });
});

it("takes MTN's state, whatever the callback claimed", async () => {
  expect(await confirm({ claims: { status: 'FAILED' } })).toMatchObject({
    verdict: 'final',
    payment: { state: 'successful' },
  });
  expect(await confirm({ read: { state: 'failed' } })).toMatchObject({
    verdict: 'final',
    payment: { state: 'failed' },
  });
  expect(await confirm({ read: { state: 'pending' } })).toMatchObject({ verdict: 'not-final' });
});

it('says not-found and unavailable when the read does, thrown or rejected', async () => {
  const fail = (error: unknown) => () => {
    throw error;
  };
  expect(await confirm({ read: fail(new MomoError('not_found', 'No such payment.')) })).toEqual({
    verdict: 'not-found',
  });
  expect(await confirm({ read: fail({ code: 'not_found' }) })).toEqual({ verdict: 'not-found' });
  for (const error of [new MomoError('unavailable', 'x'), new Error('x'), 'x', undefined, null]) {
    expect(await confirm({ read: fail(error) })).toEqual({ verdict: 'unavailable' });
  }
  expect(await confirm({ read: () => Promise.reject(new Error('x')) })).toEqual({ verdict: 'unavailable' });
  expect(await confirm({ read: () => undefined as never })).toEqual({ verdict: 'unavailable' });
  expect(await confirm({ read: () => payment({ payer: { partyIdType: 'MSISDN' } as never }) })).toEqual({
    verdict: 'unavailable',
  });
});

describe('differences', () => {
  it('compares amounts as decimals', async () => {
    expect(await confirm({ claims: { amount: '150.00' } })).toMatchObject({ verdict: 'final' });
    expect(await confirm({ expected: { amount: 150 } })).toMatchObject({ verdict: 'final' });
    expect(await confirm({ expected: { amount: '0150.0' } })).toMatchObject({ verdict: 'final' });
    expect(await confirm({ claims: { amount: '150.001' } })).toMatchObject({
      verdict: 'mismatch',
      differences: [{ field: 'amount', from: 'callback', wanted: '150.001', actual: '150' }],
    });
  });

  it('takes what is no decimal at its word: it equals only itself', async () => {
    expect(
      await confirm({ claims: { amount: undefined }, read: { amount: 'all' }, expected: { amount: 'all' } }),
    ).toMatchObject({ verdict: 'final' });
    for (const amount of ['150.', '150.0.', '1e150']) {
      expect(await confirm({ expected: { amount } })).toMatchObject({
        verdict: 'mismatch',
        differences: [{ field: 'amount', from: 'expected', wanted: amount, actual: '150' }],
      });
    }
  });

  it.each<[string, CallbackBody]>([
    ['amount', { amount: '1' }],
    ['currency', { currency: 'UGX' }],
    ['externalId', { externalId: 'order-8' }],
    ['payer', { payer: { partyIdType: 'MSISDN', partyId: '46733123450' } }],
    ['payer', { payer: { partyIdType: 'EMAIL', partyId: 'a@example.com' } }],
    ['referenceId', { referenceId: otherReferenceId }],
  ])('finds another %s in the callback', async (field, claims) => {
    expect(await confirm({ claims })).toMatchObject({
      verdict: 'mismatch',
      differences: [{ field, from: 'callback' }],
    });
  });

  it.each<[string, ExpectedPayment]>([
    ['amount', { amount: '1' }],
    ['currency', { currency: 'UGX' }],
    ['externalId', { externalId: 'order-8' }],
    ['payer', { payer: '46733123450' }],
    ['referenceId', { referenceId: otherReferenceId }],
  ])('finds another %s than expected', async (field, expected) => {
    expect(await confirm({ expected })).toMatchObject({
      verdict: 'mismatch',
      differences: [{ field, from: 'expected' }],
    });
  });

  it('takes what agrees: the same reference, a number with signs', async () => {
    const expected = {
      referenceId: referenceId.toUpperCase(),
      payer: '+46 733-123-453',
      amount: '150.0',
      currency: null,
    };
    expect(await confirm({ claims: { referenceId }, expected })).toMatchObject({ verdict: 'final' });
  });

  it('misses what was expected and the read does not say', async () => {
    const bare = () => ({ state: 'successful' as const });
    const expected = { amount: '150', currency: 'EUR', externalId: 'order-7', payer: '46733123453' };
    const callback = parseCallback('{"status":"SUCCESSFUL"}');
    expect(await confirmCallback(callback, { referenceId, read: bare, expected })).toMatchObject({
      verdict: 'mismatch',
      differences: [
        { field: 'amount', from: 'expected', wanted: '150' },
        { field: 'currency', from: 'expected', wanted: 'EUR' },
        { field: 'externalId', from: 'expected', wanted: 'order-7' },
        { field: 'payer', from: 'expected', wanted: '46733123453' },
      ],
    });
    expect(await confirmCallback(callback, { referenceId, read: bare })).toMatchObject({ verdict: 'final' });
  });

  it('misses an amount and a currency that the callback claims, but not its other words', async () => {
    const { amount: _amount, currency: _currency, externalId: _id, payer: _payer, ...bare } = payment();
    expect(await confirm({ read: () => bare })).toMatchObject({
      differences: [
        { field: 'amount', from: 'callback' },
        { field: 'currency', from: 'callback' },
      ],
    });
    const { externalId: _externalId, payer: _party, ...money } = payment();
    expect(await confirm({ read: () => money })).toMatchObject({ verdict: 'final' });
  });

  it('finds a read that is about another payment', async () => {
    expect(await confirm({ read: { referenceId: otherReferenceId } })).toMatchObject({
      verdict: 'mismatch',
      differences: [{ field: 'referenceId', from: 'read', wanted: referenceId, actual: otherReferenceId }],
    });
  });

  it('outranks not-final', async () => {
    expect(await confirm({ claims: { amount: '1' }, read: { state: 'pending' } })).toMatchObject({
      verdict: 'mismatch',
    });
  });

  it.each([
    ['46*******53', 'final'],
    ['********453', 'final'],
    ['4673****', 'final'],
    ['46*******54', 'mismatch'],
    ['47*******53', 'mismatch'],
  ])('compares the visible digits of the masked payer %s: %s', async (partyId, verdict) => {
    expect(await confirm({ claims: { payer: { partyIdType: 'MSISDN', partyId } } })).toMatchObject({ verdict });
  });

  it("takes an invoice's intended payer for its payer", async () => {
    const { payer, ...rest } = payment();
    const read = () => ({ ...rest, intendedPayer: payer });
    expect(await confirm({ read, expected: { payer: '46733123453' } })).toMatchObject({ verdict: 'final' });
    expect(await confirm({ read, expected: { payer: '46733123450' } })).toMatchObject({ verdict: 'mismatch' });
  });
});
