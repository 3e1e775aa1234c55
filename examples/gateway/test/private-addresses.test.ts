import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, eventually, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';
import { startReceiver } from './support/receiver.ts';

test('private addresses are refused unless they are allowed', async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world.mtn;
  const receiver = await startReceiver(t);
  const allowed = await world.start();
  const key = await world.addApp('shop');
  const before = createClient(allowed.url, key);
  const id = (await before.pay(newOrder({ callbackUrl: `${receiver.url}/` }))).body.referenceId;
  await allowed.kill('SIGTERM');

  const gateway = await world.start({ ALLOW_PRIVATE_CALLBACKS: 'false' });
  const shop = createClient(gateway.url, key);
  const port = new URL(receiver.url).port;
  const hosts = [
    '127.0.0.1',
    'localhost',
    'shop.localhost',
    '0x7f.1',
    '2130706433',
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
  ];
  const v6 = [
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[fc00::1]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ];
  for (const host of [...hosts, ...v6, 'intranet', 'printer.local', 'a.internal']) {
    const { status, body } = await shop.pay(newOrder({ callbackUrl: `https://${host}:${port}/` }));
    assert.deepEqual([status, /callbackUrl/.test(body.error)], [422, true], host);
  }
  assert.equal((await shop.pay(newOrder({ callbackUrl: 'http://shop.example/' }))).status, 422);
  assert.equal((await shop.pay(newOrder({ callbackUrl: 'https://user:pass@shop.example/' }))).status, 422);
  assert.equal((await shop.pay(newOrder({ callbackUrl: 'https://shop.example/momo' }))).status, 202);

  // One that was accepted before the rule changed is not sent either.
  sandbox.approve(id);
  assert.equal((await shop.until(id, 'SUCCESSFUL')).callbackForwarded, false);
  await eventually(async () => assert.match((await world.command('history', id)).output, /forward {2}refused-url/));
  assert.deepEqual(receiver.received, []);
});
