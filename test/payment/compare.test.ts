import { describe, expect, test } from 'vitest';
import { MomoError, type RequestToPay } from '../../src/index.js';
import { createClientWorld, errorOf, outcomeOf } from '../support/client-world.js';
import { answers } from '../support/tricks.js';

const referenceId = '7f3c2b1a-5d4e-4f60-8a9b-0c1d2e3f4a5b';
const request: RequestToPay = {
  amount: '12.50',
  currency: 'EUR',
  externalId: 'order-1',
  payer: '+46 733 999 888',
  referenceId,
};
const onRecord = {
  status: 'PENDING',
  amount: '12.5',
  currency: 'EUR',
  externalId: 'order-1',
  payer: { partyIdType: 'MSISDN', partyId: '46733999888' },
};

/** A create answered 409, whose status read shows this. */
function worldWith(read: object) {
  const world = createClientWorld();
  world.trick('create', answers(409, { code: 'RESOURCE_ALREADY_EXIST', message: 'Duplicated reference id.' }));
  world.trickAll('status', answers(200, read));
  return world;
}

const { amount: _amount, currency: _currency, externalId: _externalId, payer: _payer, ...statusOnly } = onRecord;

describe('a reference id that MTN has already', () => {
  test.each<[string, object, boolean]>([
    ['the same payment', onRecord, true],
    ['an amount with more zeros', { ...onRecord, amount: '012.500' }, true],
    ['an amount as a JSON number', { ...onRecord, amount: 12.5 }, true],
    [
      'a masked payer whose visible digits agree',
      { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '467*****888' } },
      true,
    ],
    ['a payer masked with x', { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: 'xxxxxxxx888' } }, true],
    [
      'a payer masked with dots, and fewer of them than digits',
      { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '467•••888' } },
      true,
    ],
    [
      'a payer whose mask is longer than what it hides',
      { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '467XXXXXXXXXXXX888' } },
      true,
    ],
    ['a payer with a plus', { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '+46733999888' } }, true],
    ['a payer with spaces', { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '46 733 999-888' } }, true],
    ['the amount alone', { ...statusOnly, amount: '12.5' }, true],
    ['nothing to compare', statusOnly, false],
  ])('holds %s: already accepted, compared %3$s', async (_, read, compared) => {
    const world = worldWith(read);
    const accepted = await world.client.requestToPay(request);
    expect(accepted).toMatchObject({ referenceId, outcome: 'already-accepted', compared });
    expect(world.sent('create')).toHaveLength(1);
  });

  test.each<[string, object, string]>([
    ['another amount', { ...onRecord, amount: '12.51' }, 'amount'],
    ['an amount that is no decimal', { ...onRecord, amount: '1e1' }, 'amount'],
    ['an amount that is a decimal but for its end', { ...onRecord, amount: '12.50.' }, 'amount'],
    ['another currency', { ...onRecord, currency: 'XOF' }, 'currency'],
    ['another external id', { ...onRecord, externalId: 'order-2' }, 'externalId'],
    ['another payer', { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '46733999889' } }, 'payer'],
    [
      'a masked payer whose visible digits differ',
      { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '467*****889' } },
      'payer',
    ],
    [
      'a masked payer of another length whose first digits differ',
      { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '468***888' } },
      'payer',
    ],
    [
      'a masked payer of another length whose last digits differ',
      { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '467***889' } },
      'payer',
    ],
    [
      'a payer whose number only begins like it',
      { ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '4673399988' } },
      'payer',
    ],
    ['a payer of another type', { ...onRecord, payer: { partyIdType: 'EMAIL', partyId: '46733999888' } }, 'payer'],
    ['the amount alone, and another', { ...statusOnly, amount: '12.4' }, 'amount'],
    ['a final success of another amount', { ...onRecord, amount: '1', status: 'SUCCESSFUL' }, 'amount'],
  ])('holds %s: a conflict, sent once, that names the field and no payer', async (_, read, field) => {
    const world = worldWith(read);
    const error = await errorOf(world.client.requestToPay(request));
    if (!MomoError.is(error, 'reference_conflict')) throw error;
    expect(error.referenceId).toBe(referenceId);
    expect(error.isRetryable).toBe(false);
    expect(error.message).toContain(field);
    expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(/46733|733 ?999/);
    expect(world.sent('create')).toHaveLength(1);
  });

  test('under an external id of digits is compared as text, not as a number', async () => {
    const world = worldWith({ ...onRecord, externalId: '7.0' });
    const error = await errorOf(world.client.requestToPay({ ...request, externalId: '7' }));
    expect(error).toMatchObject({ code: 'reference_conflict', message: expect.stringContaining('externalId') });
  });

  test('whose payer has another number of digits, with the same ones at both ends, is a conflict', async () => {
    const world = worldWith({ ...onRecord, payer: { partyIdType: 'MSISDN', partyId: '46464646' } });
    await expect(world.client.requestToPay({ ...request, payer: '4646464646' })).rejects.toMatchObject({
      code: 'reference_conflict',
    });
  });

  test.each([
    ['max@example.com', undefined],
    ['Max@Example.com', undefined],
    ['mab@example.com', 'reference_conflict'], // no letter of an address is a mask
    ['ma*@example.com', 'reference_conflict'],
  ])('whose payer max@example.com is %s there: %s', async (partyId, code) => {
    const world = worldWith({ ...onRecord, payer: { partyIdType: 'EMAIL', partyId } });
    const payer = { partyIdType: 'EMAIL', partyId: 'max@example.com' } as const;
    const outcome = await outcomeOf(world.client.requestToPay({ ...request, payer }));
    expect((outcome as MomoError).code).toBe(code);
  });

  test('and is paid by another: collect says who should have paid, and who did', async () => {
    const payer = { partyIdType: 'MSISDN', partyId: '46733999889' };
    const world = createClientWorld();
    world.trick('create', answers(202));
    world.trickAll('status', answers(200, { ...onRecord, payer, status: 'SUCCESSFUL' }));
    const result = await world.client.collect(request);
    expect(result).toMatchObject({ state: 'uncertain', why: 'mismatch' });
    expect('differences' in result && result.differences).toEqual([
      { field: 'payer', from: 'expected', wanted: '46733999888', actual: '46733999889' },
    ]);
  });

  test('on the real sandbox: the same body again is already accepted, another one is a conflict', async () => {
    const { client, sandbox } = createClientWorld();
    expect(await client.requestToPay(request)).toMatchObject({ outcome: 'accepted', compared: false, attempts: 1 });
    expect(await client.requestToPay({ ...request, amount: '12.5' })).toMatchObject({
      outcome: 'already-accepted',
      compared: true,
    });
    for (const change of [{ amount: '12.51' }, { externalId: 'order-2' }, { payer: '46733999887' }]) {
      await expect(client.requestToPay({ ...request, ...change })).rejects.toMatchObject({
        code: 'reference_conflict',
      });
    }
    expect(sandbox.payments).toHaveLength(1);
  });
});
