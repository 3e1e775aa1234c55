import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerClient, LedgerPayment } from 'momo-collections/ledger';
import { clientFor } from '../src/payments/client-for.ts';
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
  const failed = { state: 'failed', reason: { code: 'INVALID_CURRENCY' } } as LedgerPayment;
  assert.equal(wasRefused(failed), true);
  // The payer said no, by MTN's status read.
  assert.equal(wasRefused({ ...failed, confirmedAtMs: 1, reason: { code: 'APPROVAL_REJECTED' } }), false);
  // MTN was down for two minutes: nobody refused anything.
  assert.equal(wasRefused({ ...failed, reason: { code: 'never_sent' } }), false);
  for (const state of ['created', 'submitted', 'uncertain', 'expired'] as const) {
    assert.equal(wasRefused({ ...failed, state }), false);
  }
});

test('a payment goes to the MTN where it was made, or nowhere', () => {
  const baseUrl = 'https://proxy.momoapi.mtn.com';
  const client = { baseUrl, targetEnvironment: 'mtnswaziland' } as LedgerClient;
  const choose = clientFor(client);
  const payment = {
    id: '8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11',
    baseUrl,
    targetEnvironment: 'mtnswaziland',
  } as LedgerPayment;
  assert.equal(choose(payment), client);
  // Made before the client had said where.
  assert.equal(choose({ id: payment.id } as LedgerPayment), client);
  for (const other of [{ baseUrl: 'https://momoapi.momo.africa' }, { targetEnvironment: 'mtnrwanda' }]) {
    assert.throws(() => choose({ ...payment, ...other }), { code: 'unavailable', referenceId: payment.id });
  }
  // On this machine the port is another at each start.
  const here = clientFor({ ...client, baseUrl: 'http://127.0.0.1:4010' } as LedgerClient);
  assert.ok(here({ ...payment, baseUrl: 'http://127.0.0.1:5123' }));
  assert.throws(() => here(payment), { code: 'unavailable' });
});
