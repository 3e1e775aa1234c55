import { setupServer } from 'msw/node';
import { afterEach, describe, expect, test } from 'vitest';
import { createMomoSandbox } from '../../src/testing/index.js';
import { momoHandlers } from '../../src/testing/msw.js';

const server = setupServer();
// msw 2 calls it a request, msw 3 a frame; a variable, for each refuses the other's word in a literal.
const strict = { onUnhandledRequest: 'error', onUnhandledFrame: 'error' } as const;

function listen(...args: Parameters<typeof momoHandlers>) {
  server.use(...momoHandlers(...args));
  server.listen(strict);
}

afterEach(() => {
  server.resetHandlers();
  server.close();
});

function requestToken({ credentials }: ReturnType<typeof createMomoSandbox>, baseUrl: string, signal?: AbortSignal) {
  return fetch(`${baseUrl}/collection/token/`, {
    method: 'POST',
    headers: {
      'Ocp-Apim-Subscription-Key': credentials.subscriptionKey,
      Authorization: `Basic ${btoa(`${credentials.apiUser}:${credentials.apiKey}`)}`,
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

describe('the MSW handlers', () => {
  test.each([undefined, 'http://localhost:8080', 'https://momo.example/api/v3/'])(
    'answer for every path under the base URL %s',
    async (baseUrl) => {
      const sandbox = createMomoSandbox();
      listen(sandbox, baseUrl === undefined ? undefined : { baseUrl });
      const address = (baseUrl ?? sandbox.baseUrl).replace(/\/$/, '');
      const { access_token } = (await (await requestToken(sandbox, address)).json()) as { access_token: string };
      const headers = {
        'Ocp-Apim-Subscription-Key': sandbox.credentials.subscriptionKey,
        Authorization: `Bearer ${access_token}`,
        'X-Target-Environment': 'sandbox',
      };
      const referenceId = crypto.randomUUID();
      const created = await fetch(`${address}/collection/v1_0/requesttopay`, {
        method: 'POST',
        headers: { ...headers, 'X-Reference-Id': referenceId, 'Content-Type': 'application/json' },
        body: JSON.stringify({
          amount: '5',
          currency: 'EUR',
          externalId: 'order-1',
          payer: { partyIdType: 'MSISDN', partyId: '256772123456' },
        }),
      });
      expect([created.status, await created.text()]).toEqual([202, '']);
      const read = await fetch(`${address}/collection/v1_0/requesttopay/${referenceId}`, { headers });
      expect(await read.json()).toMatchObject({ status: 'SUCCESSFUL', amount: '5' });
      const unknown = await fetch(`${address}/nowhere?at=all`);
      expect(await unknown.json()).toEqual({ statusCode: 404, message: 'Resource not found' });
      expect(sandbox.calls.map(({ operation }) => operation)).toEqual([
        'createAccessToken',
        'requestToPay',
        'getRequestToPay',
        'unknown',
      ]);
    },
  );

  test('let a dropped connection reject the fetch, once', async () => {
    const sandbox = createMomoSandbox();
    listen(sandbox);
    sandbox.fault({ on: 'getToken', drop: 'after' });
    await expect(requestToken(sandbox, sandbox.baseUrl)).rejects.toThrow(TypeError);
    expect(sandbox.calls).toEqual([expect.objectContaining({ operation: 'createAccessToken', dropped: 'after' })]);
    expect((await requestToken(sandbox, sandbox.baseUrl)).status).toBe(200);
  });

  test('let the caller abort a call that hangs', async () => {
    const sandbox = createMomoSandbox();
    listen(sandbox);
    sandbox.fault({ on: 'getToken', drop: 'hang' });
    const controller = new AbortController();
    const hanging = requestToken(sandbox, sandbox.baseUrl, controller.signal);
    await expect.poll(() => sandbox.calls.length).toBe(1);
    controller.abort();
    await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
  });
});
