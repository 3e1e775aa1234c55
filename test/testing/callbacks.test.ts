import { describe, expect, test, vi } from 'vitest';
import { createMerchant, msisdn } from '../support/merchant.js';

const callbackUrl = 'https://merchant.example/momo/secret-path';
const headers = { 'X-Callback-Url': callbackUrl };

function createReceiver(answer: () => Promise<Response> = async () => new Response(null, { status: 204 })) {
  const received: { method: string; url: string; headers: Record<string, string>; body: unknown }[] = [];
  async function fetch(request: Request): Promise<Response> {
    const { method, url } = request;
    received.push({ method, url, headers: Object.fromEntries(request.headers), body: await request.json() });
    return answer();
  }
  return { received, fetch };
}

describe('delivered callbacks', () => {
  test('come after the payment became final, as MTN was seen to send them', async () => {
    const { received, fetch } = createReceiver();
    const { sandbox, requestToPay } = createMerchant({ approval: 'manual', callbacks: { fetch } });
    const paid = await requestToPay({}, { headers });
    const refused = await requestToPay({}, { headers });
    await requestToPay(); // asked for none
    expect(received).toEqual([]);
    sandbox.approve(paid.referenceId);
    sandbox.reject(refused.referenceId);
    await vi.waitFor(() => expect(sandbox.callbacks.map(({ status }) => status)).toEqual([204, 204]));
    const common = {
      externalId: 'order-1',
      amount: '12.5',
      currency: 'EUR',
      payer: { partyIdType: 'MSISDN', partyId: '256772123456' },
      payeeNote: 'Order 1',
    };
    expect(received).toEqual([
      {
        method: 'POST',
        url: callbackUrl,
        headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'LWAC Http Client 1.0' },
        body: { ...common, status: 'SUCCESSFUL', financialTransactionId: expect.stringMatching(/^\d+$/) },
      },
      expect.objectContaining({ body: { ...common, status: 'FAILED', reason: 'APPROVAL_REJECTED' } }),
    ]);
    expect(sandbox.callbacks[0]).toEqual({
      referenceId: paid.referenceId,
      method: 'POST',
      url: 'https://merchant.example/***',
      atMs: sandbox.clientOptions().clock.now(),
      status: 204,
    });
  });

  test('come twice, late and by PUT where that is wanted, in sandbox time', async () => {
    const { received, fetch } = createReceiver();
    const { sandbox, requestToPay } = createMerchant({
      callbacks: { fetch, method: 'PUT', times: 2, delayMs: 180_000 },
    });
    await requestToPay({}, { headers });
    await vi.waitFor(() => expect(received.map(({ method }) => method)).toEqual(['PUT', 'PUT']));
    const { createdAtMs = 0 } = sandbox.payments[0] ?? {};
    expect(sandbox.callbacks.map(({ atMs }) => atMs - createdAtMs)).toEqual([180_000, 180_000]);
  });

  test('a receiver that fails is recorded, without its words, and harms nobody', async () => {
    const { fetch } = createReceiver(async () => {
      throw new TypeError(`cannot reach ${callbackUrl}`);
    });
    const { sandbox, requestToPay } = createMerchant({ callbacks: { fetch } });
    await requestToPay(msisdn('46733123454'), { headers });
    sandbox.advance(10_000);
    await vi.waitFor(() => expect(sandbox.callbacks).toEqual([expect.objectContaining({ error: 'TypeError' })]));
  });
});

describe('forged callbacks', () => {
  test('say where the payment stands, or what they are told to', async () => {
    const { sandbox, requestToPay } = createMerchant({ approval: 'manual' });
    const { referenceId } = await requestToPay();
    const plain = sandbox.forgeCallback(referenceId);
    expect([plain.method, plain.url]).toEqual(['POST', 'https://merchant.example/momo/callback']);
    expect(await plain.json()).toMatchObject({ status: 'PENDING', externalId: 'order-1' });
    expect(await sandbox.forgeCallback(referenceId, { status: 'SUCCESSFUL' }).json()).toMatchObject({
      status: 'SUCCESSFUL',
      financialTransactionId: expect.any(String),
    });
    expect(await sandbox.forgeCallback(referenceId, { status: 'FAILED' }).json()).toMatchObject({
      reason: 'APPROVAL_REJECTED',
    });
    const changed = sandbox.forgeCallback(referenceId, {
      method: 'PUT',
      url: 'https://shop.example/cb',
      headers: { 'X-Extra': '1' },
      body: { amount: '1', payeeNote: undefined, extra: true },
    });
    expect([changed.method, changed.url, changed.headers.get('x-extra')]).toEqual([
      'PUT',
      'https://shop.example/cb',
      '1',
    ]);
    const body = await changed.json();
    expect(body).toMatchObject({ amount: '1', extra: true });
    expect(body).not.toHaveProperty('payeeNote');
    expect(sandbox.payments[0]?.status).toBe('PENDING');
  });

  test('of an unknown payment are refused', () => {
    const { sandbox } = createMerchant();
    expect(() => sandbox.forgeCallback('nothing')).toThrow(/Cannot forge a callback/);
  });
});
