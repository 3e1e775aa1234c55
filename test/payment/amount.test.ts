import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareAmounts, currencyDecimals, type MomoError, type RequestToPay } from '../../src/index.js';
import { addAmounts } from '../../src/payment/amount.js';
import { createClientWorld, errorOf, request } from '../support/client-world.js';
import { answers } from '../support/tricks.js';

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

  test('says what is wrong, and quotes no amount', () => {
    const issue = { path: '', message: 'both must be decimals such as "12.50"' };
    expect(() => compareAmounts('1,5', '-2')).toThrow(
      expect.objectContaining({ message: `Amounts cannot be compared: ${issue.message}.`, issues: [issue] }),
    );
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

  test.each(['ZZZ', '', 'RWF UGX', 'XAF0', ' XAF', 'F0 ', '0 X', 'constructor', 'FGN'])(
    '"%s", which is no currency we know, has two',
    (word) => {
      expect(currencyDecimals(word)).toBe(2);
    },
  );
});

describe('the amount of a request', () => {
  /** Anywhere but in the sandbox, where any currency may be paid in. */
  const elsewhere = () => {
    const world = createClientWorld({ targetEnvironment: 'mtnghana' });
    world.trickAll('create', answers(202));
    return world;
  };

  test.each<[string, RequestToPay['amount'], string, string]>([
    ['two decimals', '12.50', 'GHS', '12.50'],
    ['one decimal of two', '12.5', 'GHS', '12.5'],
    ['a decimal without a fraction', '12', 'GHS', '12'],
    ['less than one', '0.5', 'GHS', '0.5'],
    ['the smallest there is', '0.01', 'GHS', '0.01'],
    ['zeros before it', '0012.50', 'GHS', '0012.50'],
    ['three decimals', '1.005', 'KWD', '1.005'],
    ['four decimals', '1.0005', 'CLF', '1.0005'],
    ['a whole number', 5_000, 'RWF', '5000'],
    ['ten, for its zero', 10, 'RWF', '10'],
    ['the largest exact number', Number.MAX_SAFE_INTEGER, 'RWF', '9007199254740991'],
    ['a bigint', 90_071_992_547_409_931n, 'RWF', '90071992547409931'],
  ])('may be %s: it goes on the wire as it is written', async (_, amount, currency, sent) => {
    const world = elsewhere();
    await world.client.requestToPay({ ...request, amount, currency });
    expect(JSON.parse(world.sent('create')[0]?.body ?? '')).toMatchObject({ amount: sent, currency });
  });

  const noDecimal = 'amount must be a decimal string such as "12.50", or a whole number';
  const zero = 'amount must be greater than zero';
  test.each<[unknown, string, string]>([
    ['1e3', 'GHS', noDecimal],
    ['', 'GHS', noDecimal],
    ['-1', 'GHS', noDecimal],
    [-1, 'GHS', noDecimal],
    [12.5, 'GHS', noDecimal],
    [Number.MAX_SAFE_INTEGER + 1, 'GHS', noDecimal],
    [true, 'GHS', noDecimal],
    [['5'], 'GHS', noDecimal],
    [undefined, 'GHS', noDecimal],
    ['0', 'GHS', zero],
    ['00.00', 'GHS', zero],
    [0, 'GHS', zero],
    ['1.005', 'GHS', 'amount must have at most 2 decimals in this currency'],
    ['0.0005', 'KWD', 'amount must have at most 3 decimals in this currency'],
    ['10.0', 'RWF', 'amount must have at most 0 decimals in this currency'],
  ])('is never %j %s: the error says why, and nothing is sent', async (amount, currency, problem) => {
    const world = elsewhere();
    const error = await errorOf(world.client.requestToPay({ ...request, amount, currency } as RequestToPay));
    expect((error as MomoError).code).toBe('invalid_input');
    expect(error.message).toBe(`requestToPay was not sent: ${problem}.`);
    expect(world.wire).toEqual([]);
  });
});

describe('the sum of two amounts, as of partial refunds', () => {
  test('agrees with whole-number arithmetic, and has the decimals of the longer fraction', () => {
    fc.assert(
      fc.property(decimal, decimal, (a, b) => {
        const sum = addAmounts(a, b);
        expect(scaled(sum)).toBe(scaled(a) + scaled(b));
        const decimals = (amount: string) => (amount.split('.')[1] ?? '').length;
        expect(decimals(sum)).toBe(Math.max(decimals(a), decimals(b)));
      }),
    );
  });

  test.each([
    ['0.1', '0.25', '0.35'],
    ['0.05', '0.05', '0.10'],
    ['0', '0.01', '0.01'],
    ['5', '7', '12'],
    ['99.99', '0.01', '100.00'],
    ['9007199254740993', '1', '9007199254740994'],
  ])('%s and %s are %s', (a, b, sum) => {
    expect(addAmounts(a, b)).toBe(sum);
    expect(addAmounts(b, a)).toBe(sum);
  });
});
