import { describe, expect, test } from 'vitest';
import { createCallbackUrl } from '../../src/callback/index.js';
import type { PaymentLedger } from '../../src/ledger/index.js';
import { createMomoSandbox } from '../../src/testing/index.js';
import { callbackSecret, hourMs, minuteMs, openShop, order } from './support.js';

async function charged() {
  const shop = openShop();
  const payment = await shop.ledger.charge(order);
  const { id } = payment;
  const url = shop.sandbox.forgeCallback(id).url;
  const snapshot = async () => ({
    payment: await shop.ledger.get(id),
    receipt: await shop.ledger.receipt(id),
    audit: await shop.ledger.audit(id),
    callbacks: await shop.store.callbacks(id),
  });
  return { ...shop, payment, id, url, snapshot };
}

const claim = (over: object = {}) =>
  JSON.stringify({ status: 'SUCCESSFUL', amount: '12.50', currency: 'EUR', financialTransactionId: '1', ...over });

const post = (url: string, body: string = claim()) => new Request(url, { method: 'POST', body });

describe('a callback that nobody can vouch for', () => {
  test.each<[string, (url: string, id: string) => string | Promise<string>]>([
    ['without a signature', (_url, id) => `https://shop.example/momo/${id}`],
    ['without anything', () => 'https://shop.example/momo'],
    ['with a signature cut short', (url) => url.slice(0, -1)],
    ['with an altered signature', (url) => url.replace(/.$/, (sign) => (sign === 'A' ? 'Q' : 'A'))],
    ['with a later expiry', (url) => url.replace(/\/(\d+)\//, (_all, ms) => `/${Number(ms) + 1}/`)],
    ['with another payment’s id under this signature', (url, id) => url.replace(id, crypto.randomUUID())],
    [
      'signed with another secret',
      (_url, referenceId) => {
        const baseUrl = 'https://shop.example/momo';
        return createCallbackUrl({ baseUrl, referenceId, secret: 'not the secret of the shop', expiresAtMs: 9e12 });
      },
    ],
  ])('%s is a 404, and changes and keeps nothing', async (_what, forge) => {
    const { ledger, url, id, snapshot, calls } = await charged();
    const before = await snapshot();
    const response = await ledger.handleCallback(post(await forge(url, id)));
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
    expect(await snapshot()).toEqual(before);
    expect(calls('getRequestToPay')).toHaveLength(0);
  });

  test('after its URL has expired is a 404 too', async () => {
    const { ledger, url, sandbox, snapshot } = await charged();
    sandbox.advance(9 * 24 * hourMs);
    const before = await snapshot();
    expect((await ledger.handleCallback(post(url))).status).toBe(404);
    expect(await snapshot()).toEqual(before);
  });

  test('is all there is when the ledger has no secrets', async () => {
    const { ledger, sandbox } = openShop({ ledger: { callbackUrl: undefined, callbackSecrets: undefined } });
    const { id } = await ledger.charge(order);
    expect((await ledger.handleCallback(sandbox.forgeCallback(id, { url: 'https://shop.example/x' }))).status).toBe(
      404,
    );
  });
});

describe('a callback at the right address that lies', () => {
  test.each<[string, string, number]>([
    ['claims a success', claim(), 200],
    ['claims a failure', claim({ status: 'FAILED' }), 200],
    ['claims another amount', claim({ amount: '9999' }), 200],
    ['names another payment', claim({ referenceId: crypto.randomUUID(), externalId: 'order-9' }), 200],
    ['is no JSON', 'status=SUCCESSFUL', 400],
    ['is empty', '', 400],
    ['has no status', '{}', 400],
    ['reaches for a prototype', '{"__proto__":{"status":"SUCCESSFUL"},"status":"SUCCESSFUL"}', 200],
    ['is too large', claim({ payerMessage: 'x'.repeat(70_000) }), 413],
  ])('%s: nothing is paid by it', async (_what, body, status) => {
    const { ledger, url, id, told } = await charged();
    expect((await ledger.handleCallback(post(url, body))).status).toBe(status);
    expect((await ledger.get(id))?.state).toBe(status === 200 ? 'pending' : 'submitted');
    expect(await ledger.receipt(id)).toBeUndefined();
    expect(await told()).toEqual([]);
  });

  test('is kept as it came, with a line in the audit that holds none of it but the word', async () => {
    const { ledger, url, id, store } = await charged();
    await ledger.handleCallback(post(url, claim({ payer: { partyIdType: 'MSISDN', partyId: '46733999888' } })));
    await ledger.handleCallback(post(url, claim({ status: '46733999888' })));
    expect((await store.callbacks(id)).map(({ raw }) => Object(raw).status)).toEqual(['SUCCESSFUL', '46733999888']);
    const audit = await ledger.audit(id);
    expect(audit.filter(({ action }) => action === 'callback')).toMatchObject([
      { direction: 'inbound-from-mtn', httpStatus: 200, outcome: 'SUCCESSFUL' },
      { outcome: 'odd-status' },
    ]);
    expect(JSON.stringify(audit)).not.toContain('46733999888');
  });

  test('of a payment that is not in the ledger keeps nothing', async () => {
    const { ledger, store, now } = await charged();
    const referenceId = crypto.randomUUID();
    const baseUrl = 'https://shop.example/momo';
    const url = await createCallbackUrl({ baseUrl, referenceId, secret: callbackSecret, expiresAtMs: now() + hourMs });
    expect((await ledger.handleCallback(post(url))).status).toBe(200);
    expect(await store.callbacks(referenceId)).toEqual([]);
  });

  test('in a flood: 20 are kept and read, the rest wait for the sweep and write nothing', async () => {
    const { ledger, url, id, store, calls, sandbox, pass } = await charged();
    for (let count = 0; count < 20; count++) {
      sandbox.advance(200); // within MTN's limit of reads
      await ledger.handleCallback(post(url));
    }
    const reads = calls('getRequestToPay').length;
    const version = (await store.get(id))?.version ?? 0;
    await Promise.all(Array.from({ length: 200 }, () => ledger.handleCallback(post(url))));
    expect(await store.callbacks(id)).toHaveLength(20);
    expect(calls('getRequestToPay')).toHaveLength(reads);
    expect((await store.get(id))?.version).toBeLessThanOrEqual(version + 1);
    sandbox.approve(id);
    await pass(1);
    expect((await ledger.get(id))?.state).toBe('successful');
  });

  test('replayed after the end changes nothing, and after a refund neither', async () => {
    const { ledger, url, id, sandbox, told } = await charged();
    sandbox.approve(id);
    await ledger.handleCallback(post(url));
    const receipt = await ledger.receipt(id);
    await ledger.handleCallback(post(url, claim({ status: 'FAILED' })));
    const refund = { amount: '12.50', reference: 'T-1', by: 'Amina', approvedBy: 'Jean' };
    await ledger.markRefunded(id, refund);
    await ledger.handleCallback(post(url));
    expect(await ledger.get(id)).toMatchObject({ state: 'refunded', review: [] });
    expect(await ledger.receipt(id)).toEqual({ ...receipt, status: 'refunded', refundedAmount: '12.50' });
    expect(await told()).toEqual(['successful', 'refunded']);
  });
});

test('a callback is answered while MTN is slow, and what it brings is not lost', async () => {
  const { ledger, url, id, sandbox, pass } = await charged();
  sandbox.fault({ on: 'getRequestToPay', status: 503, times: 3 });
  sandbox.approve(id);
  expect((await ledger.handleCallback(post(url))).status).toBe(200);
  expect((await ledger.get(id))?.state).toBe('submitted');
  await pass(minuteMs, 5_000);
  expect((await ledger.get(id))?.state).toBe('successful');
});

test('a callback that comes before the answer to the create is taken all the same', async () => {
  const late: { ledger?: PaymentLedger } = {};
  const sandbox = createMomoSandbox({
    callbacks: {
      fetch: async (request) => late.ledger?.handleCallback(request) ?? new Response(null, { status: 500 }),
    },
  });
  const { ledger, told, reasons } = openShop({ sandbox });
  late.ledger = ledger;
  sandbox.fault({ on: 'requestToPay', delayMs: 5_000 });
  const { id } = await ledger.charge(order);
  for (let second = 0; second < 10 && (await ledger.get(id))?.state !== 'successful'; second++) {
    sandbox.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(await ledger.get(id)).toMatchObject({ state: 'successful', review: [] });
  expect(sandbox.callbacks).toMatchObject([{ status: 200 }]);
  expect(await ledger.receipt(id)).toMatchObject({ status: 'paid' });
  expect(await told()).toEqual(['successful']);
  expect(await reasons()).toEqual([]);
});
