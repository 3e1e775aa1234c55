import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerPayment } from 'momo-collections/ledger';
import { statusOf, wasRefused } from '../src/payments/status.ts';

test('what is not final is PENDING, and the final states have a word each', () => {
  const words = Object.entries({
    created: 'PENDING',
    submitted: 'PENDING',
    pending: 'PENDING',
    uncertain: 'PENDING',
    successful: 'SUCCESSFUL',
    refunded: 'SUCCESSFUL',
    failed: 'FAILED',
    expired: 'TIMEOUT',
  });
  for (const [state, word] of words) assert.equal(statusOf({ state: state as LedgerPayment['state'] }), word);
});

test('only what MTN refused at once was refused', () => {
  const failed = { state: 'failed', reason: { code: 'INVALID_CURRENCY' }, notes: [] as object } as LedgerPayment;
  assert.equal(wasRefused(failed), true);
  // The payer said no, by MTN's status read.
  assert.equal(wasRefused({ ...failed, confirmedAtMs: 1, reason: { code: 'APPROVAL_REJECTED' } }), false);
  // MTN was down for two minutes: nobody refused anything.
  assert.equal(wasRefused({ ...failed, reason: { code: 'never_sent' } }), false);
  // MTN never said, and a person gave it up.
  const note = { atMs: 1, by: 'Amina', note: 'Not on the statement', closed: [], state: 'failed' } as const;
  assert.equal(wasRefused({ ...failed, notes: [note] }), false);
  for (const state of ['created', 'submitted', 'uncertain', 'expired'] as const) {
    assert.equal(wasRefused({ ...failed, state }), false);
  }
});
