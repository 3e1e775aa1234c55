// Runner-neutral: no test framework, no Node built-in, so that the same cases run on Node, in workerd and on the edge.
import {
  createCallbackHandler,
  createCallbackUrl,
  MomoError,
  parseCallback,
  signatureSchemes,
  verifyCallbackUrl,
  verifySignature,
} from '../../src/callback/index.js';
import { forgeCallbackBody, forgeCallbackRequest, signCallbackBody } from '../../src/testing/forge/index.js';

const referenceId = '0b7bd9b4-37a8-4c2e-8e9a-d3a4f8a3c111';
const urlSecret = 'url-secret-of-the-tests-0123456789';
const relaySecret = 'relay-secret-of-the-tests-987654321';

function equal(actual: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`Wanted ${right}, got ${left}.`);
}

const payment = (state: 'successful' | 'pending' = 'successful') => ({
  state,
  amount: '150',
  currency: 'EUR',
  externalId: 'order-7',
  payer: { partyIdType: 'MSISDN' as const, partyId: '46733123453' },
});

const url = () =>
  createCallbackUrl({
    baseUrl: 'https://pay.example.com/momo',
    referenceId,
    secret: urlSecret,
    expiresAtMs: Date.now() + 86_400_000,
  });

/** What every runtime must do the same. A case fails by rejecting. */
export const cases: { name: string; run(): Promise<void> }[] = [
  {
    name: 'keeps the digits of numbers',
    async run() {
      const callback = parseCallback('{"status":"SUCCESSFUL","amount":9007199254740993,"externalId":150.00}');
      equal([callback.amount, callback.externalId], ['9007199254740993', '150.00']);
    },
  },
  {
    name: 'reads bytes with a byte order mark, and refuses bytes that are not UTF-8',
    async run() {
      equal(parseCallback(new TextEncoder().encode('\ufeff{"status":"PENDING"}')).claimedState, 'pending');
      let code: string | undefined;
      try {
        parseCallback(new Uint8Array([0xff]));
      } catch (error) {
        code = MomoError.is(error) ? error.code : 'untyped';
      }
      equal(code, 'invalid_callback');
    },
  },
  {
    name: 'verifies every ready scheme and encoding, and no changed body',
    async run() {
      const body = '{"status":"SUCCESSFUL","note":"crème brûlée"}';
      for (const scheme of Object.values(signatureSchemes)) {
        for (const encoding of scheme.encodings) {
          const signature = await signCallbackBody(body, { scheme, secret: relaySecret, encoding });
          const check = (text: string) => verifySignature({ body: text, signature, secrets: relaySecret, scheme });
          equal([await check(body), await check(`${body} `)], [true, false]);
        }
      }
    },
  },
  {
    name: 'verifies the URL it made, and no other',
    async run() {
      const made = await url();
      equal(await verifyCallbackUrl(`${made}?a=1`, urlSecret), { referenceId });
      equal(await verifyCallbackUrl(made.slice(0, -1), urlSecret), undefined);
    },
  },
  {
    name: 'takes a genuine callback and turns a stranger away',
    async run() {
      const paid: string[] = [];
      const handler = createCallbackHandler({
        urlSecrets: urlSecret,
        read: async () => payment(),
        onSuccessful: (_payment, { eventId }) => void paid.push(eventId),
      });
      const genuine = await forgeCallbackRequest(forgeCallbackBody('request-to-pay'), {
        url: await url(),
        method: 'PUT',
      });
      equal((await handler(genuine)).status, 200);
      equal((await handler(await forgeCallbackRequest(forgeCallbackBody('request-to-pay')))).status, 404);
      equal(paid, [`${referenceId}:successful`]);
    },
  },
  {
    name: 'takes a signed callback and answers first with waitUntil',
    async run() {
      const scheme = signatureSchemes.momoProxy;
      const unconfirmed: string[] = [];
      const handler = createCallbackHandler({
        signature: { scheme, secrets: relaySecret },
        read: async () => payment('pending'),
        onSuccessful: () => {
          throw new Error('Never.');
        },
        onUnconfirmed: ({ verdict, callback }) => void unconfirmed.push(verdict, callback.source),
      });
      const work: Promise<unknown>[] = [];
      const request = await forgeCallbackRequest(forgeCallbackBody('momo-proxy', { referenceId }), {
        sign: { scheme, secret: relaySecret },
      });
      equal((await handler(request, { waitUntil: (promise) => void work.push(promise) })).status, 200);
      await Promise.all(work);
      equal(unconfirmed, ['not-final', 'momo-proxy']);
    },
  },
  {
    name: 'refuses a body that is too large while it streams',
    async run() {
      const handler = createCallbackHandler({ urlSecrets: urlSecret, read: () => payment(), onSuccessful: () => {} });
      let sent = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          sent += 1;
          controller.enqueue(new Uint8Array(10_000));
          if (sent > 100) controller.close();
        },
      });
      const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
      equal((await handler(new Request(await url(), init))).status, 413);
      equal(sent < 100, true);
    },
  },
];
