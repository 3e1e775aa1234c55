import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { MomoCollections } from 'momo-collections';
import { startSandboxServer } from 'momo-collections/testing/server';
import { startGateway } from '../src/gateway.ts';
import { createLog } from '../src/log.ts';
import { readConfiguration } from '../src/read-configuration.ts';
import { openStores } from '../src/stores.ts';
import { eventually, newOrder } from './support/client.ts';
import { startReceiver } from './support/receiver.ts';

test('a result that could not be written down for forwarding is handed out again', async (t) => {
  const mtn = await startSandboxServer({ port: 0, approval: 'automatic', targetEnvironment: 'mtnswaziland' });
  t.after(() => mtn.close());
  const env = { ...mtn.env, ALLOW_PRIVATE_CALLBACKS: 'true', GATEWAY_CALLBACK_SECRETS: 'a secret of sixteen bytes' };
  const receiver = await startReceiver(t);
  const dataFolder = await mkdtemp(join(tmpdir(), 'gateway-'));
  const masterKey = randomBytes(32).toString('base64');
  const stores = await openStores({ databaseUrl: undefined, dataFolder, masterKey });
  let failures = 2;
  const add: typeof stores.outbox.add = async (event) => {
    failures -= 1;
    if (failures >= 0) throw Object.assign(new Error('The disk is full.'), { code: 'SQLITE_FULL' });
    return stores.outbox.add(event);
  };
  const gateway = startGateway({
    configuration: readConfiguration(env),
    stores: { ...stores, outbox: { ...stores.outbox, add } },
    client: MomoCollections.fromEnv(mtn.env),
    log: createLog(() => undefined),
  });
  t.after(async () => {
    await gateway.stop();
    await stores.close();
    await rm(dataFolder, { recursive: true });
  });
  const { key } = await stores.apps.add({ name: 'shop', callbackUrl: receiver.url, requestsPerMinute: 600 });
  const body = JSON.stringify(newOrder());
  const init = { method: 'POST', headers: { 'X-Proxy-Api-Key': key }, body };
  assert.equal((await gateway.fetch(new Request('http://gateway.test/request-to-pay', init))).status, 202);
  await eventually(() => assert.equal(receiver.received.length, 1), 60_000);
});
