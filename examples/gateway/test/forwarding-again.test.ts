import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, eventually, newOrder } from './support/client.ts';
import { createForwardingWorld, signatureOf } from './support/forwarding.ts';
import { startReceiver } from './support/receiver.ts';

test('forwarding what does not arrive at once', async (t) => {
  const { world, sandbox, receiver, gateway, shop, of, pay } = await createForwardingWorld(t);

  await t.test(
    'what the app does not take comes again, byte for byte, until it does, and each attempt is recorded',
    async () => {
      const id = await pay();
      const answers = [500, { status: 302, headers: { location: `${receiver.url}/elsewhere` } }, 404];
      receiver.answer = () => answers.shift() ?? 200;
      sandbox.approve(id);
      await eventually(async () => assert.equal((await shop.status(id)).body.status, 'SUCCESSFUL'));
      assert.equal((await shop.status(id)).body.callbackForwarded, false);
      await eventually(() => assert.equal(of(id).length, 4), 30_000);
      await eventually(async () => assert.equal((await shop.status(id)).body.callbackForwarded, true));
      receiver.answer = () => 200;
      assert.equal(new Set(of(id).map(({ body }) => body.toString())).size, 1);
      assert.equal(new Set(of(id).map(signatureOf)).size, 1);
      assert.ok(
        receiver.received.every(({ path }) => path !== '/elsewhere'),
        'a redirect was followed',
      );
      const { output } = await world.command('history', id);
      const outcomes = [...output.matchAll(/forward {2}(\S+)/g)].map(([, outcome]) => outcome);
      assert.deepEqual(outcomes, ['http-500', 'http-302', 'http-404', 'delivered']);
    },
  );

  await t.test('a slow app does not hold up another', async () => {
    const slowReceiver = await startReceiver(t);
    slowReceiver.answer = () => 'hang';
    const slow = createClient(gateway.url, await world.addApp('slow', '--callback-url', slowReceiver.url));
    for (let count = 0; count < 8; count++) sandbox.approve((await slow.pay(newOrder())).body.referenceId);
    await eventually(() => assert.ok(slowReceiver.received.length >= 4));
    const id = await pay();
    sandbox.approve(id);
    await eventually(() => assert.equal(of(id).length, 1), 6_000);
  });

  await t.test('an app without an address is told nothing, and can ask', async () => {
    const demo = createClient(gateway.url, gateway.key);
    const { referenceId } = (await demo.pay(newOrder())).body;
    sandbox.approve(referenceId);
    assert.equal((await demo.until(referenceId, 'SUCCESSFUL')).callbackForwarded, false);
  });
});
