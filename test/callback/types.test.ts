import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { createCallbackHandler, toNodeHandler } from '../../src/callback/index.js';
import type { MomoCollections } from '../../src/index.js';
import { urlSecret } from './support.js';

it("fits together with the client's reads and with node:http, as TypeScript sees it", () => {
  const client = {} as MomoCollections;
  const handler = createCallbackHandler({
    urlSecrets: urlSecret,
    read: (referenceId) => client.getRequestToPay(referenceId),
    expected: async () => ({ amount: 150, currency: 'EUR', payer: '46733123453' }),
    onSuccessful: (payment, { eventId, callback }) => {
      const state: 'successful' = payment.state;
      return [state, payment.financialTransactionId, eventId, callback.source];
    },
    onUnconfirmed: (event) => (event.verdict === 'mismatch' ? event.differences[0]?.field : event.eventId),
  });
  createServer(toNodeHandler(handler));
  // @ts-expect-error: a read that tells no state cannot confirm anything
  createCallbackHandler({ urlSecrets: urlSecret, read: () => ({ amount: '150' }), onSuccessful: () => {} });
  expect(typeof handler).toBe('function');
});
