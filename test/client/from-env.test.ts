import { describe, expect, test } from 'vitest';
import { createPollState, MomoCollections, MomoError, pollStep, sanitizeMessage } from '../../src/index.js';

const env = { MTN_SUBSCRIPTION_KEY: 'key', MTN_API_USER: 'user', MTN_API_KEY: 'secret', MTN_TARGET_ENV: 'sandbox' };

describe('an override of fromEnv', () => {
  test('that is an empty text is wrong input, and does not bring the variable back', () => {
    let error: unknown;
    try {
      MomoCollections.fromEnv(env, { apiKey: '' });
    } catch (thrown) {
      error = thrown;
    }
    expect(MomoError.is(error, 'invalid_input') && error.issues.map(({ path }) => path)).toEqual(['MTN_API_KEY']);
  });

  test('that is undefined leaves the variable as it is', () => {
    expect(() => MomoCollections.fromEnv(env, { apiKey: undefined as never })).not.toThrow();
  });
});

test('a Retry-After that is no number does not make a poll read without pause', () => {
  const state = createPollState({ referenceId: '7c0e4f9a-3b6d-4c58-9a21-0d5f8e3b1c42', startedAtMs: 0 });
  const read = pollStep(state, { kind: 'none' }, 3_000);
  const step = pollStep(read.state, { kind: 'busy', retryAfterMs: Number.NaN }, 3_100);
  expect(step.action).toBe('wait');
  expect(step.delayMs).toBeGreaterThan(1_000);
});

test('letters of West and Central African alphabets are folded, not dropped', () => {
  expect(sanitizeMessage('Ɛkɔ ŋgə ɓandɨ')).toBe('Eko ngge bandi');
});
