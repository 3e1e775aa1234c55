import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createClient, eventually, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';
import { startReceiver } from './support/receiver.ts';
import { startWire } from './support/wire.ts';

const never = new Promise<never>(() => undefined);

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
