import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { MomoCollections } from '../../src/index.js';
import { PaymentLedger } from '../../src/ledger/index.js';
import { startSandboxServer } from '../../src/testing/server/index.js';
import { openPlace, type StorePlace } from '../support/child-store.js';
import { bundleChild, nextMessage, startChild } from '../support/children.js';
import type { FleetTask } from './fleet-child.js';

const processCount = 20;
const orderCount = 24;
/** How long MTN takes for a status read: two of one payment within this time would be under way together. */
const readTakesMs = 120;
const payer = '46733999888';

/** Twenty processes charge the same orders and sweep at once, on one store, against one MTN that writes down what comes. */
export async function runFleet(place: StorePlace): Promise<void> {
  const server = await startSandboxServer({ port: 0, approval: 'manual' });
  const { sandbox } = server;
  sandbox.fault({ on: 'getRequestToPay', times: Number.POSITIVE_INFINITY, delayMs: readTakesMs });
  const client = { ...server.credentials, baseUrl: server.url };
  const orders = Array.from({ length: orderCount }, (_, index) => ({
    externalId: `order-${index}`,
    amount: '12.50',
    currency: 'EUR',
    payer,
  }));
  const path = await bundleChild(new URL('fleet-child.ts', import.meta.url), 'fleet');
  const task: FleetTask = { place, client, orders };
  const children = Array.from({ length: processCount }, () => startChild(path, task));
  const { store, close } = openPlace(place);
  try {
    await Promise.all(children.map(nextMessage));
    for (const child of children) child.send('go');
    const charged = (await Promise.all(children.map(nextMessage))) as { ids: string[] }[];
    // One payment for each order, whoever asked; one POST for each payment.
    for (const { ids } of charged) expect(ids).toEqual(charged[0]?.ids);
    expect(sandbox.payments.map(({ referenceId }) => referenceId).sort()).toEqual([...(charged[0]?.ids ?? [])].sort());
    const posts = () => sandbox.calls.filter(({ operation }) => operation === 'requestToPay').length;
    expect(posts()).toBe(orderCount);

    await sleep(4_000);
    for (const { referenceId } of sandbox.payments) sandbox.approve(referenceId);
    const ledger = new PaymentLedger({ client: new MomoCollections(client), store });
    const states = async () => {
      const found = [];
      for await (const { state } of ledger.list()) found.push(state);
      return found;
    };
    for (const untilMs = Date.now() + 40_000; Date.now() < untilMs; await sleep(100)) {
      if ((await states()).every((state) => state === 'successful')) break;
    }
    expect(await states()).toEqual(new Array(orderCount).fill('successful'));

    const stopped = children.map(nextMessage);
    for (const child of children) child.send('stop');
    for (const message of await Promise.all(stopped)) expect(message).toEqual({ problems: [] });
    expect(posts()).toBe(orderCount);

    const reads = sandbox.calls.filter(({ operation }) => operation === 'getRequestToPay');
    expect(reads.length).toBeGreaterThan(orderCount);
    for (const { atMs } of reads) {
      const within = reads.filter((read) => read.atMs >= atMs && read.atMs < atMs + 1_000);
      expect(within.length, `status reads in the second from ${atMs}`).toBeLessThanOrEqual(8);
    }
    for (const { referenceId } of sandbox.payments) {
      const own = reads.filter((read) => read.referenceId === referenceId).map(({ atMs }) => atMs);
      for (const [index, atMs] of own.entries()) {
        expect(atMs - (own[index - 1] ?? Number.NEGATIVE_INFINITY), 'from read to read').toBeGreaterThanOrEqual(
          readTakesMs,
        );
      }
      expect(await ledger.receipt(referenceId)).toMatchObject({ amount: '12.50', status: 'paid' });
    }
    const most = Math.max(
      ...reads.map(({ atMs }) => reads.filter((read) => read.atMs >= atMs && read.atMs < atMs + 1_000).length),
    );
    console.log(
      `${place.kind}: ${orderCount} payments, ${posts()} POSTs, ${reads.length} reads, at most ${most} in a second`,
    );
  } finally {
    for (const child of children) child.kill();
    await close();
    await server.close();
  }
}
