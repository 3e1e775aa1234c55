import { describe, expect, test, vi } from 'vitest';
import { answer, createMerchant, payBody } from '../support/merchant.js';

const party = { partyIdType: 'MSISDN', partyId: '46733999888' };
const invoice = {
  externalId: 'invoice-1',
  amount: '12.50',
  currency: 'EUR',
  validityDuration: '3600',
  intendedPayer: party,
  payee: party,
};
const bill = {
  externalTransactionId: 'bill-1',
  money: { amount: '12.50', currency: 'EUR' },
  customerReference: '+46070911111',
  serviceProviderUserName: 'Electricity Inc.',
};
const leave = { payer: party, payerCurrency: 'EUR', payerMessage: 'Monthly pass', validityTime: 3600 };

const creates = [
  ['/collection/v1_0/requesttowithdraw', payBody],
  ['/collection/v2_0/requesttowithdraw', payBody],
  ['/collection/v2_0/invoice', invoice],
  ['/collection/v2_0/payment', bill],
  ['/collection/v2_0/preapproval', leave],
] as const;

describe('the other creates are as strict as a request to pay', () => {
  test.each(creates)('POST %s', async (path, body) => {
    const { call } = createMerchant({ providerCallbackHost: 'merchant.example' });
    const id = crypto.randomUUID();
    const send = async (headers: Record<string, string | null>, change: object = {}) =>
      (await call('POST', path, { headers: { 'X-Reference-Id': id, ...headers }, body: { ...body, ...change } }))
        .status;
    expect(await send({ 'X-Reference-Id': null })).toBe(400);
    expect(await send({ 'X-Reference-Id': 'order-1' })).toBe(400);
    expect(await send({ 'X-Target-Environment': null })).toBe(400);
    expect(await send({ 'X-Target-Environment': 'mtnrwanda' })).toBe(500);
    expect(await send({ 'X-Callback-Url': '' })).toBe(400);
    expect(await send({ 'X-Callback-Url': 'https://other.example/cb' })).toBe(500);
    expect(await send({ 'Content-Type': 'text/plain' })).toBe(400);
    expect(await send({ Authorization: null })).toBe(401);
    expect(await send({ 'Ocp-Apim-Subscription-Key': 'x' })).toBe(401);
    expect(await send({})).toBe(202);
    expect(await send({})).toBe(409);
  });

  test.each<[path: string, body: object, change: object]>([
    ['/collection/v2_0/invoice', invoice, { validityDuration: 3600 }],
    ['/collection/v2_0/invoice', invoice, { validityDuration: '1h' }],
    ['/collection/v2_0/invoice', invoice, { intendedPayer: undefined }],
    ['/collection/v2_0/invoice', invoice, { payee: '46733999888' }],
    ['/collection/v2_0/invoice', invoice, { description: '' }],
    ['/collection/v2_0/payment', bill, { money: undefined }],
    ['/collection/v2_0/payment', bill, { maxNumberOfRetries: '1' }],
    ['/collection/v2_0/payment', bill, { includeSenderCharges: 'no' }],
    ['/collection/v2_0/payment', bill, { couponId: '' }],
    ['/collection/v2_0/preapproval', leave, { validityTime: '3600' }],
    ['/collection/v2_0/preapproval', leave, { payer: undefined }],
    ['/collection/v2_0/preapproval', leave, { payerMessage: 'a & b' }],
  ])('POST %s refuses %j changed by %j', async (path, body, change) => {
    const { call } = createMerchant();
    const headers = { 'X-Reference-Id': crypto.randomUUID() };
    expect((await call('POST', path, { headers, body: { ...body, ...change } })).status).toBe(400);
  });

  test('one id is one resource: an invoice’s is not found as a payment', async () => {
    const { call } = createMerchant();
    const id = crypto.randomUUID();
    await call('POST', '/collection/v2_0/invoice', { headers: { 'X-Reference-Id': id }, body: invoice });
    for (const path of ['v2_0/payment', 'v1_0/requesttopay', 'v2_0/preapproval', 'v1_0/requesttowithdraw']) {
      expect((await call('GET', `/collection/${path}/${id}`)).status).toBe(404);
    }
    expect((await call('GET', `/collection/v2_0/invoice/${id}`)).status).toBe(200);
    expect((await call('GET', `/collection/v1_0/invoice/${id}`)).status).toBe(404);
  });
});

describe('cancelling an invoice', () => {
  test('wants an id of its own and a body', async () => {
    const { call, sandbox } = createMerchant({ approval: 'manual' });
    const id = crypto.randomUUID();
    await call('POST', '/collection/v2_0/invoice', { headers: { 'X-Reference-Id': id }, body: invoice });
    const cancel = async (requestId: string | null, body: object | undefined) =>
      (await call('DELETE', `/collection/v2_0/invoice/${id}`, { headers: { 'X-Reference-Id': requestId }, body }))
        .status;
    expect(await cancel(null, { externalId: 'x' })).toBe(400);
    expect(await cancel(id, { externalId: 'x' })).toBe(400);
    expect(await cancel(crypto.randomUUID(), undefined)).toBe(400);
    const requestId = crypto.randomUUID();
    expect(await cancel(requestId, { externalId: 'x' })).toBe(200);
    expect(await cancel(requestId, { externalId: 'x' })).toBe(409);
    expect(await cancel(crypto.randomUUID(), { externalId: 'x' })).toBe(500);
    expect(sandbox.payments[0]).toMatchObject({ status: 'FAILED', reason: { code: 'TRANSACTION_CANCELED' } });
  });
});

describe('the validity of', () => {
  test('an invoice is how long its payer may take', async () => {
    const { call, sandbox } = createMerchant({ approval: 'manual' });
    const id = crypto.randomUUID();
    await call('POST', '/collection/v2_0/invoice', { headers: { 'X-Reference-Id': id }, body: invoice });
    sandbox.advance(3_599_000);
    expect(sandbox.payments[0]?.status).toBe('PENDING');
    sandbox.advance(1_000);
    expect(sandbox.payments[0]).toMatchObject({ status: 'FAILED', reason: { code: 'EXPIRED' } });
  });

  test('a pre-approval ends its place in the list', async () => {
    const { call, sandbox } = createMerchant();
    const path = '/collection/v2_0/preapproval';
    const headers = () => ({ 'X-Reference-Id': crypto.randomUUID() });
    const tooLong = { ...leave, validityTime: 1e14 };
    expect((await call('POST', path, { headers: headers(), body: tooLong })).status).toBe(400);
    await call('POST', path, { headers: headers(), body: { ...leave, validityTime: 60 } });
    const list = async () =>
      (await answer(call('GET', `/collection/v1_0/preapprovals/msisdn/${party.partyId}`))).body as unknown[];
    expect(await list()).toHaveLength(1);
    sandbox.advance(60_000);
    expect(await list()).toEqual([]);
  });
});

describe('a service payment that is to be pending', () => {
  test.each(['3000', '4000', '5000', '6000'])('of %s is PENDING from the start', async (amount) => {
    const { call } = createMerchant();
    const id = crypto.randomUUID();
    const body = { ...bill, money: { amount, currency: 'EUR' } };
    await call('POST', '/collection/v2_0/payment', { headers: { 'X-Reference-Id': id }, body });
    const read = await answer(call('GET', `/collection/v2_0/payment/${id}`));
    expect(read.body).toMatchObject({ status: 'PENDING' });
  });
});

describe('the consent calls', () => {
  const form = (fields: Record<string, string>) => String(new URLSearchParams(fields));
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const asked = { login_hint: 'ID:46733999888/MSISDN', scope: 'profile', access_type: 'offline' };

  test.each([
    { login_hint: '46733999888' },
    { scope: '' },
    { access_type: 'sometimes' },
    { access_type: 'online', consent_valid_in: '60' },
  ])('asking with %j is refused', async (change) => {
    const { call, sandbox } = createMerchant();
    const path = '/collection/v1_0/bc-authorize';
    expect((await call('POST', path, { headers: type, body: form({ ...asked, ...change }) })).status).toBe(400);
    expect((await call('POST', path, { body: asked })).status).toBe(400);
    const instruction = { ...asked, scope_instruction: btoa('{"payer":"46733999888"}') };
    expect((await call('POST', path, { headers: type, body: form(instruction) })).status).toBe(200);
    expect(JSON.stringify(sandbox.calls)).not.toContain('46733999888');
    expect(JSON.stringify(sandbox.calls)).not.toContain(instruction.scope_instruction);
  });

  test('a token wants Basic credentials, and each grant is good once', async () => {
    const { call, sandbox } = createMerchant();
    const { apiUser, apiKey } = sandbox.credentials;
    const path = '/collection/oauth2/token/';
    const basic = { ...type, Authorization: `Basic ${btoa(`${apiUser}:${apiKey}`)}` };
    const consent = await answer(call('POST', '/collection/v1_0/bc-authorize', { headers: type, body: form(asked) }));
    const grant = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: consent.body.auth_req_id };
    expect((await call('POST', path, { headers: type, body: form(grant) })).status).toBe(401);
    expect((await call('POST', path, { headers: basic, body: form({ ...grant, grant_type: 'x' }) })).status).toBe(400);
    const token = await answer(call('POST', path, { headers: basic, body: form(grant) }));
    expect(token.status).toBe(200);
    expect((await call('POST', path, { headers: basic, body: form(grant) })).status).toBe(400);
    const userinfo = '/collection/oauth2/v1_0/userinfo';
    expect((await call('GET', userinfo)).status).toBe(401);
    const bearer = { Authorization: `Bearer ${token.body.access_token}` };
    expect((await call('GET', userinfo, { headers: bearer })).status).toBe(200);
    sandbox.advance(3_600_000);
    expect((await call('GET', userinfo, { headers: bearer })).status).toBe(401);
    const shown = JSON.stringify(sandbox.calls);
    for (const secret of [token.body.access_token, token.body.refresh_token, consent.body.auth_req_id]) {
      expect(shown).not.toContain(secret);
    }
  });
});

describe('callbacks', () => {
  test.each([['/collection/v1_0/requesttopay', payBody] as const, ...creates])(
    'of POST %s come by the method that MTN’s texts announce',
    async (path, body) => {
      const received: string[] = [];
      const fetch = async ({ method }: Request) => {
        received.push(method);
        return new Response();
      };
      const { call, sandbox } = createMerchant({ approval: 'manual', callbacks: { fetch } });
      const id = crypto.randomUUID();
      const headers = { 'X-Reference-Id': id, 'X-Callback-Url': 'https://merchant.example/cb' };
      expect((await call('POST', path, { headers, body })).status).toBe(202);
      const announced = path.includes('/v2_0/') ? 'PUT' : 'POST';
      expect(sandbox.payments[0]?.callbackMethod).toBe(announced);
      expect(sandbox.forgeCallback(id).method).toBe(announced);
      sandbox.approve(id);
      await vi.waitFor(() => expect(received).toEqual([announced]));
    },
  );

  test('of an invoice and a service payment resemble the status answer', async () => {
    const { call, sandbox } = createMerchant();
    const [invoiceId, billId] = [crypto.randomUUID(), crypto.randomUUID()];
    await call('POST', '/collection/v2_0/invoice', { headers: { 'X-Reference-Id': invoiceId }, body: invoice });
    await call('POST', '/collection/v2_0/payment', { headers: { 'X-Reference-Id': billId }, body: bill });
    const failed = sandbox.forgeCallback(invoiceId, { status: 'FAILED' });
    expect(await failed.json()).toMatchObject({ referenceId: invoiceId, errorReason: 'APPROVAL_REJECTED' });
    expect(await sandbox.forgeCallback(billId).json()).toMatchObject({ referenceId: billId, status: 'SUCCESSFUL' });
  });
});
