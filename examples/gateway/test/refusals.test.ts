import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

test('what is refused', async (t) => {
  const world = await createWorld(t);
  const { sandbox } = world.mtn;
  const gateway = await world.start();
  const shop = createClient(gateway.url, gateway.key);

  await t.test('401 without a key, or with a wrong one, before anything else', async () => {
    for (const key of ['', 'mmg_wrong', `${gateway.key}x`, gateway.key.slice(0, -1)]) {
      const stranger = createClient(gateway.url, key);
      assert.equal((await stranger.pay('not even JSON')).status, 401);
      assert.equal((await stranger.status('8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11')).status, 401);
    }
  });

  await t.test('422 says what is wrong, quotes nothing, and charges nothing', async () => {
    const before = sandbox.calls.length;
    const order = newOrder();
    const bad: [unknown, RegExp][] = [
      ['{"amount":', /JSON/],
      ['[]', /object/],
      ['null', /object/],
      [{}, /payer/],
      [newOrder({ amount: '0' }), /amount/],
      [newOrder({ amount: '-5' }), /amount/],
      [newOrder({ amount: '1e3' }), /amount/],
      [newOrder({ amount: '12.505' }), /amount/],
      [newOrder({ amount: 12.5 }), /amount/],
      [newOrder({ amount: undefined }), /amount/],
      [newOrder({ currency: 'E' }), /currency/],
      [newOrder({ currency: null }), /currency/],
      [newOrder({ externalId: '' }), /externalId/],
      [newOrder({ externalId: 'x'.repeat(257) }), /externalId/],
      [newOrder({ externalId: 17 }), /externalId/],
      [newOrder({ externalId: 'a\nb' }), /externalId/],
      [newOrder({ payer: '26876123456' }), /payer/],
      [newOrder({ payer: { partyIdType: 'MSISDN', partyId: 'abc26876123456' } }), /payer/],
      [newOrder({ payer: { partyIdType: 'IBAN', partyId: '26876123456' } }), /payer\.partyIdType must be MSISDN/],
      [newOrder({ payer: { partyId: '26876123456' } }), /payer\.partyIdType/],
      [newOrder({ payer: { partyIdType: { toString: 1, valueOf: 1 }, partyId: '26876123456' } }), /payer\.partyIdType/],
      [newOrder({ payer: { partyIdType: 'MSISDN', partyId: 26_876_123_456 } }), /payer\.partyId must be a string/],
      [newOrder({ payerMessage: 4 }), /payerMessage/],
      [newOrder({ callbackUrl: 'ftp://shop.example/' }), /callbackUrl/],
      [newOrder({ callbackUrl: 7 }), /callbackUrl/],
    ];
    for (const [body, wanted] of bad) {
      const answer = await shop.pay(body);
      assert.equal(answer.status, 422, JSON.stringify(body));
      assert.match(answer.body.error, wanted);
      assert.doesNotMatch(answer.body.error, /26876123456/);
    }
    // The externalId is still free.
    assert.equal((await shop.pay({ ...order, amount: '0' })).status, 422);
    assert.equal(sandbox.calls.length, before);
    assert.equal((await shop.pay(order)).status, 202);
  });

  await t.test('a body that is too large is 413', async () => {
    assert.equal((await shop.pay(newOrder({ payeeNote: 'x'.repeat(70_000) }))).status, 413);
  });

  await t.test('a body too large to be read ends its connection, and says so to a proxy that shares it', async () => {
    const large = newOrder({ payeeNote: 'x'.repeat(70_000) });
    const answers = [
      await shop.pay(large),
      await createClient(gateway.url, 'mmg_wrong').pay(large),
      await shop.callback(large),
    ];
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers.get('connection')]),
      [
        [413, 'close'],
        [401, 'close'],
        [200, 'close'],
      ],
    );
    assert.equal((await shop.pay(newOrder())).headers.get('connection'), 'keep-alive');
  });

  await t.test('404 for a payment that nobody has, whatever the id looks like', async () => {
    for (const id of ['8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11', '17', "x'--"]) {
      assert.equal((await shop.status(encodeURIComponent(id))).status, 404);
    }
  });
});
