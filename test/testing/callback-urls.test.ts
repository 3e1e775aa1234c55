import { describe, expect, test } from 'vitest';
import type { MomoSandboxOptions } from '../../src/testing/index.js';
import { createMerchant } from '../support/merchant.js';

describe('callback URLs', () => {
  async function sendWith(callbackUrl: string, options: MomoSandboxOptions = {}, host: { baseUrl?: string } = {}) {
    const { requestToPay, sandbox } = createMerchant(options);
    const { status, text } = await requestToPay({}, { headers: { 'X-Callback-Url': callbackUrl }, ...host });
    return { status, text, payments: sandbox.payments };
  }

  test.each(['', 'null', 'http://merchant.example/cb', 'https://10.0.0.1/cb', 'https://merchant.example:8443/cb'])(
    '"%s" is a bad request',
    async (callbackUrl) => {
      expect(await sendWith(callbackUrl)).toEqual({ status: 400, text: '', payments: [] });
    },
  );

  test('any host does unless one is registered; then only that one, and nothing is made for another', async () => {
    const url = 'https://merchant.example/cb';
    expect((await sendWith(url)).status).toBe(202);
    expect((await sendWith(url, { providerCallbackHost: 'merchant.example' })).status).toBe(202);
    const refused = await sendWith('https://www.merchant.example/cb', { providerCallbackHost: 'merchant.example' });
    expect(refused.payments).toEqual([]);
    expect(refused.status).toBe(500);
    expect(JSON.parse(refused.text)).toEqual({
      code: 'INVALID_CALLBACK_URL_HOST',
      message: 'Callback URL does not match the configured value.',
    });
  });

  test('on the machine itself, plain http and ports do', async () => {
    expect((await sendWith('http://localhost:3000/cb', {}, { baseUrl: 'http://127.0.0.1:8080' })).status).toBe(202);
  });
});
