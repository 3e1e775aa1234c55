import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createClient, eventually, newOrder } from './support/client.ts';
import { createWorld, type World } from './support/gateway.ts';
import { startReceiver } from './support/receiver.ts';
import { startWire } from './support/wire.ts';

const never = new Promise<never>(() => undefined);
const isCreate = (method: string, path: string) => method === 'POST' && path.endsWith('/requesttopay');
/** MTN may not have it, and is asked three times over half a minute before it is sent again. */
const resendMs = 90_000;

const chargesOf = ({ mtn }: World, externalId: string) =>
  mtn.sandbox.payments.filter((payment) => payment.externalId === externalId);

// Where along the way the process is killed, and how long it may take to find out afterwards.
const points = [
  { name: 'before MTN has it', point: 'before', withinMs: resendMs },
  { name: 'after MTN has taken it, before its 202 arrives', point: 'after', withinMs: 20_000 },
  { name: 'when the 202 arrives, before it is written down', point: 'sent', withinMs: 20_000 },
] as const;

for (const { name, point, withinMs } of points) {
  test(`killed ${name}: the order is charged once, under one reference id`, { concurrency: true }, async (t) => {
    const world = await createWorld(t);
    const wire = await startWire(t, world.mtn.url);
    const receiver = await startReceiver(t);
    const first = await world.start({ MTN_BASE_URL: wire.url });
    const key = await world.addApp('shop', '--callback-url', receiver.url);
    const reached = Promise.withResolvers<void>();
    wire[point] = (method: string, path: string) => {
      if (!isCreate(method, path)) return undefined;
      reached.resolve();
      return point === 'sent' ? undefined : never;
    };
    const order = newOrder();
    const cutOff = createClient(first.url, key)
      .pay(order)
      .catch(() => undefined);
    await reached.promise;
    await first.kill();
    const before = await cutOff;
    wire[point] = () => undefined;

    const second = await world.start({ MTN_BASE_URL: wire.url });
    const shop = createClient(second.url, key);
    const { status, body } = await shop.pay(order);
    assert.equal(status, 202);
    if (before) assert.equal(before.body.referenceId, body.referenceId);
    await eventually(() => assert.equal(chargesOf(world, order.externalId).length, 1), withinMs);
    world.mtn.sandbox.approve(body.referenceId);
    await shop.until(body.referenceId, 'SUCCESSFUL', withinMs);
    assert.equal(chargesOf(world, order.externalId).length, 1);
    await eventually(() => assert.equal(receiver.received.length, 1), 60_000);
  });
}

test('killed while the result is being read: it is read after the restart', async (t) => {
  const world = await createWorld(t);
  const wire = await startWire(t, world.mtn.url);
  const first = await world.start({ MTN_BASE_URL: wire.url });
  const shop = createClient(first.url, first.key);
  const { referenceId } = (await shop.pay(newOrder())).body;
  const reading = Promise.withResolvers<void>();
  wire.after = (method, path) => {
    if (method !== 'GET' || !path.includes(referenceId)) return undefined;
    reading.resolve();
    return never;
  };
  world.mtn.sandbox.approve(referenceId);
  await reading.promise;
  await first.kill();
  wire.after = () => undefined;
  const second = await world.start({ MTN_BASE_URL: wire.url });
  await createClient(second.url, second.key).until(referenceId, 'SUCCESSFUL');
});

test('killed while a result is forwarded: the app gets it again, the same byte for byte', async (t) => {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const first = await world.start();
  const key = await world.addApp('shop', '--callback-url', receiver.url);
  receiver.answer = () => 'hang';
  const { referenceId } = (await createClient(first.url, key).pay(newOrder())).body;
  world.mtn.sandbox.approve(referenceId);
  await eventually(() => assert.equal(receiver.received.length, 1));
  await first.kill();
  receiver.answer = () => 200;

  const second = await world.start();
  await eventually(() => assert.equal(receiver.received.length, 2), 60_000);
  const [before, after] = receiver.received;
  assert.deepEqual(after?.body, before?.body);
  const signature = createHmac('sha256', key)
    .update(before?.body ?? '')
    .digest('hex');
  for (const { headers } of receiver.received) assert.equal(headers['x-momo-proxy-signature'], signature);
  const shop = createClient(second.url, key);
  await eventually(async () => assert.equal((await shop.status(referenceId)).body.callbackForwarded, true));
});

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
