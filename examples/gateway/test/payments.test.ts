import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('payments', async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world.mtn;
  const gateway = await world.start();
  const shop = createClient(gateway.url, gateway.key);

  await t.test('a payment is taken with 202 and PENDING, in SZL when no currency is given', async () => {
    const order = newOrder();
    const { status, body } = await shop.pay(order);
    assert.deepEqual([status, body.status], [202, 'PENDING']);
    assert.match(body.referenceId, uuid);
    const payment = sandbox.payments.find(({ referenceId }) => referenceId === body.referenceId);
    assert.equal(payment?.currency, 'SZL');
    assert.equal(payment?.externalId, order.externalId);
  });

  await t.test('its status is asked for live: paid the moment the payer approves', async () => {
    const order = newOrder({ payerMessage: 'Two books', payeeNote: 'Order 7' });
    const { body: accepted } = await shop.pay(order);
    const pending = (await shop.status(accepted.referenceId)).body;
    assert.equal(pending.status, 'PENDING');
    assert.equal(pending.financialTxId, null);
    sandbox.approve(accepted.referenceId);
    const { status, body } = await shop.status(accepted.referenceId);
    assert.equal(status, 200);
    const { financialTxId, createdAt, updatedAt, ...rest } = body;
    assert.deepEqual(rest, {
      referenceId: accepted.referenceId,
      externalId: order.externalId,
      status: 'SUCCESSFUL',
      amount: '12.50',
      currency: 'SZL',
      payer: order.payer,
      failureReason: null,
      callbackForwarded: false,
    });
    assert.match(financialTxId, /^\d+$/);
    assert.equal(new Date(createdAt).toISOString(), createdAt);
    assert.ok(updatedAt >= createdAt);
  });

  await t.test('refused by the payer is FAILED with the reason, and not approved in time is TIMEOUT', async () => {
    const refused = (await shop.pay(newOrder())).body.referenceId;
    sandbox.reject(refused, 'NOT_ENOUGH_FUNDS');
    const { body } = await shop.status(refused);
    assert.deepEqual([body.status, body.failureReason, body.financialTxId], ['FAILED', 'NOT_ENOUGH_FUNDS', null]);
    const expired = (await shop.pay(newOrder())).body.referenceId;
    sandbox.expire(expired);
    assert.equal((await shop.status(expired)).body.status, 'TIMEOUT');
  });

  await t.test('the same externalId with the same details is the same payment, whatever became of it', async () => {
    const order = newOrder();
    const first = await shop.pay(order);
    const again = await shop.pay({ ...order, amount: '12.5', currency: 'SZL' });
    assert.deepEqual([again.status, again.body], [202, first.body]);
    sandbox.approve(first.body.referenceId);
    await shop.until(first.body.referenceId, 'SUCCESSFUL');
    assert.deepEqual((await shop.pay(order)).body, first.body);
    assert.equal(sandbox.payments.filter(({ externalId }) => externalId === order.externalId).length, 1);
  });

  await t.test('20 parallel identical requests charge once', async () => {
    const order = newOrder();
    const answers = await Promise.all(Array.from({ length: 20 }, () => shop.pay(order)));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([202]));
    assert.equal(new Set(answers.map(({ body }) => body.referenceId)).size, 1);
    assert.equal(sandbox.payments.filter(({ externalId }) => externalId === order.externalId).length, 1);
  });

  await t.test('the same externalId with other details is 409, and charges nothing', async () => {
    const order = newOrder();
    await shop.pay(order);
    const before = sandbox.payments.length;
    const others = [
      { amount: '12.51' },
      { currency: 'ZAR' },
      { payer: { partyIdType: 'MSISDN', partyId: '26876999999' } },
      { callbackUrl: 'https://other.example/momo' },
    ];
    for (const other of others)
      assert.equal((await shop.pay({ ...order, ...other })).status, 409, JSON.stringify(other));
    assert.equal(sandbox.payments.length, before);
  });
});
