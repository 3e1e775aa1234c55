import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { PGlite } from '@electric-sql/pglite';
import { MomoCollections } from 'momo-collections';
import { postgresPaymentStore } from 'momo-collections/ledger/postgres';
import { startSandboxServer } from 'momo-collections/testing/server';
import { createApps } from '../src/apps/apps.ts';
import { createSeal } from '../src/apps/seal.ts';
import { openPostgres } from '../src/database/postgres.ts';
import { createOutbox } from '../src/forwarding/outbox.ts';
import { startGateway } from '../src/gateway.ts';
import { createLog } from '../src/log.ts';
import { readConfiguration } from '../src/read-configuration.ts';
import { eventually, newOrder } from './support/client.ts';
import { startReceiver } from './support/receiver.ts';

// PostgreSQL itself, embedded. Against a server of yours all the other tests run too: set DATABASE_URL.
test('the gateway on PostgreSQL', async (t) => {
  const mtn = await startSandboxServer({ port: 0, approval: 'automatic', targetEnvironment: 'mtnswaziland' });
  t.after(() => mtn.close());
  const receiver = await startReceiver(t);
  const postgres = new PGlite();
  const database = await openPostgres(postgres);
  await openPostgres(postgres); // again, as after a restart
  const apps = createApps(database, await createSeal(new Uint8Array(randomBytes(32))));
  const outbox = createOutbox(database);
  const stores = {
    payments: postgresPaymentStore(postgres),
    database,
    apps,
    outbox,
    close: async () => postgres.close(),
  };
  const env = { ...mtn.env, ALLOW_PRIVATE_CALLBACKS: 'true', GATEWAY_CALLBACK_SECRETS: 'a secret of sixteen bytes' };
  const lines: string[] = [];
  const gateway = startGateway({
    configuration: readConfiguration(env),
    stores,
    client: MomoCollections.fromEnv(mtn.env),
    log: createLog((line) => lines.push(line)),
  });
  t.after(async () => {
    await gateway.stop();
    await stores.close();
  });
  const add = (name: string) => apps.add({ name, callbackUrl: receiver.url, requestsPerMinute: 1_000 });
  const { key } = await add('shop');
  await assert.rejects(add('shop'), /already/);
  // biome-ignore lint/suspicious/noExplicitAny: a client reads what it expects.
  const call = async (path: string, body?: unknown): Promise<{ status: number; body: any }> => {
    const init = {
      headers: { 'X-Proxy-Api-Key': key },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    };
    const response = await gateway.fetch(new Request(`http://gateway.test${path}`, init));
    return { status: response.status, body: await response.json() };
  };

  const order = newOrder();
  const twenty = await Promise.all(Array.from({ length: 20 }, () => call('/request-to-pay', order)));
  assert.deepEqual(new Set(twenty.map(({ status }) => status)), new Set([202]));
  const [referenceId] = new Set(twenty.map(({ body }) => body.referenceId));
  assert.equal(mtn.sandbox.payments.length, 1);
  assert.equal((await call('/request-to-pay', { ...order, amount: '13' })).status, 409);
  receiver.answer = () => (receiver.received.length > 1 ? 200 : 500);
  await eventually(async () => {
    const { body } = await call(`/status/${referenceId}`);
    assert.deepEqual([body.status, body.callbackForwarded], ['SUCCESSFUL', true]);
  });
  assert.equal(receiver.received.length, 2);
  assert.deepEqual(
    (await outbox.attempts(referenceId)).map(({ outcome }) => outcome),
    ['http-500', 'delivered'],
  );
  assert.equal((await call('/health')).status, 200);
  assert.equal(typeof (await apps.rotate('shop')), 'string');
  assert.equal((await call(`/status/${referenceId}`)).status, 401);
  assert.deepEqual(
    lines.filter((line) => line.includes('"level":"error"')),
    [],
  );
});
