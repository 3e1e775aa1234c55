import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MomoError, normalizeMsisdn } from '../../src/index.js';

describe('normalizeMsisdn', () => {
  test.each([
    ['+256 772 123 456', '256772123456'],
    ['+256-772-123-456', '256772123456'],
    ['256772123456', '256772123456'],
    ['46733123450', '46733123450'],
    [' +250 788 123 456 ', '250788123456'],
    ['12345678', '12345678'],
    ['123456789012345', '123456789012345'],
  ])('makes of "%s" the digits MTN wants', (value, digits) => {
    expect(normalizeMsisdn(value)).toBe(digits);
  });

  test.each([
    '',
    '12',
    '1234567',
    '1234567890123456',
    '+',
    '- -',
    '25677212345a',
    '256.772.123.456',
    '(256) 772123456',
    '256772123456;ext=1',
    '256772123456\n',
    '256772123456/active',
    '٢٥٦٧٧٢١٢٣٤٥٦',
    '２５６７７２１２３４５６',
    'tel:256772123456',
  ])('refuses %j and does not repeat it', (value) => {
    let thrown: unknown;
    try {
      normalizeMsisdn(value);
    } catch (error) {
      thrown = error;
    }
    if (!MomoError.is(thrown, 'invalid_input')) throw new Error(`taken: ${value}`);
    expect(thrown.issues).toHaveLength(1);
    const printed = `${thrown.message} ${JSON.stringify(thrown)}`;
    expect(printed).not.toMatch(/256|772|\d{4,}|[٠-٩]/);
  });

  test.each([undefined, null, {}, [], true])('refuses %j, which is no text', (value) => {
    expect(() => normalizeMsisdn(value as string)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  test('takes 8 to 15 digits however they are spaced, and what it gives it takes again unchanged', () => {
    const spaced = fc
      .array(fc.tuple(fc.nat(9), fc.constantFrom('', ' ', '-')), { minLength: 8, maxLength: 15 })
      .map(
        (signs) => [`+${signs.map(([digit, gap]) => digit + gap).join('')}`, signs.map(([d]) => d).join('')] as const,
      );
    fc.assert(
      fc.property(spaced, ([text, digits]) => {
        expect(normalizeMsisdn(text)).toBe(digits);
        expect(normalizeMsisdn(digits)).toBe(digits);
      }),
    );
  });
});
