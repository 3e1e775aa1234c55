import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { MomoError, maskMsisdn } from '../../src/index.js';
import { createClientWorld, errorOf, request } from '../support/client-world.js';
import { answers } from '../support/tricks.js';

describe('maskMsisdn', () => {
  test.each([
    ['46733123450', '********450'],
    ['256772123456', '*********456'],
    ['1234', '*234'],
    ['123', '***'],
    ['1', '*'],
    ['', ''],
  ])('of "%s" is "%s"', (number, masked) => {
    expect(maskMsisdn(number)).toBe(masked);
  });
});

describe("MTN's texts in an error", () => {
  async function errorWith(code: string, message: string) {
    const world = createClientWorld();
    world.trick('create', answers(400, { code, message }));
    const error = await errorOf(world.client.requestToPay(request));
    if (!MomoError.is(error, 'rejected')) throw error;
    return { error, printed: `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${error}` };
  }

  test.each([
    ['Payer 46733123450 is unknown', 'Payer ********450 is unknown'],
    ['12345678', '*****678'],
    ['FRI:46733123450/MSISDN', 'FRI:********450/MSISDN'],
    ['id=46733123450&x=256772123456', 'id=********450&x=*********456'],
    ['٤٦٧٣٣١٢٣٤٥٠', '********٤٥٠'],
    ['1234567 is short enough', '1234567 is short enough'],
  ])('"%s" shows as "%s"', async (message, shown) => {
    const { error, printed } = await errorWith('VALIDATION_ERROR', message);
    expect(error.reason).toEqual({ code: 'VALIDATION_ERROR', message: shown });
    expect(error.message).toContain(shown);
    if (shown !== message) expect(printed).not.toContain(message);
  });

  test('a number in the code is masked too', async () => {
    const { error, printed } = await errorWith('UNKNOWN_46733123450', 'no');
    expect(error.reason?.code).toBe('UNKNOWN_********450');
    expect(printed).not.toContain('46733123450');
  });

  test('a UUID stays whole, in either case and beside a number', async () => {
    const uuids = ['12345678-1234-4234-8234-123456789012', '12345678-1234-4234-8234-123456789012'.toUpperCase()];
    for (const uuid of [...uuids, 'ABCDEF12-1234-4234-8234-ABCDEF123456']) {
      const { error } = await errorWith('VALIDATION_ERROR', `${uuid} of 46733123450`);
      expect(error.reason?.message).toBe(`${uuid} of ********450`);
    }
  });

  test('a number that only begins or ends like a UUID is masked', async () => {
    for (const text of ['12345678-1234-4234-8234', '46733123450-1234', 'x-123456789012']) {
      const { error } = await errorWith('VALIDATION_ERROR', text);
      expect(error.reason?.message).not.toMatch(/\d{8}/);
    }
  });

  test('digits glued to a UUID do not show a phone number', async () => {
    const { error } = await errorWith('VALIDATION_ERROR', '12345678-1234-4234-8234-12345678901246733123450');
    expect(error.reason?.message).not.toContain('46733123450');
  });

  test('our own reference id is on the error in full', async () => {
    const referenceId = '12345678-1234-4234-8234-123456789012';
    const world = createClientWorld();
    world.trick('create', answers(400, { code: 'VALIDATION_ERROR', message: 'no' }));
    const error = await errorOf(world.client.requestToPay({ ...request, referenceId }));
    expect(error).toMatchObject({ code: 'rejected', referenceId });
    expect(error.message).toContain(referenceId);
  });
});
