import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import axios from 'axios';
import { createClient, eventually, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

const run = promisify(execFile);
const script = new URL('clients/pay.sh', import.meta.url).pathname;

test('clients that know only the contract', async (t) => {
  const world = await createWorld(t, { approval: 'automatic' });
  const gateway = await world.start();
  const { sandbox } = world.mtn;

  await t.test('bash and curl: paid, repeated, twenty at once, and refused in every way', async () => {
    const { stdout } = await run(script, [gateway.url, gateway.key, 'ORDER-1', '26876123456']);
    const [referenceId, status] = stdout.trim().split(' ');
    assert.equal(status, 'SUCCESSFUL');
    assert.deepEqual(
      sandbox.payments.map((payment) => payment.referenceId),
      [referenceId],
    );
  });

  await t.test("bash and curl: MTN's test numbers fail as MTN says they do", async () => {
    const rejected = await run(script, [gateway.url, gateway.key, 'ORDER-2', '46733123451']);
    assert.match(rejected.stdout, /FAILED$/m);
    const expired = await run(script, [gateway.url, gateway.key, 'ORDER-3', '46733123452']);
    assert.match(expired.stdout, /TIMEOUT$/m);
  });

  await t.test('axios', async () => {
    const http = axios.create({
      baseURL: gateway.url,
      headers: { 'X-Proxy-Api-Key': gateway.key },
      validateStatus: () => true,
    });
    const order = newOrder({ amount: 100, payerMessage: 'Two books', payeeNote: 'ORDER-4' });
    const twenty = await Promise.all(Array.from({ length: 20 }, () => http.post('/request-to-pay', order)));
    assert.ok(twenty.every(({ status, data }) => status === 202 && data.status === 'PENDING'));
    const references = new Set(twenty.map(({ data }) => data.referenceId));
    assert.equal(references.size, 1);
    const [referenceId] = references;
    const paid = await eventually(async () => {
      const { data } = await http.get(`/status/${referenceId}`);
      assert.equal(data.status, 'SUCCESSFUL');
      return data;
    });
    assert.deepEqual(paid.payer, order.payer);
    assert.equal((await http.post('/request-to-pay', { ...order, amount: 101 })).status, 409);
    assert.equal((await http.post('/request-to-pay', {})).status, 422);
    assert.equal((await http.get(`/status/${referenceId}`, { headers: { 'X-Proxy-Api-Key': 'wrong' } })).status, 401);
    assert.equal(sandbox.payments.filter(({ externalId }) => externalId === order.externalId).length, 1);
  });
});

test('the embedded MTN: one command, no account, nothing set', async (t) => {
  const world = await createWorld(t);
  const nothing = Object.fromEntries(Object.keys(world.mtn.env).map((name) => [name, '']));
  const gateway = await world.start({ ...nothing, SANDBOX_PORT: '0', DATABASE_URL: '' });
  const shop = createClient(gateway.url, gateway.key);
  assert.equal((await shop.call('GET', '/health')).body.mode, 'embedded');
  for (const currency of ['SZL', 'EUR']) {
    const { referenceId } = (await shop.pay(newOrder({ currency }))).body;
    await shop.until(referenceId, 'SUCCESSFUL');
  }
  const order = newOrder();
  const { referenceId } = (await shop.pay(order)).body;
  await shop.until(referenceId, 'SUCCESSFUL');
  assert.equal(await gateway.kill('SIGTERM'), 0);
  const next = await world.start({ ...nothing, SANDBOX_PORT: '0', DATABASE_URL: '' });
  assert.equal(next.key, gateway.key);
  assert.equal((await createClient(next.url, next.key).status(referenceId)).body.status, 'SUCCESSFUL');
});
