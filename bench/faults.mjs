// What goes wrong at MTN or on the way, and what it has to come to: payments taken from the payer, and what the shop
// believes at the end. `run` gives the belief where it takes more than one sale; `arrange` sets the fault up.

import { createCallbackHandler, createCallbackUrl } from '../dist/callback/index.js';
import { newOrder, sell } from './shop.mjs';

const paidOnce = { charges: 1, belief: 'paid' };
const notPaid = { charges: 0, belief: 'not paid' };
const gatewayPage = '<html><body>Service unavailable</body></html>';

/** A first sale, so that the library has its token. */
async function warmUp({ side }) {
  await sell(side, newOrder({ externalId: 'order-0' }));
}

export const faults = {
  'nothing goes wrong': { expected: paidOnce },
  'the payer refuses': { expected: notPaid, order: { payer: '46733123451' } },
  'the answer to the request is lost': {
    expected: paidOnce,
    arrange: ({ sandbox }) => sandbox.fault({ on: 'requestToPay', drop: 'after' }),
  },
  'the connection breaks before the request arrives': {
    expected: paidOnce,
    arrange: ({ sandbox }) => sandbox.fault({ on: 'requestToPay', drop: 'before' }),
  },
  '500 without a code, and the payment was made': {
    expected: paidOnce,
    arrange: ({ sandbox }) => sandbox.fault({ on: 'requestToPay', status: 500, drop: 'after' }),
  },
  '503 of a gateway, and nothing was made': {
    expected: paidOnce,
    arrange: ({ sandbox }) => sandbox.fault({ on: 'requestToPay', status: 503, body: gatewayPage }),
  },
  '500 that is a business answer': {
    expected: notPaid,
    arrange: ({ sandbox }) =>
      sandbox.fault({
        on: 'requestToPay',
        times: Number.POSITIVE_INFINITY,
        status: 500,
        body: { code: 'PAYER_NOT_FOUND', message: 'Payee does not exist' },
      }),
  },
  '409: a proxy sent the request twice': {
    expected: paidOnce,
    arrange: ({ sandbox }) =>
      sandbox.fault({
        on: 'requestToPay',
        status: 409,
        drop: 'after',
        body: { code: 'RESOURCE_ALREADY_EXIST', message: 'Duplicated reference id. Creation of resource failed.' },
      }),
  },
  '429 with Retry-After on the request': {
    expected: paidOnce,
    arrange: ({ sandbox }) =>
      sandbox.fault({ on: 'requestToPay', status: 429, headers: { 'retry-after': '2' }, body: '' }),
  },
  '429 with Retry-After on the status': {
    expected: paidOnce,
    arrange: ({ sandbox }) =>
      sandbox.fault({ on: 'getRequestToPay', status: 429, headers: { 'retry-after': '2' }, body: '' }),
  },
  'a page of a gateway in the place of the status': {
    expected: paidOnce,
    arrange: ({ sandbox }) => sandbox.fault({ on: 'getRequestToPay', status: 200, body: gatewayPage }),
  },
  '404 for 20 seconds after the request': {
    expected: paidOnce,
    arrange: ({ sandbox }) => sandbox.fault({ on: 'requestToPay', headers: {}, lagMs: 20_000 }),
  },
  'MTN forgets the token before the request': {
    expected: paidOnce,
    async arrange(world) {
      await warmUp(world);
      world.mock.revokeTokens();
    },
  },
  'MTN forgets the token while the payer types': {
    expected: paidOnce,
    order: { payer: '46733123454' },
    arrange({ sandbox, mock }) {
      sandbox.nextPayment().then(() => mock.revokeTokens());
    },
  },
  'MTN never answers the request': {
    expected: paidOnce,
    arrange: ({ sandbox }) => sandbox.fault({ on: 'requestToPay', drop: 'hang' }),
  },
  'the shop crashes between request and answer': {
    expected: paidOnce,
    async run({ side, sandbox, order, reopen }) {
      sandbox.fault({ on: 'requestToPay', drop: 'after' });
      const crash = new AbortController();
      const arrival = sandbox.nextPayment();
      side.press(order, { signal: crash.signal }).catch(() => {});
      await arrival;
      crash.abort();
      // What the shop knows after the start is what it stored in the order.
      return sell(reopen(), order);
    },
  },
  'two merchants in one process': {
    merchants: 2,
    expected: paidOnce,
    async run({ side, order, openFor, mock: { sandboxes } }) {
      const other = openFor(sandboxes[1]);
      await sell(side, newOrder({ externalId: 'order-of-the-other-merchant' }));
      return sell(other, order);
    },
    merchant: 1,
  },
  'an amount that is none: 50 EUR': { expected: notPaid, order: { amount: '50 EUR' } },
  'a forged callback says paid': {
    expected: { charges: 0, belief: 'open' },
    order: { payer: '46733123453' },
    needs: 'callbacks',
    async run({ side, order }) {
      const referenceId = await side.send(order);
      const secret = 'a-secret-of-more-than-16-bytes';
      let belief = 'open';
      const handler = createCallbackHandler({
        urlSecrets: secret,
        read: side.readPayment,
        onSuccessful: () => {
          belief = 'paid';
        },
      });
      const baseUrl = 'https://shop.example/momo';
      const genuine = await createCallbackUrl({ baseUrl, referenceId, secret, expiresAtMs: Date.now() + 3_600_000 });
      const body = JSON.stringify({
        externalId: order.externalId,
        amount: '12.50',
        currency: 'EUR',
        status: 'SUCCESSFUL',
      });
      // By a stranger who guesses the address, and by one who has seen it.
      for (const url of [`${baseUrl}/${referenceId}`, genuine])
        await handler(new Request(url, { method: 'POST', body }));
      return belief;
    },
  },
};

const charged = ['not charged', 'charged once', 'charged twice'];
const told = { paid: 'told paid', 'not paid': 'told not paid', open: 'left open', 'no answer': 'told nothing' };

/** What came of a fault, in words: `isRight` when it is what has to come of it. */
export function judge({ expected }, { isMissing, charges, belief, elsewhere }) {
  if (isMissing) return { isRight: false, isMissing, words: 'left to the shop' };
  const money = elsewhere > 0 ? 'charged for the other merchant' : charged[charges];
  const isRight = charges === expected.charges && belief === expected.belief;
  return { isRight, isTwice: charges > 1, words: `${money}, ${told[belief]}` };
}
