import { describe, expect, test } from 'vitest';
import { answer, createMerchant } from '../support/merchant.js';

const pay = '/collection/v1_0/requesttopay';
const balance = '/collection/v1_0/account/balance';

describe('provisioning', () => {
  const key = 'f'.repeat(32);

  function withKey(subscriptionKey: string, referenceId?: string): Record<string, string | null> {
    return {
      'Ocp-Apim-Subscription-Key': subscriptionKey,
      Authorization: null,
      'X-Target-Environment': null,
      ...(referenceId === undefined ? {} : { 'X-Reference-Id': referenceId }),
    };
  }

  test('a stranger with a key of his own makes a user and a key, and takes a payment', async () => {
    const merchant = createMerchant();
    const apiUser = crypto.randomUUID();
    const body = { providerCallbackHost: 'merchant.example' };
    const create = () => merchant.call('POST', '/v1_0/apiuser', { headers: withKey(key, apiUser), body });
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(409);
    const path = `/v1_0/apiuser/${apiUser}`;
    expect(await answer(merchant.call('GET', path, { headers: withKey(key) }))).toEqual({
      status: 200,
      body: { providerCallbackHost: 'merchant.example', targetEnvironment: 'sandbox' },
    });
    const made = await answer(merchant.call('POST', `${path}/apikey`, { headers: withKey(key) }));
    expect(made).toEqual({ status: 201, body: { apiKey: expect.stringMatching(/^[0-9a-f]{32}$/) } });
    const basic = { ...withKey(key), Authorization: `Basic ${btoa(`${apiUser}:${made.body.apiKey}`)}` };
    const token = await answer(merchant.call('POST', '/collection/token/', { headers: basic }));
    const bearer = { 'Ocp-Apim-Subscription-Key': key, Authorization: `Bearer ${token.body.access_token}` };
    expect((await merchant.requestToPay({}, { headers: bearer })).status).toBe(202);
    const foreign = { ...bearer, 'X-Callback-Url': 'https://other.example/cb' };
    expect((await merchant.requestToPay({}, { headers: foreign })).status).toBe(500);

    // The token of one product's user, with the key of another.
    const mixed = await answer(merchant.call('GET', balance, { headers: { Authorization: bearer.Authorization } }));
    expect(mixed).toMatchObject({ status: 500, body: { code: 'NOT_ALLOWED_TARGET_ENVIRONMENT' } });

    // A new key replaces the old one.
    await merchant.call('POST', `${path}/apikey`, { headers: withKey(key) });
    expect((await merchant.call('POST', '/collection/token/', { headers: basic })).status).toBe(401);
  });

  test('unknown users, bad ids and bad bodies are refused', async () => {
    const { call } = createMerchant();
    const unknown = `/v1_0/apiuser/${crypto.randomUUID()}`;
    expect((await call('GET', unknown)).status).toBe(404);
    expect((await call('POST', `${unknown}/apikey`)).status).toBe(404);
    expect((await call('GET', '/v1_0/apiuser/me')).status).toBe(400);
    const body = { providerCallbackHost: 'merchant.example' };
    expect((await call('POST', '/v1_0/apiuser', { headers: { 'X-Reference-Id': 'me' }, body })).status).toBe(400);
    const headers = { 'X-Reference-Id': crypto.randomUUID() };
    expect((await call('POST', '/v1_0/apiuser', { headers, body: {} })).status).toBe(400);
  });

  test('there is none outside the sandbox', async () => {
    const { call } = createMerchant({ targetEnvironment: 'mtnuganda' });
    const headers = { 'X-Reference-Id': crypto.randomUUID() };
    const refused = answer(call('POST', '/v1_0/apiuser', { headers, body: { providerCallbackHost: 'a.example' } }));
    expect(await refused).toMatchObject({ status: 404, body: { statusCode: 404 } });
  });

  test('the users of two keys do not see each other’s payments', async () => {
    const one = createMerchant();
    const { referenceId } = await one.requestToPay();
    const apiUser = crypto.randomUUID();
    const headers = withKey(key, apiUser);
    await one.call('POST', '/v1_0/apiuser', { headers, body: { providerCallbackHost: 'a.example' } });
    const made = await answer(one.call('POST', `/v1_0/apiuser/${apiUser}/apikey`, { headers: withKey(key) }));
    const basic = { ...withKey(key), Authorization: `Basic ${btoa(`${apiUser}:${made.body.apiKey}`)}` };
    const token = await answer(one.call('POST', '/collection/token/', { headers: basic }));
    const bearer = { 'Ocp-Apim-Subscription-Key': key, Authorization: `Bearer ${token.body.access_token}` };
    expect((await one.call('GET', `${pay}/${referenceId}`, { headers: bearer })).status).toBe(404);
  });
});
