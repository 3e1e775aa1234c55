import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { hashKey, makeKey } from '../src/apps/keys.ts';
import { createSeal } from '../src/apps/seal.ts';
import { callbackUrlProblem } from '../src/forwarding/callback-address.ts';
import { createLog } from '../src/log.ts';
import { createRateLimit } from '../src/rate-limit.ts';

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
