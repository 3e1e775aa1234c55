import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, eventually, newOrder } from './support/client.ts';
import { chargesOf, createWorld } from './support/gateway.ts';
import { startReceiver } from './support/receiver.ts';

test('killed again and again, at any moment: every order is charged once, and every app is told', async (t) => {
  const world = await createWorld(t, { approval: 'automatic' });
  const receiver = await startReceiver(t);
  await (await world.start()).kill();
  const key = await world.addApp('shop', '--callback-url', receiver.url, '--requests-per-minute', '100000');
  const orders: ReturnType<typeof newOrder>[] = [];
  const references = new Map<string, string>();
  const payAll = async (url: string, list: typeof orders) => {
    const shop = createClient(url, key);
    const asked = list.map(async (order) => {
      const { status, body } = await shop.pay(order);
      assert.equal(status, 202);
      // Whatever happens in between, what was once said stays.
      const known = references.get(order.externalId);
      if (known !== undefined) assert.equal(body.referenceId, known);
      references.set(order.externalId, body.referenceId);
    });
    return Promise.allSettled(asked);
  };
  for (let round = 0; round < 6; round++) {
    const gateway = await world.start();
    const fresh = Array.from({ length: 8 }, () => newOrder());
    orders.push(...fresh);
    const paying = payAll(gateway.url, orders);
    await new Promise((resolve) => setTimeout(resolve, 20 + round * 60));
    await gateway.kill();
    const failures = (await paying).flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    // A connection that broke is part of the game; an answer that was wrong is not.
    for (const failure of failures) assert.notEqual(failure?.code, 'ERR_ASSERTION', String(failure));
  }

  const gateway = await world.start();
  const outcomes = await payAll(gateway.url, orders);
  assert.ok(outcomes.every(({ status }) => status === 'fulfilled'));
  const shop = createClient(gateway.url, key);
  for (const { externalId } of orders) {
    const payment = await shop.until(references.get(externalId) ?? '', 'SUCCESSFUL', 120_000);
    assert.equal(payment.externalId, externalId);
    assert.equal(chargesOf(world, externalId).length, 1, externalId);
  }
  assert.equal(world.mtn.sandbox.payments.length, orders.length);
  await eventually(async () => {
    const states = await Promise.all([...references.values()].map((id) => shop.status(id)));
    assert.ok(states.every(({ body }) => body.callbackForwarded));
  }, 90_000);
  const bodies = new Map<string, Set<string>>();
  for (const { body } of receiver.received) {
    const { eventId } = JSON.parse(body.toString());
    bodies.set(eventId, (bodies.get(eventId) ?? new Set()).add(body.toString()));
  }
  assert.equal(bodies.size, orders.length);
  assert.ok([...bodies.values()].every((texts) => texts.size === 1));
});
