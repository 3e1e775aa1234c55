// The shop, driven as its customers, MTN and strangers do.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { startSandboxServer } from 'momo-collections/testing/server';
import { createCustomer } from './customer.ts';
import { startShop } from './start.ts';

let losesCallbacks = false;
const deliver = (request: Request) => (losesCallbacks ? Promise.reject(new Error('lost')) : fetch(request));
const mtn = await startSandboxServer({ port: 0, callbacks: { fetch: deliver } });
const shop = await startShop(mtn.env);
const customer = createCustomer(shop.url);

after(async () => {
  await shop.stop();
  await mtn.close();
});

const paymentsOf = (order: string) => mtn.sandbox.payments.filter(({ externalId }) => externalId === order);

/** Pays, and gives the status page and the payment that waits on the phone. */
async function ring() {
  const order = await customer.openCheckout();
  const page = await customer.pay(order);
  assert.match(await customer.read(page), /Check your phone/);
  const [payment = assert.fail('nothing rang'), ...others] = paymentsOf(order);
  assert.deepEqual(others, []);
  return { page, ...payment };
}

test('approved on the phone, the page says paid, in the language of the browser', async () => {
  const { page, referenceId, amount, payer } = await ring();
  assert.deepEqual([amount, payer.partyId], ['12.5', '256772123456']);
  mtn.sandbox.approve(referenceId);
  await customer.waitFor(page, 'Paid');
  assert.match(await customer.read(page, 'fr-CI,fr;q=0.9'), /Payé/);
});

test('refused on the phone, the page says why, and offers to start again', async () => {
  const { page, referenceId } = await ring();
  mtn.sandbox.reject(referenceId);
  await customer.waitFor(page, 'You refused the payment');
  assert.match(await customer.read(page), /Start again/);
});

test('a double click charges once', async () => {
  const order = await customer.openCheckout();
  const clicks = [customer.pay(order), customer.pay(order), customer.pay(order, '+256 772 000 000')];
  assert.equal(new Set(await Promise.all(clicks)).size, 1);
  assert.equal(paymentsOf(order).length, 1);
});

test('a forged callback changes nothing', async () => {
  const { page, referenceId } = await ring();
  const forged = () => mtn.sandbox.forgeCallback(referenceId, { status: 'SUCCESSFUL' });
  // From somebody who got hold of the secret URL: the status read says otherwise.
  assert.equal((await fetch(forged())).status, 200);
  // From somebody who guesses.
  const guess = `${shop.url}/momo/${referenceId}/${Date.now() + 60_000}/AAAAAAAAAAAAAAAAAAAAAA`;
  assert.equal((await fetch(guess, forged())).status, 404);
  assert.match(await customer.read(page), /Check your phone/);
});

test('a callback that got lost is made up for', async () => {
  losesCallbacks = true;
  const { page, referenceId } = await ring();
  mtn.sandbox.approve(referenceId);
  await customer.waitFor(page, 'Paid');
  losesCallbacks = false;
});

test('when MTN’s answer gets lost, the phone rings once', async () => {
  mtn.sandbox.fault({ on: 'requestToPay', drop: 'after' });
  await ring();
});

test('what MTN did not take can be sent again under the same order', async () => {
  const order = await customer.openCheckout();
  mtn.sandbox.fault({ on: 'requestToPay', status: 403 });
  assert.match(await customer.read(await customer.pay(order)), /Not sent yet/);
  assert.match(await customer.read(await customer.pay(order)), /Check your phone/);
  assert.equal(paymentsOf(order).length, 1);
});

test('a number that is none goes nowhere, and an order that is none is not found', async () => {
  const order = await customer.openCheckout();
  assert.match(await customer.read(await customer.pay(order, '12')), /not a full phone number/);
  assert.deepEqual(paymentsOf(order), []);
  assert.match(await customer.read(`${shop.url}/orders/${randomUUID()}`), /no such order/);
});

test('nothing odd was asked of MTN, and a token was kept for all of it', () => {
  const odd = mtn.sandbox.calls.filter(({ operation, status }) => operation === 'unknown' || status === 400);
  assert.deepEqual(odd, []);
  const tokens = mtn.sandbox.calls.filter(({ operation }) => operation === 'createAccessToken');
  assert.ok(tokens.length <= 3, `${tokens.length} tokens`);
});
