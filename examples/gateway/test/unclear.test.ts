import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

test('when MTN is unclear', async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world.mtn;
  const gateway = await world.start({ ANSWER_WITHIN_MS: '1500' });
  const shop = createClient(gateway.url, gateway.key);

  await t.test(
    'an answer of MTN that is lost is 202 too, and the payment is found under the same reference id',
    async () => {
      const order = newOrder();
      sandbox.fault({ on: 'requestToPay', drop: 'after' });
      const lost = await shop.pay(order);
      assert.deepEqual([lost.status, lost.body.status], [202, 'PENDING']);
      assert.equal((await shop.pay(order)).body.referenceId, lost.body.referenceId);
      sandbox.approve(lost.body.referenceId);
      await shop.until(lost.body.referenceId, 'SUCCESSFUL');
      assert.equal(sandbox.payments.filter(({ externalId }) => externalId === order.externalId).length, 1);
    },
  );

  await t.test('an MTN that does not answer at all is 202, and the payment is PENDING', async () => {
    sandbox.fault({ on: 'requestToPay', drop: 'hang' });
    const startedAtMs = Date.now();
    const { status, body } = await shop.pay(newOrder());
    assert.deepEqual([status, body.status], [202, 'PENDING']);
    assert.ok(Date.now() - startedAtMs < 5_000);
    assert.equal((await shop.status(body.referenceId)).body.status, 'PENDING');
  });

  await t.test('an outage of MTN is 202 as well: nobody refused', async () => {
    sandbox.fault({ on: 'requestToPay', status: 503 });
    const { status, body } = await shop.pay(newOrder());
    assert.deepEqual([status, body.status], [202, 'PENDING']);
  });

  await t.test('502 only when MTN has definitely refused, and so again', async () => {
    const order = newOrder({ currency: 'ZAR' });
    const { status, body } = await shop.pay(order);
    assert.equal(status, 502);
    assert.match(body.error, /INVALID_CURRENCY/);
    assert.deepEqual(Object.keys(body), ['error']);
    assert.equal((await shop.pay(order)).status, 502);
    assert.ok(sandbox.payments.every(({ externalId }) => externalId !== order.externalId));
  });

  await t.test('a stop finishes what is under way, and ends with 0', async () => {
    sandbox.fault({ on: 'requestToPay', delayMs: 700 });
    const paying = shop.pay(newOrder());
    await sandbox.nextPayment().catch(() => undefined);
    const [code, answer] = await Promise.all([gateway.kill('SIGTERM'), paying]);
    assert.deepEqual([code, answer.status], [0, 202]);
  });
});
