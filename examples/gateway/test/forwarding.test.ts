import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createCallbackHandler, parseCallback, signatureSchemes, verifySignature } from 'momo-collections/callback';
import { createClient, eventually, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';
import { assertIsResult } from './support/openapi.ts';
import { type Received, startReceiver } from './support/receiver.ts';

const signatureOf = ({ headers }: Received) => String(headers['x-momo-proxy-signature']);

test('forwarding', async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world.mtn;
  const receiver = await startReceiver(t);
  const gateway = await world.start();
  const key = await world.addApp('shop', '--callback-url', `${receiver.url}/default`);
  const shop = createClient(gateway.url, key);
  const of = (id: string) => receiver.received.filter(({ body }) => JSON.parse(body.toString()).referenceId === id);
  const pay = async (more = {}) => (await shop.pay(newOrder(more))).body.referenceId as string;
  const arrived = (id: string, count = 1) =>
    eventually(() => {
      assert.equal(of(id).length, count);
      return of(id).at(-1) as Received;
    });

  await t.test("a confirmed result goes to the app, in MTN's shape, signed over the raw body", async () => {
    const id = await pay({ payerMessage: 'Livres à lire', payeeNote: 'Two' });
    sandbox.approve(id);
    const one = await arrived(id);
    assert.deepEqual([one.method, one.path], ['POST', '/default']);
    const body = JSON.parse(one.body.toString());
    assertIsResult(body);
    assert.deepEqual([body.status, body.amount, body.currency], ['SUCCESSFUL', '12.50', 'SZL']);
    assert.equal(signatureOf(one), createHmac('sha256', key).update(one.body).digest('hex'));
    await eventually(async () => assert.equal((await shop.status(id)).body.callbackForwarded, true));
  });

  await t.test(
    "the signature verifies with PHP's hash_hmac",
    { skip: spawnSync('php', ['-v']).error && 'PHP is not installed' },
    () => {
      for (const { body, headers } of receiver.received) {
        const php =
          "echo hash_equals(hash_hmac('sha256', file_get_contents('php://stdin'), $argv[1]), $argv[2]) ? 'same' : 'other';";
        const said = execFileSync('php', ['-r', php, key, String(headers['x-momo-proxy-signature'])], { input: body });
        assert.equal(said.toString(), 'same');
      }
      assert.ok(receiver.received.length > 0);
    },
  );

  await t.test('the signature verifies with openssl', () => {
    const [one] = receiver.received;
    const said = execFileSync('openssl', ['dgst', '-sha256', '-hmac', key, '-r'], { input: one?.body });
    assert.equal(said.toString().split(' ')[0], signatureOf(one as Received));
  });

  await t.test("the library's own handler takes it, and its parser reads it", async () => {
    const id = await pay();
    sandbox.reject(id, 'NOT_ENOUGH_FUNDS');
    const one = await arrived(id);
    const { body, headers } = one;
    const scheme = signatureSchemes.momoProxy;
    assert.equal(await verifySignature({ body, headers, secrets: key, scheme }), true);
    assert.equal(await verifySignature({ body: `${body} `, headers, secrets: key, scheme }), false);
    const { claimedState, referenceId, reason } = parseCallback(body, { source: 'momo-proxy' });
    assert.deepEqual([claimedState, referenceId, reason?.code], ['failed', id, 'NOT_ENOUGH_FUNDS']);
    const told: string[] = [];
    const handler = createCallbackHandler({
      signature: { scheme, secrets: key },
      read: async (referenceId) => {
        const { status, amount, currency } = (await shop.status(referenceId)).body;
        return { referenceId, amount, currency, state: status === 'FAILED' ? 'failed' : 'pending' };
      },
      onSuccessful: () => assert.fail('it was not paid'),
      onUnsuccessful: (_, { eventId }) => told.push(eventId),
    });
    const request = new Request('https://shop.example/', {
      method: 'POST',
      headers: headers as never,
      body: new Uint8Array(body),
    });
    assert.equal((await handler(request)).status, 200);
    assert.deepEqual(told, [`${id}:failed`]);
  });

  await t.test('a payment that nobody approved is TIMEOUT', async () => {
    const id = await pay();
    sandbox.expire(id);
    assert.equal(JSON.parse((await arrived(id)).body.toString()).status, 'TIMEOUT');
  });

  await t.test('a request may name an address of its own', async () => {
    const id = await pay({ callbackUrl: `${receiver.url}/own?order=7` });
    sandbox.approve(id);
    assert.equal((await arrived(id)).path, '/own?order=7');
  });

  await t.test(
    'what the app does not take comes again, byte for byte, until it does, and each attempt is recorded',
    async () => {
      const id = await pay();
      const answers = [500, { status: 302, headers: { location: `${receiver.url}/elsewhere` } }, 404];
      receiver.answer = () => answers.shift() ?? 200;
      sandbox.approve(id);
      await eventually(async () => assert.equal((await shop.status(id)).body.status, 'SUCCESSFUL'));
      assert.equal((await shop.status(id)).body.callbackForwarded, false);
      await eventually(() => assert.equal(of(id).length, 4), 30_000);
      await eventually(async () => assert.equal((await shop.status(id)).body.callbackForwarded, true));
      receiver.answer = () => 200;
      assert.equal(new Set(of(id).map(({ body }) => body.toString())).size, 1);
      assert.equal(new Set(of(id).map(signatureOf)).size, 1);
      assert.ok(
        receiver.received.every(({ path }) => path !== '/elsewhere'),
        'a redirect was followed',
      );
      const { output } = await world.command('history', id);
      const outcomes = [...output.matchAll(/forward {2}(\S+)/g)].map(([, outcome]) => outcome);
      assert.deepEqual(outcomes, ['http-500', 'http-302', 'http-404', 'delivered']);
    },
  );

  await t.test('a slow app does not hold up another', async () => {
    const slowReceiver = await startReceiver(t);
    slowReceiver.answer = () => 'hang';
    const slow = createClient(gateway.url, await world.addApp('slow', '--callback-url', slowReceiver.url));
    for (let count = 0; count < 8; count++) sandbox.approve((await slow.pay(newOrder())).body.referenceId);
    await eventually(() => assert.ok(slowReceiver.received.length >= 4));
    const id = await pay();
    sandbox.approve(id);
    await eventually(() => assert.equal(of(id).length, 1), 6_000);
  });

  await t.test('an app without an address is told nothing, and can ask', async () => {
    const demo = createClient(gateway.url, gateway.key);
    const { referenceId } = (await demo.pay(newOrder())).body;
    sandbox.approve(referenceId);
    assert.equal((await demo.until(referenceId, 'SUCCESSFUL')).callbackForwarded, false);
  });
});

test('private addresses are refused unless they are allowed', async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world.mtn;
  const receiver = await startReceiver(t);
  const allowed = await world.start();
  const key = await world.addApp('shop');
  const before = createClient(allowed.url, key);
  const id = (await before.pay(newOrder({ callbackUrl: `${receiver.url}/` }))).body.referenceId;
  await allowed.kill('SIGTERM');

  const gateway = await world.start({ ALLOW_PRIVATE_CALLBACKS: 'false' });
  const shop = createClient(gateway.url, key);
  const port = new URL(receiver.url).port;
  const hosts = [
    '127.0.0.1',
    'localhost',
    'shop.localhost',
    '0x7f.1',
    '2130706433',
    '10.0.0.1',
    '192.168.1.1',
    '169.254.169.254',
  ];
  const v6 = [
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[fc00::1]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ];
  for (const host of [...hosts, ...v6, 'intranet', 'printer.local', 'a.internal']) {
    const { status, body } = await shop.pay(newOrder({ callbackUrl: `https://${host}:${port}/` }));
    assert.deepEqual([status, /callbackUrl/.test(body.error)], [422, true], host);
  }
  assert.equal((await shop.pay(newOrder({ callbackUrl: 'http://shop.example/' }))).status, 422);
  assert.equal((await shop.pay(newOrder({ callbackUrl: 'https://user:pass@shop.example/' }))).status, 422);
  assert.equal((await shop.pay(newOrder({ callbackUrl: 'https://shop.example/momo' }))).status, 202);

  // One that was accepted before the rule changed is not sent either.
  sandbox.approve(id);
  assert.equal((await shop.until(id, 'SUCCESSFUL')).callbackForwarded, false);
  await eventually(async () => assert.match((await world.command('history', id)).output, /forward {2}refused-url/));
  assert.deepEqual(receiver.received, []);
});
