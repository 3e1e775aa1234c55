import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { createCallbackHandler, parseCallback, signatureSchemes, verifySignature } from 'momo-collections/callback';
import { eventually } from './support/client.ts';
import { createForwardingWorld, signatureOf } from './support/forwarding.ts';
import { assertIsResult } from './support/openapi.ts';
import type { Received } from './support/receiver.ts';

test('forwarding', async (t) => {
  const { sandbox, receiver, key, shop, pay, arrived } = await createForwardingWorld(t);

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
});
