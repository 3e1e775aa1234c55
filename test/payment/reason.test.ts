import { describe, expect, test } from 'vitest';
import { describeReason, type HintLanguage, payerHint, type ReasonCategory } from '../../src/index.js';
import { createClientWorld, outcomeOf, request } from '../support/client-world.js';
import { answers } from '../support/tricks.js';

/** Every code: who can act, and whether the payer may be asked again under a new reference id. */
const inContract: readonly (readonly [code: string, category: ReasonCategory, mayRetry: boolean])[] = [
  ['PAYER_NOT_FOUND', 'payer', true],
  ['PAYEE_NOT_FOUND', 'merchant', false],
  ['NOT_ALLOWED', 'merchant', false],
  ['NOT_ALLOWED_TARGET_ENVIRONMENT', 'merchant', false],
  ['INVALID_CALLBACK_URL_HOST', 'request', true],
  ['INVALID_CURRENCY', 'request', true],
  ['SERVICE_UNAVAILABLE', 'provider', true],
  ['INTERNAL_PROCESSING_ERROR', 'provider', true],
  ['NOT_ENOUGH_FUNDS', 'payer', true],
  ['PAYER_LIMIT_REACHED', 'payer', true],
  ['PAYEE_NOT_ALLOWED_TO_RECEIVE', 'merchant', false],
  ['PAYMENT_NOT_APPROVED', 'payer', true],
  ['APPROVAL_REJECTED', 'payer', true],
  ['EXPIRED', 'payer', true],
  ['TRANSACTION_CANCELED', 'payer', true],
  ['RESOURCE_NOT_FOUND', 'request', false],
  ['RESOURCE_ALREADY_EXIST', 'request', false],
];
const outsideContract: typeof inContract = [
  ['COULD_NOT_PERFORM_TRANSACTION', 'payer', true],
  ['SENDER_ACCOUNT_NOT_ACTIVE', 'payer', true],
  ['PAYEE_LIMIT_REACHED', 'merchant', false],
  ['TRANSACTION_NOT_FOUND', 'request', false],
  ['VALIDATION_ERROR', 'request', true],
  ['LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED', 'payer', true],
  ['NOT_SUCCESSFULLY_COMPLETED', 'request', false],
  ['TRANSFER_TYPE_UNKNOWN', 'request', true],
  ['PAYER_DELAYED', 'payer', false],
  ['PAYER_FAILED', 'payer', true],
  ['PAYER_REJECTION', 'payer', true],
  ['ONGOING', 'payer', false],
  ['TIMEOUT', 'payer', true],
];
const known = [...inContract, ...outsideContract];
const unknown = ['A_CODE_OF_2031', '', 'constructor', '__proto__', 'toString', 'approval_rejected', ' EXPIRED'];

describe('describeReason', () => {
  test('knows the 17 codes of the contract and the 13 seen outside it', () => {
    expect([inContract.length, outsideContract.length, new Set(known.map(([code]) => code)).size]).toEqual([
      17, 13, 30,
    ]);
  });

  test.each(known)('%s is for the %s to mend; a new reference: %s', (code, category, mayRetryWithNewReference) => {
    expect(describeReason(code)).toEqual({ category, mayRetryWithNewReference });
  });

  test.each(unknown)('of the code "%s" nothing is known, so it is not to be tried again', (code) => {
    expect(describeReason(code)).toEqual({ category: 'unknown', mayRetryWithNewReference: false });
  });

  test('a changed answer does not change the next one', () => {
    Object.assign(describeReason('NOT_ALLOWED'), { mayRetryWithNewReference: true });
    expect(describeReason('NOT_ALLOWED').mayRetryWithNewReference).toBe(false);
  });
});

describe('payerHint', () => {
  const codes = [...known.map(([code]) => code), ...unknown];
  const cases = codes.flatMap((code) => (['en', 'fr'] as const).map((language) => [code, language] as const));

  test.each(cases)('of "%s" in %s is one short sentence without code words', (code, language) => {
    const hint = payerHint(code, language);
    expect(hint).toMatch(/^\p{Lu}/u);
    expect(hint).toMatch(/[^\s.!?][.!?]$/);
    expect(hint.slice(0, -1)).not.toMatch(/[.!?\n]/);
    expect(hint.length).toBeLessThanOrEqual(110);
    expect(hint).not.toMatch(/_|\b[A-Z]{4,}\b|\d|\bundefined\b|\bAPI\b|\bHTTP\b/);
  });

  test.each(codes)('of "%s" is another sentence in French than in English', (code) => {
    expect(payerHint(code, 'fr')).not.toBe(payerHint(code, 'en'));
  });

  test.each(codes)('of "%s" is in English when no language, or one it does not speak, is asked for', (code) => {
    expect(payerHint(code)).toBe(payerHint(code, 'en'));
    expect(payerHint(code, 'rw' as HintLanguage)).toBe(payerHint(code, 'en'));
  });

  test('every known code has a sentence of its own kind: the general one is for unknown codes', () => {
    for (const language of ['en', 'fr'] as const) {
      const general = payerHint('A_CODE_OF_2031', language);
      for (const code of unknown) expect(payerHint(code, language)).toBe(general);
      for (const [code] of known) expect(payerHint(code, language), code).not.toBe(general);
    }
  });

  test.each(known.filter(([, , mayRetry]) => !mayRetry))('of %s never invites to pay again', (code) => {
    expect(payerHint(code, 'en')).not.toMatch(/try again|pay a smaller|start again/i);
    expect(payerHint(code, 'fr')).not.toMatch(/réessayez|recommencez/i);
  });

  test.each(['PAYER_DELAYED', 'ONGOING', 'RESOURCE_NOT_FOUND', 'TRANSACTION_NOT_FOUND', 'RESOURCE_ALREADY_EXIST'])(
    'of %s warns against a second payment, for the first may still be paid',
    (code) => {
      expect(payerHint(code, 'en')).toMatch(/do not pay again/);
      expect(payerHint(code, 'fr')).toMatch(/ne payez pas/);
    },
  );

  test('tells the payer what to do about money, number and approval', () => {
    expect(payerHint('NOT_ENOUGH_FUNDS')).toMatch(/balance|top up/i);
    expect(payerHint('NOT_ENOUGH_FUNDS', 'fr')).toMatch(/solde/i);
    expect(payerHint('PAYER_NOT_FOUND')).toMatch(/number/i);
    expect(payerHint('PAYER_NOT_FOUND', 'fr')).toMatch(/numéro/i);
    expect(payerHint('EXPIRED')).toMatch(/in time/i);
    expect(payerHint('EXPIRED', 'fr')).toMatch(/à temps/i);
  });
});

describe('a code with HTTP 500 on a create', () => {
  /** What becomes of a create that MTN answers 500 with this code, and whose status no read ever tells. */
  async function fateOf(code: string) {
    const world = createClientWorld();
    world.trick('create', answers(500, { code }));
    world.trickAll('status', answers(503));
    const { code: fate } = (await outcomeOf(world.client.requestToPay(request))) as { code?: string };
    return { fate, reads: world.sent('status').length };
  }

  test.each([
    'NOT_ALLOWED',
    'NOT_ALLOWED_TARGET_ENVIRONMENT',
    'INVALID_CURRENCY',
    'INVALID_CALLBACK_URL_HOST',
    'PAYER_NOT_FOUND',
    'PAYEE_NOT_FOUND',
    'PAYER_LIMIT_REACHED',
    'PAYEE_LIMIT_REACHED',
    'LOW_BALANCE_OR_PAYEE_LIMIT_REACHED_OR_NOT_ALLOWED',
    'NOT_ENOUGH_FUNDS',
    'PAYEE_NOT_ALLOWED_TO_RECEIVE',
    'SENDER_ACCOUNT_NOT_ACTIVE',
    'TRANSFER_TYPE_UNKNOWN',
    'VALIDATION_ERROR',
  ])('is a refusal when it is %s: nothing was created', async (code) => {
    expect(await fateOf(code)).toEqual({ fate: 'rejected', reads: 0 });
  });

  // A code that only looks like one that refuses is a code nobody knows, and the unknown is never failed.
  test.each([
    'IS_NOT_ALLOWED',
    'WAS_INVALID_CURRENCY',
    'NOT_FOUND',
    'PAYER_NOT_FOUND_YET',
    'THE_PAYER_LIMIT_REACHED',
    'PAYER_LIMIT_REACHED_SOON',
    'PAYEX_LIMIT_REACHED',
    'NO_LOW_BALANCE_OR_PAYEE_LIMIT_REACHED',
    'WAS_NOT_ENOUGH_FUNDS',
    'NOT_ENOUGH_FUNDS_YET',
    'not_enough_funds',
    'INTERNAL_PROCESSING_ERROR',
    'SERVICE_UNAVAILABLE',
  ])('leaves the outcome open when it is %s', async (code) => {
    const { fate, reads } = await fateOf(code);
    expect(fate).toBe('outcome_unknown');
    expect(reads).toBeGreaterThan(0);
  });
});
