import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, eventually, newOrder } from './support/client.ts';
import { chargesOf, createWorld } from './support/gateway.ts';
import { startReceiver } from './support/receiver.ts';
import { startWire } from './support/wire.ts';

const never = new Promise<never>(() => undefined);
const isCreate = (method: string, path: string) => method === 'POST' && path.endsWith('/requesttopay');
/** MTN may not have it, and is asked three times over half a minute before it is sent again. */
const resendMs = 90_000;

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
