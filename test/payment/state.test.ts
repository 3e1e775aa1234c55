import { describe, expect, test } from 'vitest';
import {
  canTransition,
  isFinal,
  MomoError,
  nextStates,
  type PaymentState,
  toPaymentState,
  transition,
} from '../../src/index.js';

const allowed: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  created: ['submitted', 'pending', 'successful', 'failed', 'expired', 'uncertain'],
  submitted: ['pending', 'successful', 'failed', 'expired', 'uncertain'],
  pending: ['successful', 'failed', 'expired', 'uncertain'],
  uncertain: ['pending', 'successful', 'failed', 'expired'],
  expired: ['successful', 'uncertain'],
  failed: ['uncertain'],
  successful: ['refunded'],
  refunded: [],
};
const states = Object.keys(allowed) as PaymentState[];
const pairs = states.flatMap((from) => states.map((to) => [from, to, allowed[from].includes(to)] as const));

const hostile = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'length', 'SUCCESSFUL', '', 'paid'];

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('the state machine', () => {
  test('has eight states, so 64 steps to judge', () => {
    expect(pairs).toHaveLength(64);
  });

  test.each(pairs)('a step from %s to %s: %s', (from, to, isAllowed) => {
    expect(canTransition(from, to)).toBe(isAllowed);
    if (isAllowed) expect(transition(from, to)).toBe(to);
    else expect(thrownBy(() => transition(from, to))).toMatchObject({ code: 'invalid_transition', isRetryable: false });
  });

  test.each(states)('nextStates lists every state that %s may go to, and no other', (from) => {
    expect([...nextStates(from)].sort()).toEqual([...allowed[from]].sort());
  });

  test('changing the list that nextStates gave does not change the rules', () => {
    (nextStates('successful') as PaymentState[]).push('failed');
    (nextStates('refunded') as PaymentState[]).push('pending');
    expect(nextStates('successful')).toEqual(['refunded']);
    expect(canTransition('successful', 'failed')).toBe(false);
    expect(canTransition('refunded', 'pending')).toBe(false);
  });

  test.each(states)('%s is final just when polling can stop there', (state) => {
    expect(isFinal(state)).toBe(['successful', 'failed', 'expired', 'refunded'].includes(state));
  });

  test('an invalid transition says from where, to where, and what would be allowed', () => {
    const error = thrownBy(() => transition('expired', 'failed'));
    expect(MomoError.is(error, 'invalid_transition')).toBe(true);
    expect((error as Error).message).toMatch(/expired.*failed.*successful, uncertain/);
    expect(thrownBy(() => transition('refunded', 'pending'))).toMatchObject({
      message: 'A payment cannot go from refunded to pending; from refunded it may go to: nothing.',
    });
  });

  test.each(hostile)('the word "%s" is no state: nothing leads to it or away from it, and it is not final', (word) => {
    const state = word as PaymentState;
    expect(isFinal(state)).toBe(false);
    expect(nextStates(state)).toEqual([]);
    for (const known of states) {
      expect(canTransition(state, known)).toBe(false);
      expect(canTransition(known, state)).toBe(false);
    }
    expect(canTransition(state, state)).toBe(false);
    expect(thrownBy(() => transition(state, 'successful'))).toMatchObject({ code: 'invalid_transition' });
    expect(thrownBy(() => transition('pending', state))).toMatchObject({ code: 'invalid_transition' });
  });
});

describe("MTN's status word", () => {
  const reasons = [undefined, null, '', 'EXPIRED', { code: 'EXPIRED' }, { code: 'APPROVAL_REJECTED', message: 'no' }];

  test.each(reasons)('SUCCESSFUL is successful, whatever the reason (%j)', (reason) => {
    expect(toPaymentState('SUCCESSFUL', reason)).toBe('successful');
  });

  test.each([
    'PENDING',
    'CREATED',
    'ONGOING',
    'TIMEOUT',
    'EXPIRED',
    'REJECTED',
    'CANCELLED',
    'APPROVED',
    'Successful',
    'successful',
    'SUCCESSFUL ',
    'SUCCESS',
    'Failed',
    'failed',
    'FAILED\n',
    '',
    'constructor',
    '__proto__',
    'A_WORD_OF_2031',
  ])('"%s" is pending, with any reason', (word) => {
    for (const reason of reasons) expect(toPaymentState(word, reason)).toBe('pending');
  });

  test.each([
    ['EXPIRED', 'expired'],
    ['COULD_NOT_PERFORM_TRANSACTION', 'expired'],
    ['APPROVAL_REJECTED', 'failed'],
    ['PAYMENT_NOT_APPROVED', 'failed'],
    ['TIMEOUT', 'failed'],
    ['expired', 'failed'],
    ['TRANSACTION_CANCELED', 'failed'],
    ['A_CODE_OF_2031', 'failed'],
    ['', 'failed'],
  ])('FAILED with the reason %s is %s, as a bare word and as an object', (code, state) => {
    expect(toPaymentState('FAILED', code)).toBe(state);
    expect(toPaymentState('FAILED', { code })).toBe(state);
    expect(toPaymentState('FAILED', { code, message: 'EXPIRED' })).toBe(state);
  });

  test.each([undefined, null, {}, [], ['EXPIRED'], 7])(
    'FAILED with the reason %j, of no known shape, is failed',
    (reason) => {
      expect(toPaymentState('FAILED', reason as null)).toBe('failed');
    },
  );

  test('FAILED without any reason is failed', () => {
    expect(toPaymentState('FAILED')).toBe('failed');
  });
});
