// The job that asks MTN when no callback came and nobody looks at the page.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startSandboxServer } from 'momo-collections/testing/server';
import { createCustomer } from './customer.ts';
import { startShop } from './start.ts';

const mtn = await startSandboxServer({ port: 0, callbacks: { fetch: () => Promise.reject(new Error('lost')) } });
const shop = await startShop({ ...mtn.env, CRON_SECRET: 'a-secret-of-the-job' });
const customer = createCustomer(shop.url);

after(async () => {
  await shop.stop();
  await mtn.close();
});

const sweep = async (authorization: string) =>
  (await fetch(`${shop.url}/sweep`, { headers: { authorization } })).status;

test('finds what was paid', async () => {
  const page = await customer.pay(await customer.openCheckout());
  mtn.sandbox.approve(mtn.sandbox.payments[0]?.referenceId ?? assert.fail('nothing rang'));
  assert.equal(await sweep('Bearer a-secret-of-the-job'), 204);
  assert.match(await customer.read(page), /Paid/);
});

test('is for the job alone', async () => {
  assert.equal(await sweep(''), 401);
  assert.equal(await sweep('Bearer another'), 401);
});
