import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { createClient, newOrder } from './client.ts';
import { createWorld } from './gateway.ts';

/**
 * A gateway that only the callbacks under test move: the sandbox's own get lost, nobody asks for a status, and the first
 * poll comes after a minute.
 */
export async function createCallbackWorld(t: TestContext) {
  const world = await createWorld(t, { callbacks: { fetch: async () => new Response(null, { status: 200 }) } });
  const { sandbox } = world.mtn;
  const gateway = await world.start({ POLL_SCHEDULE: 'callback-first' });
  const shop = createClient(gateway.url, gateway.key);
  /** What the ledger knows, without asking MTN. */
  const history = async (id: string) => (await world.command('history', id)).output;
  return {
    world,
    sandbox,
    gateway,
    shop,
    history,
    isPaid: async (id: string) => assert.match((await history(id)).split('\n')[0] ?? '', /successful$/),
    async pay() {
      const order = newOrder();
      return { order, id: (await shop.pay(order)).body.referenceId as string };
    },
    /** Where MTN was told to call: the signed path. */
    addressOf(id: string): string {
      const { callbackUrl } = sandbox.payments.find(({ referenceId }) => referenceId === id) ?? {};
      return new URL(callbackUrl ?? '').pathname;
    },
    /** A callback as MTN would send it. */
    bodyOf: async (id: string, more = {}) => sandbox.forgeCallback(id, more).text(),
    reads: (id: string) =>
      sandbox.calls.filter(({ operation, referenceId }) => operation === 'getRequestToPay' && referenceId === id)
        .length,
  };
}
