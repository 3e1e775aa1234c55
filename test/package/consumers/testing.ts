// A stranger's file that uses every export of `momo-collections/testing`. Compiled, never run.
import { MomoCollections, type MomoCollectionsOptions } from 'momo-collections';
import { createCallbackHandler, signatureSchemes } from 'momo-collections/callback';
import { memoryPaymentStore } from 'momo-collections/ledger';
import {
  type CallbackBody,
  type CallbackOverrides,
  type CallbackShape,
  createMomoSandbox,
  type Fault,
  type Fetch,
  type ForgeCallbackOptions,
  fixtures,
  forgeCallbackBody,
  forgeCallbackRequest,
  type MomoSandbox,
  type MomoSandboxOptions,
  type OperationName,
  type PaymentStoreCase,
  type PaymentStoreUnderTest,
  paymentStoreContract,
  type SandboxCall,
  type SandboxCallback,
  type SandboxClientOptions,
  type SandboxClock,
  type SandboxCredentials,
  type SandboxPayment,
  signCallbackBody,
  testNumbers,
} from 'momo-collections/testing';

export async function rehearse(): Promise<unknown[]> {
  const handler = createCallbackHandler({
    urlSecrets: 'secret',
    read: () => ({ state: 'successful' }),
    onSuccessful: () => {},
  });
  const how: MomoSandboxOptions = { approval: 'manual', callbacks: { fetch: handler, method: 'PUT' } };
  const sandbox: MomoSandbox = createMomoSandbox(how);
  // @ts-expect-error: no such approval
  createMomoSandbox({ approval: 'sometimes' });

  const given: SandboxClientOptions = sandbox.clientOptions();
  const options: MomoCollectionsOptions = given;
  const credentials: SandboxCredentials = sandbox.credentials;
  const clock: SandboxClock = given.clock;
  const ownFetch: Fetch = sandbox.fetch;
  const client = new MomoCollections({ ...options, ...credentials, clock, fetch: ownFetch });
  const { referenceId } = await client.requestToPay({
    ...fixtures.requestToPayRequest,
    payer: testNumbers.requestToPay.rejected,
  });
  // @ts-expect-error: no such number
  testNumbers.requestToPay.sometimes;

  const operation: OperationName = 'requestToPay';
  const fault: Fault = { on: operation, drop: 'after' };
  const cancel: () => void = sandbox.fault(fault);
  cancel();
  // @ts-expect-error: no such operation
  sandbox.fault({ on: 'requestToPlay', status: 500 });
  sandbox.approve(referenceId);
  sandbox.reject(referenceId, 'NOT_ENOUGH_FUNDS');
  sandbox.expire(referenceId);
  sandbox.advance(1_000);
  // @ts-expect-error: milliseconds are a number
  sandbox.advance('1 s');

  const overrides: CallbackOverrides = { status: 'SUCCESSFUL', body: { amount: undefined } };
  const forged: Request = sandbox.forgeCallback(referenceId, overrides);
  const payment: SandboxPayment = await sandbox.nextPayment();
  const calls: readonly SandboxCall[] = sandbox.calls;
  const callbacks: readonly SandboxCallback[] = sandbox.callbacks;
  // @ts-expect-error: what was called is not ours to change
  sandbox.calls.push(...calls);

  const shape: CallbackShape = 'mecash';
  const body: CallbackBody = forgeCallbackBody(shape, { status: undefined });
  const sign: NonNullable<ForgeCallbackOptions['sign']> = { scheme: signatureSchemes.meCash, secret: 'secret' };
  const made: Request = await forgeCallbackRequest(body, { sign, contentType: null });
  // @ts-expect-error: no such shape
  forgeCallbackBody('stranger');
  return [forged, payment.posts, calls, callbacks, made, await signCallbackBody('{}', sign), fixtures.balance.currency];
}

/** A store of one's own, by a test runner of one's own. */
export async function holdToContract(): Promise<void> {
  const open = (): PaymentStoreUnderTest => ({ store: memoryPaymentStore() });
  const cases: readonly PaymentStoreCase[] = paymentStoreContract(open);
  for (const { name, run } of cases) await run().catch(() => Promise.reject(new Error(name)));
  // @ts-expect-error: a store is missing
  paymentStoreContract(() => ({}));
}
