// A stranger's file that uses every export of `momo-collections/callback`. Compiled, never run.
import type { MomoCollections } from 'momo-collections';
import {
  type CallbackContext,
  type CallbackEvent,
  type CallbackFees,
  type CallbackHandler,
  type CallbackHandlerOptions,
  type CallbackHeaders,
  type CallbackSource,
  type CallbackUrlOptions,
  type CheckCallbackUrlOptions,
  type Confirmation,
  checkCallbackUrl,
  confirmCallback,
  createCallbackHandler,
  createCallbackUrl,
  type Difference,
  type ExpectedPayment,
  MomoError,
  type NodeHandler,
  type NodeRequest,
  type NodeResponse,
  type PaymentCallback,
  parseCallback,
  type ReadPayment,
  type Rejection,
  type SignatureScheme,
  signatureSchemes,
  toNodeHandler,
  type UnconfirmedEvent,
  type VerifySignatureOptions,
  verifyCallbackUrl,
  verifySignature,
} from 'momo-collections/callback';

export function receive(client: MomoCollections, secrets: readonly string[]): CallbackHandler {
  const expected: ExpectedPayment = { amount: '5000', currency: 'RWF', externalId: null, payer: undefined };
  return createCallbackHandler({
    urlSecrets: secrets,
    read: (referenceId) => client.getRequestToPay(referenceId),
    expected: async () => expected,
    onSuccessful: (payment, event: CallbackEvent) => {
      const state: 'successful' = payment.state;
      // @ts-expect-error: a successful payment has not failed
      if (payment.state === 'failed') return;
      void [state, payment.financialTransactionId, event.eventId, event.callback.claimedStatus];
    },
    onUnsuccessful: (payment) => {
      const state: 'failed' | 'expired' | 'refunded' = payment.state;
      void state;
    },
    onUnconfirmed: (event) => {
      if (event.verdict === 'mismatch') {
        const differences: readonly Difference[] = event.differences;
        void differences;
      }
      // @ts-expect-error: what is final is confirmed
      if (event.verdict === 'final') return;
    },
    onReject: ({ why, status }: Rejection) => void [why, status],
  });
}

// @ts-expect-error: without a read nothing is confirmed
createCallbackHandler({ urlSecrets: 'secret', onSuccessful: () => {} });
// @ts-expect-error: somebody has to hear of the money
createCallbackHandler({ urlSecrets: 'secret', read: async () => ({ state: 'successful' }) });
// @ts-expect-error: no such state
createCallbackHandler({ urlSecrets: 'secret', read: async () => ({ state: 'paid' }), onSuccessful: () => {} });

interface OwnPayment extends ReadPayment {
  readonly shelf: number;
}

export const ownOptions: CallbackHandlerOptions<OwnPayment> = {
  signature: { scheme: signatureSchemes.momoProxy, secrets: 'secret' },
  read: () => ({ state: 'successful', shelf: 1 }),
  resolveReference: ({ externalId }) => externalId,
  onSuccessful: ({ shelf }) => void shelf.toFixed(),
  onUnconfirmed: (event: UnconfirmedEvent<OwnPayment>) => void event.eventId,
};

export async function serve(request: Request, context: CallbackContext): Promise<Response> {
  const handler = createCallbackHandler(ownOptions);
  const node: NodeHandler = toNodeHandler(handler);
  node(undefined as unknown as NodeRequest, undefined as unknown as NodeResponse, (_error) => {});
  // @ts-expect-error: a response is needed
  node(undefined as unknown as NodeRequest);
  return handler(request, context);
}

export async function inspect(request: Request): Promise<string> {
  const body = await request.text();
  const scheme: SignatureScheme = { header: 'x-signature', hash: 'SHA-512', encodings: ['hex'], prefix: 'sha512=' };
  const headers: CallbackHeaders = { 'x-signature': ['signature'] };
  const signed: VerifySignatureOptions = { body, secrets: ['one', 'two'], scheme, headers };
  const isGenuine: boolean = await verifySignature(signed);
  await verifySignature({ body: new Uint8Array(), secrets: 'one', scheme, headers: request.headers });
  await verifySignature({ body, secrets: 'one', scheme, headers: new Map([['x-signature', 'signature']]) });
  await verifySignature({ body, secrets: 'one', scheme, signature: request.headers.get('x-signature') });
  // @ts-expect-error: the headers or the signature, not both
  await verifySignature({ body, secrets: 'one', scheme, headers, signature: 'signature' });
  // @ts-expect-error: the very bytes that came, not what was parsed of them
  await verifySignature({ body: JSON.parse(body) as object, secrets: 'one', scheme, headers });

  const source: CallbackSource = 'mecash';
  const callback: PaymentCallback = parseCallback(body, { source });
  const fees: CallbackFees | undefined = callback.fees;
  // @ts-expect-error: a claim is not a state
  callback.state;
  // @ts-expect-error: no such source
  parseCallback(body, { source: 'stranger' });
  const confirmation: Confirmation<OwnPayment> = await confirmCallback(callback, {
    referenceId: callback.referenceId ?? '',
    read: ownOptions.read,
  });
  // @ts-expect-error: nothing may have been found
  confirmation.payment;
  if (confirmation.verdict === 'final') return `${confirmation.payment.shelf} ${isGenuine} ${fees?.vat}`;

  const urlOptions: CallbackUrlOptions = {
    baseUrl: 'https://pay.example.com/momo',
    referenceId: 'id',
    secret: 'secret',
    expiresAtMs: 1,
  };
  const url: string = await createCallbackUrl(urlOptions);
  const found = await verifyCallbackUrl(new URL(url), 'secret');
  // @ts-expect-error: a stranger's URL has no reference id
  found.referenceId;
  const rules: CheckCallbackUrlOptions = { providerCallbackHost: 'pay.example.com' };
  return checkCallbackUrl(url, rules).problems.join();
}

export const isRefused = (error: unknown): boolean => MomoError.is(error, 'invalid_callback');
