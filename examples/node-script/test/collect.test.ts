// The script, run as from a shell.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testNumbers } from 'momo-collections/testing';
import { startSandboxServer } from 'momo-collections/testing/server';

const mtn = await startSandboxServer({ port: 0, approval: 'automatic' });
const folder = await mkdtemp(join(tmpdir(), 'references-'));

after(async () => {
  await mtn.close();
  await rm(folder, { recursive: true });
});

/** Runs the script to its end. */
function collect(...args: string[]): Promise<{ code: unknown; text: string }> {
  const env = { ...process.env, ...mtn.env, REFERENCES_FOLDER: folder };
  return new Promise((resolve) => {
    execFile('node', ['collect.ts', ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, text: stdout + stderr }),
    );
  });
}

const paymentsOf = (order: string) => mtn.sandbox.payments.filter(({ externalId }) => externalId === order);

test('a payment that is approved ends with 0', async () => {
  const { code, text } = await collect('order-1', '12.50', 'EUR', '256772123456');
  assert.equal(code, 0);
  assert.match(text, /Paid\. MTN's transaction: \d+/);
});

test('run twice at once for one order, and once more after, it charges once', async () => {
  const run = () => collect('order-2', '12.50', 'EUR', '256772123456');
  const runs = [...(await Promise.all([run(), run()])), await run()];
  assert.deepEqual(
    runs.map(({ code }) => code),
    [0, 0, 0],
  );
  assert.equal(paymentsOf('order-2').length, 1);
});

test('a payment that is refused ends with 1 and says why', async () => {
  const { code, text } = await collect('order-3', '12.50', 'EUR', testNumbers.requestToPay.rejected);
  assert.equal(code, 1);
  assert.match(text, /APPROVAL_REJECTED.*You refused the payment/);
});

test('with another amount, the order that was paid is not charged again, and nobody calls it failed', async () => {
  const { code, text } = await collect('order-1', '13', 'EUR', '256772123456');
  assert.equal(code, 3);
  assert.match(text, /reference_conflict/);
  assert.equal(paymentsOf('order-1').length, 1);
});

test('what makes no sense ends with 2, and nothing was sent', async () => {
  const { code, text } = await collect('order-4', '12,50', 'EUR', '256772123456');
  assert.equal(code, 2);
  assert.match(text, /invalid_input/);
  assert.deepEqual(paymentsOf('order-4'), []);
});

test('nothing odd was asked of MTN', () => {
  const odd = mtn.sandbox.calls.filter(({ operation, status }) => operation === 'unknown' || status === 400);
  assert.deepEqual(odd, []);
});
