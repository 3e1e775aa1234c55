import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hashKey, makeKey } from '../src/apps/keys.ts';
import { createSeal } from '../src/apps/seal.ts';
import { ConfigurationError, readConfiguration } from '../src/configuration.ts';
import { callbackUrlProblem } from '../src/forwarding/callback-address.ts';
import { createLog } from '../src/log.ts';
import { createRateLimit } from '../src/rate-limit.ts';

const live = {
  MTN_SUBSCRIPTION_KEY: 'subscription',
  MTN_API_USER: 'user',
  MTN_API_KEY: 'key',
  MTN_TARGET_ENV: 'mtnswaziland',
  GATEWAY_PUBLIC_URL: 'https://pay.example.com/',
  GATEWAY_MASTER_KEY: randomBytes(32).toString('base64'),
  GATEWAY_CALLBACK_SECRETS: 'a secret of sixteen bytes or more, another one that is as long',
};

const problemsOf = (env: Record<string, string>): string => {
  try {
    readConfiguration(env);
    return '';
  } catch (error) {
    assert.ok(error instanceof ConfigurationError);
    return error.message;
  }
};

test('nothing set is the embedded MTN, one on this machine is local, anything else is live', () => {
  assert.equal(readConfiguration({}).mode, 'embedded');
  assert.equal(readConfiguration({ ...live, MTN_BASE_URL: 'http://127.0.0.1:4010' }).mode, 'local');
  const { mode, publicUrl, callbackSecrets, defaultCurrency } = readConfiguration(live);
  assert.deepEqual([mode, publicUrl, defaultCurrency], ['live', 'https://pay.example.com', 'SZL']);
  assert.equal(callbackSecrets.length, 2);
  // Somebody may own a domain that looks like this machine.
  assert.equal(readConfiguration({ ...live, MTN_BASE_URL: 'https://127.0.0.1.example.com' }).mode, 'live');
});

test('all that is wrong is said at once, and no value is quoted', () => {
  const said = problemsOf({
    ...live,
    PORT: 'http',
    GATEWAY_MASTER_KEY: 'c2hvcnQ=',
    GATEWAY_CALLBACK_SECRETS: 'short',
    DEFAULT_CURRENCY: 'szl',
    ALLOW_PRIVATE_CALLBACKS: 'yes',
    GATEWAY_PUBLIC_URL: 'http://10.0.0.1:8080',
  });
  const names = [
    'PORT',
    'GATEWAY_MASTER_KEY',
    'GATEWAY_CALLBACK_SECRETS',
    'DEFAULT_CURRENCY',
    'ALLOW_PRIVATE_CALLBACKS',
  ];
  for (const name of [...names, 'GATEWAY_PUBLIC_URL']) assert.match(said, new RegExp(name));
  assert.doesNotMatch(said, /c2hvcnQ=|short$|10\.0\.0\.1/m);
});

test('live, every secret must be given, and production never falls back to the embedded MTN', () => {
  const { GATEWAY_MASTER_KEY: _, GATEWAY_CALLBACK_SECRETS: __, ...missing } = live;
  assert.match(problemsOf(missing), /GATEWAY_MASTER_KEY.*\n.*GATEWAY_CALLBACK_SECRETS/);
  assert.match(problemsOf({ NODE_ENV: 'production' }), /MTN_SUBSCRIPTION_KEY/);
});

test("a callback host that MTN does not know is refused at the start, and not with each payment's 502", () => {
  assert.match(problemsOf({ ...live, MTN_PROVIDER_CALLBACK_HOST: 'other.example.com' }), /GATEWAY_PUBLIC_URL/);
});

test('a sealed key opens for its app under its master key, and for nobody else', async () => {
  const master = new Uint8Array(randomBytes(32));
  const seal = await createSeal(master);
  const key = makeKey();
  const sealed = await seal.seal(key, 'app-1');
  assert.equal(await seal.open(sealed, 'app-1'), key);
  assert.equal(sealed.includes(key), false);
  assert.notEqual(await seal.seal(key, 'app-1'), sealed);
  await assert.rejects(seal.open(sealed, 'app-2'), /GATEWAY_MASTER_KEY/);
  await assert.rejects((await createSeal(new Uint8Array(randomBytes(32)))).open(sealed, 'app-1'), /GATEWAY_MASTER_KEY/);
  await assert.rejects(seal.open(`${sealed.slice(0, -4)}AAAA`, 'app-1'), /GATEWAY_MASTER_KEY/);
  assert.notEqual(makeKey(), key);
  assert.match(hashKey(key), /^[0-9a-f]{64}$/);
});

test('the rate comes back evenly, and each app has its own', () => {
  let nowMs = 0;
  const take = createRateLimit(() => nowMs);
  assert.deepEqual([take('a', 2), take('a', 2), take('a', 2)], [0, 0, 30_000]);
  assert.equal(take('b', 2), 0);
  nowMs = 29_000;
  assert.equal(take('a', 2), 1_000);
  nowMs = 30_000;
  assert.equal(take('a', 2), 0);
  // A clock that was set back takes nothing away.
  nowMs = 0;
  assert.equal(take('a', 2), 30_000);
});

test('an address to forward to: https to anybody, all else only where private ones are allowed', () => {
  assert.equal(callbackUrlProblem('https://shop.example/momo?a=1', false), undefined);
  for (const url of [
    'http://shop.example/',
    'https://a:b@shop.example/',
    'https://10.0.0.1/',
    'https://shop/',
    'x',
    7,
    null,
  ]) {
    assert.equal(typeof callbackUrlProblem(url, false), 'string', String(url));
  }
  assert.equal(callbackUrlProblem('http://127.0.0.1:8080/', true), undefined);
  assert.equal(typeof callbackUrlProblem('file:///etc/passwd', true), 'string');
});

test('a log has errors by name and code: what their messages quote stays out', () => {
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  log.error('request', Object.assign(new Error('insert of 26876123456 failed'), { code: '23505' }));
  assert.doesNotMatch(lines[0] ?? '', /26876123456/);
  assert.match(lines[0] ?? '', /"code":"23505"/);
});
