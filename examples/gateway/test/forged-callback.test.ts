import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCallbackWorld } from './support/callbacks.ts';
import { eventually } from './support/client.ts';

test('callbacks that are not to be believed', async (t) => {
  const { sandbox, gateway, shop, pay, addressOf, bodyOf, reads } = await createCallbackWorld(t);

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
    const before = reads(id);
    await shop.callback(await bodyOf(id, { status: 'SUCCESSFUL' }));
    await eventually(() => assert.ok(reads(id) > before), 3_000);
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
    const before = reads(id);
    const startedAtMs = Date.now();
    const flood = Array.from({ length: 300 }, () =>
      shop.callback({ externalId: order.externalId, status: 'SUCCESSFUL' }),
    );
    assert.ok((await Promise.all(flood)).every(({ status }) => status === 200));
    const seconds = (Date.now() - startedAtMs) / 1_000;
    assert.ok(reads(id) - before <= 3 + seconds, `${reads(id) - before} reads in ${seconds} s`);
  });
});
