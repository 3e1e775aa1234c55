import { describe, expect, test } from 'vitest';
import { createMomoSandbox } from '../../src/testing/index.js';
import { answer, createMerchant, payBody } from '../support/merchant.js';

const pay = '/collection/v1_0/requesttopay';
const balance = '/collection/v1_0/account/balance';
const invalidKey = { statusCode: 401, message: expect.stringContaining('invalid subscription key') };
const missingKey = { statusCode: 401, message: expect.stringContaining('missing subscription key') };

describe('keys, tokens and paths', () => {
  test('every call wants a known subscription key, in the header or in the query', async () => {
    const { call, sandbox } = createMerchant();
    for (const [method, path] of [
      ['POST', '/collection/token/'],
      ['GET', balance],
      ['POST', pay],
      ['POST', '/v1_0/apiuser'],
    ] as const) {
      const missing = call(method, path, { headers: { 'Ocp-Apim-Subscription-Key': null } });
      expect(await answer(missing)).toEqual({ status: 401, body: missingKey });
      const wrong = call(method, path, { headers: { 'Ocp-Apim-Subscription-Key': 'wrong' } });
      expect(await answer(wrong)).toEqual({ status: 401, body: invalidKey });
    }
    const query = `${balance}?subscription-key=${sandbox.credentials.subscriptionKey}`;
    expect((await call('GET', query, { headers: { 'Ocp-Apim-Subscription-Key': null } })).status).toBe(200);
  });

  test('a token is good for an hour of sandbox time', async () => {
    const { call, sandbox } = createMerchant();
    expect((await call('GET', balance)).status).toBe(200);
    sandbox.advance(3_599_999);
    expect((await call('GET', balance)).status).toBe(200);
    sandbox.advance(1);
    expect(await answer(call('GET', balance))).toEqual({ status: 401, body: { error: 'invalid_token' } });
  });

  test.each([null, '', 'Bearer made-up', 'Basic YTpi'])('the authorization "%s" is no token', async (authorization) => {
    const { call } = createMerchant();
    expect((await call('GET', balance, { headers: { Authorization: authorization } })).status).toBe(401);
  });

  test.each([null, '', 'Basic', 'Basic YWI=', 'Basic ====', 'Bearer YTpi'])(
    'the token call refuses "%s"',
    async (value) => {
      const { call } = createMerchant();
      const refused = answer(call('POST', '/collection/token/', { headers: { Authorization: value } }));
      expect(await refused).toEqual({ status: 401, body: { error: 'login_failed' } });
    },
  );

  test('the firewall answers a form on the token call with a page and HTTP 200', async () => {
    const { call } = createMerchant();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const response = await call('POST', '/collection/token/', { headers, body: 'grant_type=client_credentials' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await response.text()).toContain('Request Rejected');
    expect((await call('POST', '/collection/token/', { body: { grant: 1 } })).status).toBe(400);
  });

  test.each([
    ['POST', '/collection/token'],
    ['GET', '/collection/v1_0/nothing'],
    ['GET', '/collection/token/'],
    ['DELETE', pay],
    ['GET', `${pay}/`],
    ['GET', '/'],
  ])('%s %s is unknown to the gateway', async (method, path) => {
    const { call } = createMerchant();
    const body = { statusCode: 404, message: 'Resource not found' };
    expect(await answer(call(method, path))).toEqual({ status: 404, body });
  });

  test('a double slash is a bad request', async () => {
    const { call } = createMerchant();
    expect((await call('GET', '/collection//v1_0/account/balance')).status).toBe(400);
  });

  test('the target environment is required, and has to be the right one', async () => {
    const { call } = createMerchant({ targetEnvironment: 'mtnrwanda' });
    expect((await call('GET', balance, { headers: { 'X-Target-Environment': null } })).status).toBe(400);
    const wrong = await answer(call('GET', balance, { headers: { 'X-Target-Environment': 'sandbox' } }));
    expect(wrong).toEqual({
      status: 500,
      body: { code: 'NOT_ALLOWED_TARGET_ENVIRONMENT', message: 'Access to target environment is forbidden.' },
    });
    expect(await answer(call('GET', balance))).toEqual({
      status: 200,
      body: { availableBalance: '1000', currency: 'RWF' },
    });
  });
});

describe('the body of a request to pay', () => {
  const long = 'x'.repeat(161);
  test.each<[string, Record<string, unknown>]>([
    ['a number as amount', { amount: 12 }],
    ['no amount', { amount: undefined }],
    ['zero', { amount: '0.00' }],
    ['a negative amount', { amount: '-1' }],
    ['an exponent', { amount: '1e3' }],
    ['too many decimals', { amount: '1.005' }],
    ['no currency', { currency: undefined }],
    ['a currency in lower case', { currency: 'eur' }],
    ['an empty externalId', { externalId: '' }],
    ['a number as externalId', { externalId: 1 }],
    ['no payer', { payer: undefined }],
    ['a bare number as payer', { payer: '256772123456' }],
    ['a plus in the number', { payer: { partyIdType: 'MSISDN', partyId: '+256772123456' } }],
    ['a short number', { payer: { partyIdType: 'MSISDN', partyId: '1234' } }],
    ['an unknown party type', { payer: { partyIdType: 'ALIAS', partyId: '256772123456' } }],
    ['a bad e-mail address', { payer: { partyIdType: 'EMAIL', partyId: 'nobody' } }],
    ['an ampersand in a note', { payerMessage: 'tea & milk' }],
    ['an apostrophe in a note', { payeeNote: "it's" }],
    ['an accent in a note', { payeeNote: 'café' }],
    ['a line break in a note', { payeeNote: 'a\nb' }],
    ['a note of 161 characters', { payerMessage: long }],
    ['an empty note', { payerMessage: '' }],
    ['null as note', { payeeNote: null }],
  ])('%s is a bad request, and nothing is made', async (_name, fields) => {
    const { requestToPay, sandbox } = createMerchant();
    expect(await requestToPay(fields)).toMatchObject({ status: 400, text: '' });
    expect(sandbox.payments).toEqual([]);
    expect(sandbox.calls.at(-1)?.problem).toMatch(/\w/);
  });

  test.each(['not json', '[]', 'null', ''])('the body %j is a bad request', async (body) => {
    const { call } = createMerchant();
    const headers = { 'X-Reference-Id': crypto.randomUUID(), 'Content-Type': 'application/json' };
    expect((await call('POST', pay, { headers, body })).status).toBe(400);
  });

  test.each([null, 'order-1', '', '6ba7b810-9dad-11d1-80b4-00c04fd430c8'])(
    'the reference id "%s" is none',
    async (value) => {
      const { call } = createMerchant();
      expect((await call('POST', pay, { headers: { 'X-Reference-Id': value }, body: payBody })).status).toBe(400);
    },
  );

  test('notes may be left out, and e-mail addresses and party codes pay as well', async () => {
    const { requestToPay } = createMerchant();
    const withoutNotes = { payerMessage: undefined, payeeNote: undefined };
    expect((await requestToPay(withoutNotes)).status).toBe(202);
    expect((await requestToPay({ payer: { partyIdType: 'EMAIL', partyId: 'a@example.com' } })).status).toBe(202);
    const partyId = crypto.randomUUID();
    expect((await requestToPay({ payer: { partyIdType: 'PARTY_CODE', partyId } })).status).toBe(202);
  });

  test('a currency that is not served is refused, and the same reference id may be used again', async () => {
    const { requestToPay, sandbox } = createMerchant();
    const { status, text, referenceId } = await requestToPay({ currency: 'XOF', amount: '100' });
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({ code: 'INVALID_CURRENCY', message: 'Currency not supported.' });
    expect(sandbox.payments).toEqual([]);
    expect((await requestToPay({}, { referenceId })).status).toBe(202);
  });

  test('a payment is made once, however often it is posted', async () => {
    const { requestToPay, sandbox } = createMerchant();
    const { referenceId } = await requestToPay();
    expect((await requestToPay({}, { referenceId })).status).toBe(409);
    expect((await requestToPay({}, { referenceId: referenceId.toUpperCase() })).status).toBe(409);
    expect(sandbox.payments).toEqual([expect.objectContaining({ referenceId, posts: 1 })]);
  });
});

describe('delivery notifications', () => {
  const body = { notificationMessage: 'Thank you' };

  test('are taken after success only', async () => {
    const { call, requestToPay } = createMerchant();
    const path = (referenceId: string) => `${pay}/${referenceId}/deliverynotification`;
    const paid = (await requestToPay()).referenceId;
    const rejected = (await requestToPay({ payer: { partyIdType: 'MSISDN', partyId: '46733123451' } })).referenceId;
    expect((await call('POST', path(paid), { body })).status).toBe(200);
    expect((await call('POST', path(paid), { headers: { notificationMessage: 'Thanks' } })).status).toBe(200);
    expect(await answer(call('POST', path(rejected), { body }))).toMatchObject({
      status: 409,
      body: { code: 'NOT_SUCCESSFULLY_COMPLETED' },
    });
    expect((await call('POST', path(crypto.randomUUID()), { body })).status).toBe(404);
    expect((await call('POST', path(paid))).status).toBe(400);
    expect((await call('POST', path(paid), { body: { notificationMessage: 'x'.repeat(161) } })).status).toBe(400);
    expect((await call('POST', path(paid), { headers: { Language: 'english' }, body })).status).toBe(400);
  });
});

test('options that make no sense are refused, all at once', () => {
  const options = { approval: 'maybe', providerCallbackHost: 'https://a.example', callbacks: { times: 0 } };
  expect(() => createMomoSandbox(options as never)).toThrow(
    expect.objectContaining({
      code: 'invalid_input',
      message: expect.stringMatching(/approval.*providerCallbackHost.*callbacks\.fetch.*callbacks\.times/),
    }),
  );
});
