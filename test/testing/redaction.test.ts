import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createMomoSandbox, fixtures, testNumbers } from '../../src/testing/index.js';
import { createMerchant } from '../support/merchant.js';

function print(value: unknown): string {
  return inspect(value, { depth: 20, showHidden: true }) + JSON.stringify(value) + String(value);
}

test('nothing that is recorded shows a secret, a token, a phone number or a signed URL', async () => {
  const merchant = createMerchant();
  const { sandbox, call, requestToPay, read } = merchant;
  const { subscriptionKey, apiKey, apiUser } = sandbox.credentials;
  const accessToken = await merchant.getToken();
  const headers = { 'X-Callback-Url': 'https://merchant.example/momo/signed-part', 'X-Note': 'call 256772123456' };
  const { referenceId } = await requestToPay({ payerMessage: 'call 256772123456 now' }, { headers });
  await read(referenceId);
  await requestToPay({ payer: 256772123456, 256772123456: [{ apiKey, access_token: accessToken }] });
  await requestToPay({ payer: { partyIdType: 'EMAIL', partyId: 'jane.doe@example.com' } });
  await call('GET', '/collection/v1_0/accountholder/msisdn/256772123456/active');
  await call('GET', '/collection/v1_0/accountholder/msisdn/%32%35%36772123456/active');
  await call('GET', '/collection/v1_0/accountholder/email/jane.doe%40example.com/active');
  await call('GET', `/nowhere?subscription-key=${subscriptionKey}`, { headers: { Cookie: 'session=abc-session' } });
  await call('GET', '/nowhere', { headers: { 'Subscription-Key': subscriptionKey, 'X-Api-Key': apiKey } });
  await call('POST', '/nowhere', { body: 'broken 256772123456' });
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  await call('POST', '/nowhere', { headers: form, body: `login_hint=ID:256772123456/MSISDN&refresh_token=${apiKey}` });
  await call('POST', `/v1_0/apiuser/${apiUser}/apikey`);

  for (const printed of [print(sandbox.calls), print(sandbox)]) {
    for (const secret of [
      subscriptionKey,
      apiKey,
      accessToken,
      '256772123456',
      'jane.doe',
      'signed-part',
      'abc-session',
    ]) {
      expect(printed).not.toContain(secret);
    }
  }
  const create = sandbox.calls.find(({ operation }) => operation === 'requestToPay');
  expect(create).toMatchObject({
    method: 'POST',
    path: '/collection/v1_0/requesttopay',
    status: 202,
    referenceId,
    headers: {
      authorization: '***',
      'ocp-apim-subscription-key': '***',
      'x-callback-url': 'https://merchant.example/***',
      'x-reference-id': referenceId,
      'x-target-environment': 'sandbox',
    },
    body: {
      amount: '12.50',
      payer: { partyIdType: 'MSISDN', partyId: '*********456' },
      payerMessage: 'call *********456 now',
    },
  });
  expect(sandbox.calls.some(({ path }) => path.endsWith('/msisdn/*********456/active'))).toBe(true);
  expect(sandbox.calls.some(({ path }) => path.includes(referenceId))).toBe(true);
});

test('the credentials look like MTN’s, and are other ones in each sandbox', () => {
  const { credentials, clientOptions, baseUrl, fetch } = createMomoSandbox();
  expect(credentials).toEqual({
    subscriptionKey: expect.stringMatching(/^[0-9a-f]{32}$/),
    apiUser: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    apiKey: expect.stringMatching(/^[0-9a-f]{32}$/),
    targetEnvironment: 'sandbox',
  });
  const clock = { now: expect.any(Function), sleep: expect.any(Function) };
  expect(clientOptions()).toEqual({ ...credentials, baseUrl, fetch, clock });
  expect(createMomoSandbox().credentials).not.toEqual(credentials);
});

test('with a `random` of the user, everything is repeatable', async () => {
  async function run() {
    let seed = 1;
    const merchant = createMerchant({
      now: () => 0,
      random: () => {
        seed = (seed * 16_807) % 2_147_483_647;
        return seed / 2_147_483_647;
      },
    });
    const { referenceId } = await merchant.requestToPay({}, { referenceId: '11111111-1111-4111-8111-111111111111' });
    const { body } = await merchant.read(referenceId);
    return [merchant.sandbox.credentials, await merchant.getToken(), body];
  }
  expect(await run()).toEqual(await run());
});

test('fixtures and test numbers are what their names say', () => {
  expect(testNumbers.requestToPay.rejected).toBe('46733123451');
  expect(fixtures.callback.failed.reason).toBe('APPROVAL_REJECTED');
  expect(fixtures.error.gatewayNotFound).toEqual({ statusCode: 404, message: 'Resource not found' });
});
