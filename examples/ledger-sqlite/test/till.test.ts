// The till, run as from a shell, on a sandbox that outlives it.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startSandboxServer } from 'momo-collections/testing/server';

const mtn = await startSandboxServer({ port: 0, approval: 'automatic' });
const folder = await mkdtemp(join(tmpdir(), 'till-'));

after(async () => {
  await mtn.close();
  await rm(folder, { recursive: true });
});

function start(...args: string[]): { child: ChildProcess; ended: Promise<{ code: unknown; text: string }> } {
  const env = { ...process.env, ...mtn.env, PAYMENTS_DB: join(folder, 'payments.db') };
  const child = spawn('node', ['till.ts', ...args], { env });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  return { child, ended: once(child, 'close').then(([code]) => ({ code, text })) };
}

const paymentsOf = (order: string) => mtn.sandbox.payments.filter(({ externalId }) => externalId === order);

test('three orders: one is paid, with a receipt; one is refused; one expires', async () => {
  const { code, text } = await start().ended;
  assert.equal(code, 0, text);
  assert.match(text, /order-1: paid\. Receipt \d{8}-[0-9A-F]{16}/);
  assert.match(text, /order-2: failed\. To the payer: You refused/);
  assert.match(text, /order-3: expired/);
  assert.match(text, /^reference_id,financial_transaction_id,payer/m);
});

test('run again, it charges nobody and says nothing twice', async () => {
  const { text } = await start().ended;
  assert.match(text, /order-1: successful, under/);
  assert.doesNotMatch(text, /paid\. Receipt/);
  assert.equal(mtn.sandbox.payments.length, 3);
});

test('killed while it charges, it goes on with the same payment', async () => {
  const first = start('order-4', '20', 'EUR', '256772123457');
  while (paymentsOf('order-4').length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  first.child.kill('SIGKILL');
  await first.ended;
  const { code, text } = await start('order-4', '20', 'EUR', '256772123457').ended;
  assert.equal(code, 0, text);
  assert.match(text, /order-4: paid\. Receipt/);
  assert.equal(paymentsOf('order-4').length, 1);
});

test('run twice at once for one order, it charges once', async () => {
  const both = [start('order-5'), start('order-5')];
  const [a, b] = await Promise.all(both.map(({ ended }) => ended));
  assert.equal(paymentsOf('order-5').length, 1);
  assert.equal(`${a?.text}${b?.text}`.match(/order-5: paid/g)?.length, 1);
});
