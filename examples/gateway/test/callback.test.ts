import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCallbackWorld } from './support/callbacks.ts';
import { createClient, eventually } from './support/client.ts';

const soonMs = 10_000;

test('callbacks', async (t) => {
  const { world, sandbox, gateway, shop, history, isPaid, pay, addressOf, bodyOf } = await createCallbackWorld(t);

  for (const method of ['POST', 'PUT']) {
    await t.test(`${method} at the signed address is confirmed by a status read`, async () => {
      const { id } = await pay();
      sandbox.approve(id);
      const { status } = await shop.callback(await bodyOf(id), addressOf(id), method);
      assert.equal(status, 200);
      await eventually(() => isPaid(id), soonMs);
      assert.match(await history(id), /callback {2}SUCCESSFUL/);
    });

    await t.test(`${method} without the signed address is matched by the external id`, async () => {
      const { id } = await pay();
      sandbox.approve(id);
      assert.equal((await shop.callback(await bodyOf(id), '/callback', method)).status, 200);
      await eventually(() => isPaid(id), soonMs);
    });
  }

  await t.test('the same external id in two apps: each is read, and each is what MTN says of it', async () => {
    const school = createClient(gateway.url, await world.addApp('school'));
    const { order, id } = await pay();
    const theirs = (await school.pay(order)).body.referenceId;
    sandbox.approve(theirs);
    await shop.callback(await bodyOf(theirs));
    await eventually(() => isPaid(theirs), soonMs);
    assert.match(await history(id), /: 12.50 SZL, pending/);
  });

  await t.test('where no external id fits, the reference id does', async () => {
    const { id } = await pay();
    sandbox.approve(id);
    await shop.callback({ status: 'SUCCESSFUL', externalId: 'of nobody', referenceId: id });
    await eventually(() => isPaid(id), soonMs);
  });

  await t.test('an altered signed address is worth as much as none', async () => {
    const { id } = await pay();
    const other = await pay();
    sandbox.approve(id);
    const forged = addressOf(id).replace(id, other.id);
    assert.equal((await shop.callback({ status: 'SUCCESSFUL' }, forged)).status, 200);
    assert.doesNotMatch(await history(other.id), /callback/);
    await shop.callback(await bodyOf(id), `${addressOf(id).slice(0, -2)}xx`);
    await eventually(() => isPaid(id), soonMs);
  });

  await t.test('a body that cannot be read, at the signed address, still makes MTN be asked', async () => {
    const { id } = await pay();
    sandbox.approve(id);
    assert.equal((await shop.callback('<html>', addressOf(id))).status, 200);
    await eventually(() => isPaid(id), soonMs);
  });
});
