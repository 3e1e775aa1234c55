import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createClient, eventually, newOrder } from './client.ts';
import { createWorld } from './gateway.ts';
import { type Received, startReceiver } from './receiver.ts';

export const signatureOf = ({ headers }: Received) => String(headers['x-momo-proxy-signature']);

/** A gateway, and an app that is told the results at `/default`. */
export async function createForwardingWorld(t: TestContext) {
  const world = await createWorld(t);
  const receiver = await startReceiver(t);
  const gateway = await world.start();
  const key = await world.addApp('shop', '--callback-url', `${receiver.url}/default`);
  const shop = createClient(gateway.url, key);
  /** What came about a payment. */
  const of = (id: string) => receiver.received.filter(({ body }) => JSON.parse(body.toString()).referenceId === id);
  return {
    world,
    sandbox: world.mtn.sandbox,
    receiver,
    gateway,
    key,
    shop,
    of,
    pay: async (more = {}) => (await shop.pay(newOrder(more))).body.referenceId as string,
    arrived: (id: string) =>
      eventually(() => {
        assert.equal(of(id).length, 1);
        return of(id)[0] as Received;
      }),
  };
}
