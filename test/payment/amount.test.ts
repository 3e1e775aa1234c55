import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareAmounts, currencyDecimals, type MomoError } from '../../src/index.js';

/** Digits, with leading zeros and a fraction now and then. */
const decimal = fc
  .tuple(fc.stringMatching(/^0{0,3}[0-9]{1,30}$/), fc.option(fc.stringMatching(/^[0-9]{1,20}0{0,3}$/)))
  .map(([whole, fraction]) => (fraction === null ? whole : `${whole}.${fraction}`));

/** Two that often are neighbours, or equal but for zeros. */
const pair = fc.oneof(
  fc.tuple(decimal, decimal),
  decimal.map((value) => [value, `00${value.includes('.') ? `${value}00` : `${value}.0`}`] as [string, string]),
  fc.tuple(decimal, fc.nat(9)).map(([value, digit]) => [value, `${value.slice(0, -1)}${digit}`] as [string, string]),
);

function scaled(value: string): bigint {
  const [whole = '', fraction = ''] = value.split('.');
  return BigInt(whole + fraction.padEnd(60, '0'));
}

function compareByBigInt(a: string, b: string): number {
  const [left, right] = [scaled(a), scaled(b)];
  return left === right ? 0 : left < right ? -1 : 1;
}

describe('compareAmounts', () => {
  test('agrees with whole-number arithmetic on decimals of any length', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => compareAmounts(a, b) === compareByBigInt(a, b)),
      { numRuns: 3_000 },
    );
  });

  test('gives the opposite when the two are swapped', () => {
    fc.assert(fc.property(pair, ([a, b]) => compareAmounts(a, b) + compareAmounts(b, a) === 0));
  });

  test.each<[string, string, number]>([
    ['12.50', '12.5', 0],
    ['12', '12.000', 0],
    ['007', '7', 0],
    ['0', '0.00', 0],
    ['0.1', '0.02', 1],
    ['9', '10', -1],
    ['9.99', '10', -1],
    ['1.0000000000000000001', '1', 1],
    ['9007199254740993', '9007199254740992', 1],
    ['100000000000000000000000000000', '99999999999999999999999999999.9', 1],
  ])('of %s and %s is %i', (a, b, expected) => {
    expect(compareAmounts(a, b)).toBe(expected);
  });

  test.each([
    '',
    '-1',
    '+1',
    '1e3',
    '1.',
    '.5',
    '1.2.3',
    '1,5',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    'NaN',
    'Infinity',
    '١٢',
    '１２',
  ])('refuses %j on either side, for it is no plain decimal', (bad) => {
    for (const [a, b] of [
      [bad, '1'],
      ['1', bad],
    ] as const) {
      let thrown: unknown;
      try {
        compareAmounts(a, b);
      } catch (error) {
        thrown = error;
      }
      expect((thrown as MomoError)?.code).toBe('invalid_input');
    }
  });

  test('refuses what is no text at all', () => {
    for (const bad of [1, 1n, null, undefined, {}, ['1']] as unknown as string[]) {
      expect(() => compareAmounts(bad, '1')).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    }
  });
});

describe('currencyDecimals', () => {
  test.each([
    ['EUR', 2],
    ['UGX', 0],
    ['GHS', 2],
    ['XOF', 0],
    ['ZMW', 2],
    ['XAF', 0],
    ['SZL', 2],
    ['GNF', 0],
    ['ZAR', 2],
    ['LRD', 2],
    ['SSP', 2],
    ['NGN', 2],
    ['RWF', 0],
    // Beyond MTN's markets, by ISO 4217.
    ['USD', 2],
    ['JPY', 0],
    ['BIF', 0],
    ['KWD', 3],
    ['TND', 3],
    ['CLF', 4],
  ])('%s has %i', (currency, decimals) => {
    expect(currencyDecimals(currency)).toBe(decimals);
  });

  test.each(['ZZZ', '', 'XAF0', 'F0 ', '0 X', 'constructor', 'FGN'])(
    '"%s", which is no currency we know, has two',
    (word) => {
      expect(currencyDecimals(word)).toBe(2);
    },
  );
});
