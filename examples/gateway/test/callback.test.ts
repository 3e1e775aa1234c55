import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, eventually, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

// The sandbox's own callbacks get lost here, nobody asks for a status, and the first poll comes after a minute: what moves
// a payment is the callback under test.
const soonMs = 10_000;

test('callbacks', async (t) => {
  const lost: Request[] = [];
  const lose = async (request: Request) => {
    lost.push(request);
    return new Response(null, { status: 200 });
  };
  const world = await createWorld(t, { callbacks: { fetch: lose } });
  const { sandbox } = world.mtn;
  const gateway = await world.start({ POLL_SCHEDULE: 'callback-first' });
  const shop = createClient(gateway.url, gateway.key);
  const history = async (id: string) => (await world.command('history', id)).output;
  const isPaid = async (id: string) => assert.match((await history(id)).split('\n')[0] ?? '', /successful$/);
  const pay = async (more = {}) => {
    const order = newOrder(more);
    return { order, id: (await shop.pay(order)).body.referenceId as string };
  };
  /** Where MTN was told to call: the signed path. */
  const addressOf = (id: string) => {
    const { callbackUrl } = sandbox.payments.find(({ referenceId }) => referenceId === id) ?? {};
    return new URL(callbackUrl ?? '').pathname;
  };
  const bodyOf = async (id: string, more = {}) => sandbox.forgeCallback(id, more).text();

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

  await t.test('a forged callback changes nothing, whatever it claims and wherever it comes', async () => {
    const { order, id } = await pay();
    const paid = await pay();
    sandbox.approve(paid.id);
    await shop.until(paid.id, 'SUCCESSFUL');
    for (const status of ['SUCCESSFUL', 'FAILED', 'TIMEOUT', 'CANCELLED', 'nonsense']) {
      for (const target of [id, paid.id]) {
        const body = await bodyOf(target, { status });
        for (const path of ['/callback', addressOf(target)]) {
          assert.equal((await shop.callback(body, path)).status, 200);
        }
      }
    }
    await shop.callback({ ...order, referenceId: id, status: 'SUCCESSFUL', financialTransactionId: '1' });
    const { body } = await shop.status(id);
    assert.deepEqual([body.status, body.financialTxId], ['PENDING', null]);
    assert.equal((await shop.status(paid.id)).body.status, 'SUCCESSFUL');
  });

  await t.test('paid after it timed out: the callback has it read once more', async () => {
    const { id } = await pay();
    sandbox.expire(id);
    await shop.until(id, 'TIMEOUT');
    const reads = () =>
      sandbox.calls.filter((call) => call.operation === 'getRequestToPay' && call.referenceId === id).length;
    const before = reads();
    await shop.callback(await bodyOf(id, { status: 'SUCCESSFUL' }));
    await eventually(() => assert.ok(reads() > before), 3_000);
    assert.equal((await shop.status(id)).body.status, 'TIMEOUT');
  });

  await t.test('the answer is 200 to everything, and says nothing', async () => {
    const id = '8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11';
    const bodies = [
      '',
      'x',
      '[]',
      '{}',
      '{"status":5}',
      `{"status":"SUCCESSFUL","referenceId":"${id}"}`,
      'x'.repeat(100_000),
    ];
    for (const body of [...bodies, '{"__proto__":{"status":"SUCCESSFUL"},"externalId":{}}']) {
      for (const path of ['/callback', `/callback/${id}/1/AAAAAAAAAAAAAAAAAAAAAA`]) {
        assert.equal((await shop.callback(body, path)).status, 200, body.slice(0, 40));
      }
    }
    const response = await fetch(`${gateway.url}/callback/a/b/c/d`, { method: 'POST', body: 'x' });
    assert.deepEqual([response.status, await response.text()], [200, '']);
  });

  await t.test('a flood without a signed address is answered 200, and MTN is spared', async () => {
    const { order, id } = await pay();
    const reads = () =>
      sandbox.calls.filter((call) => call.referenceId === id && call.operation === 'getRequestToPay').length;
    const before = reads();
    const startedAtMs = Date.now();
    const flood = Array.from({ length: 300 }, () =>
      shop.callback({ externalId: order.externalId, status: 'SUCCESSFUL' }),
    );
    assert.ok((await Promise.all(flood)).every(({ status }) => status === 200));
    const seconds = (Date.now() - startedAtMs) / 1_000;
    assert.ok(reads() - before <= 3 + seconds, `${reads() - before} reads in ${seconds} s`);
  });
});
