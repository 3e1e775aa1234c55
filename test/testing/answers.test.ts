import { describe, expect, test } from 'vitest';
import { testNumbers } from '../../src/testing/index.js';
import { createMerchant, type Merchant, msisdn, payBody } from '../support/merchant.js';
import { checkAnswer, checkRequest } from '../support/openapi.js';

async function expectContract(merchant: Merchant, method: string, path: string, options = {}) {
  const response = await merchant.call(method, path, options);
  const request = { method, url: `${merchant.baseUrl}${path}` };
  const text = await response.text();
  expect(checkAnswer(request, { status: response.status, body: text })).toEqual([]);
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const pay = '/collection/v1_0/requesttopay';

describe("the sandbox's answers follow MTN's export", () => {
  test('the token call answers with a token for an hour', async () => {
    const merchant = createMerchant();
    const { apiUser, apiKey } = merchant.sandbox.credentials;
    const path = '/collection/token/';
    const basic = { Authorization: `Basic ${btoa(`${apiUser}:${apiKey}`)}` };
    const good = await expectContract(merchant, 'POST', path, { headers: basic });
    expect(good).toMatchObject({ status: 200, body: { token_type: 'access_token', expires_in: 3600 } });
    const bad = await expectContract(merchant, 'POST', path, { headers: { Authorization: `Basic ${btoa('a:b')}` } });
    expect(bad).toEqual({ status: 401, body: { error: 'login_failed' } });
  });

  test.each(Object.entries(testNumbers.requestToPay))(
    'a payment of the test number "%s" is accepted and can be read',
    async (name, number) => {
      const merchant = createMerchant();
      const referenceId = crypto.randomUUID();
      const created = await merchant.call('POST', pay, {
        headers: { 'X-Reference-Id': referenceId },
        body: { ...payBody, ...msisdn(number) },
      });
      expect([created.status, await created.text()]).toEqual([202, '']);
      expect(created.headers.get('content-length')).toBe('0');
      const request = { method: 'GET', url: `${merchant.baseUrl}${pay}/${referenceId}` };
      const { status, body } = await merchant.read(referenceId);
      const problems = checkAnswer(request, { status, body });
      // What MTN itself sends outside its contract.
      const outside = ['delayed', 'couldNotPerformTransaction', 'transferTypeUnknown'].includes(name);
      expect(problems.length).toBe(outside ? 1 : 0);
      expect(body).not.toHaveProperty('referenceId');
    },
  );

  test('duplicates, unknown payments, balance, account holders, user info and provisioning follow it too', async () => {
    const merchant = createMerchant();
    const { referenceId } = await merchant.requestToPay();
    const headers = { 'X-Reference-Id': referenceId };
    expect(await expectContract(merchant, 'POST', pay, { headers, body: payBody })).toEqual({
      status: 409,
      body: { code: 'RESOURCE_ALREADY_EXIST', message: 'Duplicated reference id. Creation of resource failed.' },
    });
    const unknown = await expectContract(merchant, 'GET', `${pay}/${crypto.randomUUID()}`);
    expect(unknown).toEqual({
      status: 404,
      body: { code: 'RESOURCE_NOT_FOUND', message: 'Requested resource was not found.' },
    });
    const balance = { status: 200, body: { availableBalance: '1000.00', currency: 'EUR' } };
    expect(await expectContract(merchant, 'GET', '/collection/v1_0/account/balance')).toEqual(balance);
    expect(await expectContract(merchant, 'GET', '/collection/v1_0/account/balance/EUR')).toEqual(balance);
    const holder = '/collection/v1_0/accountholder/msisdn/256772123456';
    expect((await expectContract(merchant, 'GET', `${holder}/active`)).body).toEqual({ result: true });
    expect((await expectContract(merchant, 'GET', `${holder}/basicuserinfo`)).body).toMatchObject({
      given_name: 'Sand',
      family_name: 'Box',
    });
    const user = { 'X-Reference-Id': crypto.randomUUID() };
    const body = { providerCallbackHost: 'merchant.example' };
    expect((await expectContract(merchant, 'POST', '/v1_0/apiuser', { headers: user, body })).status).toBe(201);
  });

  test('the merchant of these tests sends what the export asks for, and a sloppy request is noticed', async () => {
    const url = 'https://sandbox.momodeveloper.mtn.com/collection/v1_0/requesttopay';
    const headers = {
      'Ocp-Apim-Subscription-Key': 'key',
      Authorization: 'Bearer token',
      'X-Target-Environment': 'sandbox',
      'X-Reference-Id': crypto.randomUUID(),
      'Content-Type': 'application/json',
    };
    expect(checkRequest({ method: 'POST', url, headers, body: payBody })).toEqual([]);
    const sloppy = { ...headers, Authorization: 'Basic x', 'X-Reference-Id': 'order-1', 'X-Callback-Url': '' };
    expect(checkRequest({ method: 'POST', url, headers: sloppy, body: { ...payBody, amount: 12, note: '' } })).toEqual(
      expect.arrayContaining([
        'Authorization is not Bearer',
        'X-Reference-Id is not a lower-case UUID of version 4',
        'header X-Callback-Url is missing or empty',
        'body/amount must be string',
        'body must NOT have additional properties (note)',
      ]),
    );
    expect(checkRequest({ method: 'GET', url, headers })[0]).toMatch(/is not in MTN's export/);
  });
});

describe('the status read', () => {
  test('gives amounts back as MTN normalises them, and the transaction id only on success', async () => {
    const merchant = createMerchant();
    const { referenceId } = await merchant.requestToPay({ amount: '012.50' });
    const { body } = await merchant.read(referenceId);
    expect(body).toMatchObject({ amount: '12.5', status: 'SUCCESSFUL', externalId: 'order-1', payeeNote: 'Order 1' });
    expect(body.financialTransactionId).toMatch(/^\d{7}$/);
    expect(body).not.toHaveProperty('reason');
  });

  test('gives the reason as an object, or bare where that is wanted', async () => {
    const payer = msisdn(testNumbers.requestToPay.serviceUnavailable);
    const message = 'Service temporarily unavailable, try again later.';
    for (const [options, reason] of [
      [{}, { code: 'SERVICE_UNAVAILABLE', message }],
      [{ reasonShape: 'string' }, 'SERVICE_UNAVAILABLE'],
    ] as const) {
      const merchant = createMerchant(options);
      const { referenceId } = await merchant.requestToPay(payer);
      const { body } = await merchant.read(referenceId);
      expect(body).toMatchObject({ status: 'FAILED', reason });
      expect(body).not.toHaveProperty('financialTransactionId');
    }
  });

  test('454 is created, then pending, then successful after ten seconds; 453 stays pending', async () => {
    const merchant = createMerchant();
    const delayed = await merchant.requestToPay(msisdn(testNumbers.requestToPay.delayed));
    const ongoing = await merchant.requestToPay(msisdn(testNumbers.requestToPay.ongoing));
    const seen: unknown[] = [];
    for (const ms of [0, 5000, 5000, 3_000_000]) {
      merchant.sandbox.advance(ms);
      seen.push((await merchant.read(delayed.referenceId)).body.status);
      expect((await merchant.read(ongoing.referenceId)).body.status).toBe('PENDING');
    }
    expect(seen).toEqual(['CREATED', 'PENDING', 'SUCCESSFUL', 'SUCCESSFUL']);
  });

  test.each([
    ['msisdn', testNumbers.accountHolderActive],
    ['email', testNumbers.accountHolderActiveByEmail],
    ['party_code', testNumbers.accountHolderActiveByPartyCode],
  ])('account holders by %s do what MTN published', async (type, numbers) => {
    const merchant = createMerchant();
    const seen: Record<string, unknown> = {};
    for (const [name, id] of Object.entries(numbers)) {
      const path = `/collection/v1_0/accountholder/${type}/${encodeURIComponent(id)}/active`;
      const response = await merchant.call('GET', path);
      seen[name] = [response.status, ((await response.json()) as { code?: string }).code];
    }
    expect(seen).toEqual({
      notFound: [404, 'RESOURCE_NOT_FOUND'],
      notActive: [200, undefined],
      notAllowed: [500, 'NOT_ALLOWED'],
      notAllowedTargetEnvironment: [500, 'NOT_ALLOWED_TARGET_ENVIRONMENT'],
      internalProcessingError: [500, 'INTERNAL_PROCESSING_ERROR'],
      serviceUnavailable: [503, 'SERVICE_UNAVAILABLE'],
    });
  });
});
