import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { createClient } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

test('the demo app, whose key was printed for all to see, is not let in where real money moves', async (t) => {
  const world = await createWorld(t);
  const trial = await world.start();
  assert.equal((await createClient(trial.url, trial.key).status('17')).status, 404);
  const shopKey = await world.addApp('shop');
  await trial.kill();
  // The same database, as it is where DATABASE_URL stays and only the variables of MTN change.
  const live = await world.start({
    NODE_ENV: 'production',
    GATEWAY_DATA: join(world.environment.GATEWAY_DATA ?? '', 'local'),
    GATEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
    GATEWAY_CALLBACK_SECRETS: randomBytes(32).toString('hex'),
  });
  assert.equal((await createClient(live.url, trial.key).status('17')).status, 401);
  assert.equal((await createClient(live.url, shopKey).status('17')).status, 404);
  await live.kill();
  const again = await world.start();
  assert.equal((await createClient(again.url, again.key).status('17')).status, 404);
});

test('no app of a customer can have the name of the demo app', async (t) => {
  const world = await createWorld(t);
  const { code, output } = await world.command('add-app', '--name', 'demo');
  assert.deepEqual([code, /another name/.test(output)], [1, true]);
});
