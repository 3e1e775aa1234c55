import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { ConfigurationError } from '../src/configuration.ts';
import { readConfiguration } from '../src/read-configuration.ts';

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

test("where no currency is given it is SZL; at MTN's sandbox EUR, for it takes no other", () => {
  const currencyOf = (more: Record<string, string>) => readConfiguration({ ...live, ...more }).defaultCurrency;
  assert.equal(currencyOf({}), 'SZL');
  assert.equal(currencyOf({ MTN_TARGET_ENV: 'sandbox' }), 'EUR');
  assert.equal(currencyOf({ MTN_TARGET_ENV: 'sandbox', DEFAULT_CURRENCY: 'UGX' }), 'UGX');
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
  const proxied = { ...live, MTN_BASE_URL: 'http://127.0.0.1:8080' };
  assert.equal(readConfiguration(proxied).mode, 'local');
  assert.equal(readConfiguration({ ...proxied, NODE_ENV: 'production' }).mode, 'live');
});

test("a callback host that MTN does not know is refused at the start, and not with each payment's 502", () => {
  assert.match(problemsOf({ ...live, MTN_PROVIDER_CALLBACK_HOST: 'other.example.com' }), /GATEWAY_PUBLIC_URL/);
});
