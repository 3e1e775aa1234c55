import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

test('apps', async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world.mtn;
  const gateway = await world.start();
  const shop = createClient(gateway.url, gateway.key);

  await t.test("two apps' ORDER-1 never meet, and 403 is for another app's payment", async () => {
    const school = createClient(gateway.url, await world.addApp(`school-${process.pid}`));
    const order = newOrder();
    const mine = await shop.pay(order);
    const theirs = await school.pay({ ...order, amount: '99' });
    assert.deepEqual([mine.status, theirs.status], [202, 202]);
    assert.notEqual(mine.body.referenceId, theirs.body.referenceId);
    assert.equal((await school.status(mine.body.referenceId)).status, 403);
    assert.equal((await shop.status(theirs.body.referenceId.toUpperCase())).status, 403);
    sandbox.approve(theirs.body.referenceId);
    await school.until(theirs.body.referenceId, 'SUCCESSFUL');
    assert.equal((await shop.status(mine.body.referenceId)).body.status, 'PENDING');
  });

  await t.test('an app that asks too often is told when to come back, and the others are not held up', async () => {
    const slow = createClient(gateway.url, await world.addApp(`slow-${process.pid}`, '--requests-per-minute', '3'));
    const answers = await Promise.all(Array.from({ length: 5 }, () => slow.status('17')));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [404, 404, 404, 429, 429]);
    const { headers } = await slow.pay(newOrder());
    assert.ok(Number(headers.get('retry-after')) >= 1 && Number(headers.get('retry-after')) <= 20);
    assert.equal((await shop.status('17')).status, 404);
  });

  await t.test('the key of an app can be changed and taken away', async () => {
    const name = `rotated-${process.pid}`;
    const old = await world.addApp(name);
    const { output } = await world.command('rotate-key', '--name', name);
    const renewed = /mmg_[\w-]+/.exec(output)?.[0] ?? '';
    assert.equal((await createClient(gateway.url, old).status('17')).status, 401);
    assert.equal((await createClient(gateway.url, renewed).status('17')).status, 404);
    assert.equal((await world.command('disable-app', '--name', name)).code, 0);
    assert.equal((await createClient(gateway.url, renewed).status('17')).status, 401);
    assert.equal((await world.command('add-app', '--name', name)).code, 1);
    assert.equal((await world.command('add-app')).code, 1);
  });

  await t.test('a script gets the key of a new app, or the new key of an old one, and nothing else', async () => {
    const name = `scripted-${process.pid}`;
    for (const command of ['add-app', 'rotate-key']) {
      const { captured } = await world.command(command, '--name', name);
      assert.match(captured, /^mmg_[\w-]{43}\n$/);
      assert.equal((await createClient(gateway.url, captured.trim()).status('17')).status, 404);
    }
  });

  await t.test('health, the document, and what is not there', async () => {
    assert.deepEqual((await shop.call('GET', '/health')).body, { status: 'ok', mode: 'local' });
    assert.equal((await shop.call('GET', '/openapi.json')).body.openapi, '3.1.0');
    const nothing = await fetch(`${gateway.url}/elsewhere`);
    assert.equal(nothing.status, 404);
    assert.equal(typeof ((await nothing.json()) as { error: string }).error, 'string');
  });

  await t.test('neither a key nor a phone number nor a signed path is in the log', async () => {
    const text = gateway.lines.filter((line) => line.startsWith('{')).join('\n');
    assert.match(text, /"event":"request"/);
    for (const secret of [
      /mmg_/,
      // Whole: five digits alone are in many an id and instant.
      /26876\d{6}/,
      /ORDER-/,
      /callback\/[0-9a-f]{8}/,
      new RegExp(world.mtn.credentials.apiKey),
    ]) {
      assert.doesNotMatch(text, secret);
    }
  });
});
