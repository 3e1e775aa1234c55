import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, newOrder } from './support/client.ts';
import { createWorld } from './support/gateway.ts';

test('a payer type in small letters is the same payer', async (t) => {
  const world = await createWorld(t);
  const gateway = await world.start();
  const shop = createClient(gateway.url, gateway.key);
  const order = newOrder();
  const first = await shop.pay({ ...order, payer: { partyIdType: 'msisdn', partyId: '+268 7612 3456' } });
  const second = await shop.pay(order);
  assert.deepEqual([first.status, second.status], [202, 202]);
  assert.equal(first.body.referenceId, second.body.referenceId);
  assert.deepEqual((await shop.status(first.body.referenceId)).body.payer, order.payer);
});
