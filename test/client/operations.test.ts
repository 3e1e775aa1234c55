import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  type AcceptedRequest,
  type CallOptions,
  type InvoiceStatus,
  MomoCollections,
  type MomoCollectionsOptions,
  MomoError,
  type Party,
  type PollOptions,
  provisionSandboxUser,
  type ServicePaymentStatus,
} from '../../src/index.js';
import {
  createMomoSandbox,
  type Fetch,
  type MomoSandboxOptions,
  type OperationName,
  testNumbers,
} from '../../src/testing/index.js';
import { errorOf, outcomeOf } from '../support/client-world.js';
import { checkAnswer, checkRequest } from '../support/openapi.js';

const payer = '46733999888';
const payee = '46733999777';
const debit = { amount: '12.50', currency: 'EUR', externalId: 'order-1', payer };
const invoice = {
  externalId: 'invoice-1',
  amount: '12.50',
  currency: 'EUR',
  validityDuration: 3600,
  intendedPayer: payer,
  payee,
};
const bill = {
  externalTransactionId: 'bill-1',
  money: { amount: '12.50', currency: 'EUR' },
  customerReference: '+46070911111',
  serviceProviderUserName: 'Electricity Inc.',
};
const leave = { payer, payerCurrency: 'EUR', payerMessage: 'Monthly pass', validityTime: 3600 };

interface Seen {
  readonly call: string;
  /** 0: no answer came. */
  status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** A client and its sandbox; every request and answer is held against MTN's export. */
function createWorld(sandboxOptions: MomoSandboxOptions = {}, options: Partial<MomoCollectionsOptions> = {}) {
  const sandbox = createMomoSandbox(sandboxOptions);
  const seen: Seen[] = [];
  const problems: string[] = [];
  /** Answers given in the sandbox's place, by operation path. */
  const instead: { match: RegExp; status: number; body?: unknown }[] = [];
  const fetch: Fetch = async (input, init) => {
    const sent = new Request(input instanceof Request ? input.clone() : input, init);
    const { method, url, headers } = sent;
    const body = await sent.text();
    problems.push(...checkRequest({ method, url, headers, body }));
    const { pathname } = new URL(url);
    const call = `${method} ${pathname.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/, '{id}')}`;
    const entry: Seen = { call, status: 0, headers, body };
    seen.push(entry);
    const at = instead.findIndex(({ match }) => match.test(pathname));
    const [given] = at < 0 ? [] : instead.splice(at, 1);
    const text = given?.body === undefined ? null : JSON.stringify(given.body);
    const response = given ? new Response(text, { status: given.status }) : await sandbox.fetch(input, init);
    const answer = await response.clone().text();
    if (!given) problems.push(...checkAnswer({ method, url }, { status: response.status, body: answer }));
    entry.status = response.status;
    return response;
  };
  const client = new MomoCollections({ ...sandbox.clientOptions(), fetch, ...options });
  return { sandbox, client, seen, problems, instead, fetch, last: () => seen.at(-1) as Seen };
}

type World = ReturnType<typeof createWorld>;

describe('each operation sends what MTN’s export describes, and its sandbox answers so', () => {
  const id = crypto.randomUUID();
  const operations: readonly (readonly [call: string, run: (world: World) => Promise<unknown>])[] = [
    ['POST /collection/token/', ({ client }) => client.getToken()],
    ['POST /collection/v1_0/requesttopay', ({ client }) => client.requestToPay(debit)],
    [
      'GET /collection/v1_0/requesttopay/{id}',
      async ({ client }) => client.getRequestToPay((await client.requestToPay(debit)).referenceId),
    ],
    [
      'POST /collection/v1_0/requesttopay/{id}/deliverynotification',
      async ({ client }) =>
        client.sendDeliveryNotification((await client.requestToPay(debit)).referenceId, 'Merci, à bientôt & salut', {
          language: 'fr',
        }),
    ],
    ['POST /collection/v1_0/requesttowithdraw', ({ client }) => client.requestToWithdraw(debit)],
    ['POST /collection/v2_0/requesttowithdraw', ({ client }) => client.requestToWithdraw(debit, { version: 2 })],
    [
      'GET /collection/v1_0/requesttowithdraw/{id}',
      async ({ client }) =>
        client.getRequestToWithdraw((await client.requestToWithdraw(debit, { version: 2 })).referenceId),
    ],
    ['POST /collection/v2_0/invoice', ({ client }) => client.createInvoice(invoice)],
    [
      'GET /collection/v2_0/invoice/{id}',
      async ({ client }) => client.getInvoice((await client.createInvoice(invoice)).referenceId),
    ],
    [
      'DELETE /collection/v2_0/invoice/{id}',
      async ({ client }) =>
        client.cancelInvoice((await client.createInvoice(invoice)).referenceId, { externalId: 'cancel-1' }),
    ],
    ['POST /collection/v2_0/payment', ({ client }) => client.createPayment(bill)],
    [
      'GET /collection/v2_0/payment/{id}',
      async ({ client }) => client.getPayment((await client.createPayment(bill)).referenceId),
    ],
    ['POST /collection/v2_0/preapproval', ({ client }) => client.createPreApproval(leave)],
    [
      'GET /collection/v2_0/preapproval/{id}',
      async ({ client }) => client.getPreApproval((await client.createPreApproval(leave)).referenceId),
    ],
    [
      `GET /collection/v1_0/preapprovals/msisdn/${payer}`,
      async ({ client }) => {
        await client.createPreApproval(leave);
        return client.listApprovedPreApprovals(payer);
      },
    ],
    [
      'DELETE /collection/v1_0/preapproval/{id}',
      async ({ client }) => {
        await client.createPreApproval(leave);
        const [first] = await client.listApprovedPreApprovals(payer);
        return client.cancelPreApproval(String(first?.preApprovalId));
      },
    ],
    ['GET /collection/v1_0/account/balance', ({ client }) => client.getBalance()],
    ['GET /collection/v1_0/account/balance/EUR', ({ client }) => client.getBalance('eur')],
    [`GET /collection/v1_0/accountholder/msisdn/${payer}/active`, ({ client }) => client.isAccountHolderActive(payer)],
    [
      'GET /collection/v1_0/accountholder/email/a.b%40example.com/active',
      ({ client }) => client.isAccountHolderActive({ partyIdType: 'EMAIL', partyId: 'a.b@example.com' }),
    ],
    [
      'GET /collection/v1_0/accountholder/party_code/{id}/active',
      ({ client }) => client.isAccountHolderActive({ partyIdType: 'PARTY_CODE', partyId: id }),
    ],
    [
      `GET /collection/v1_0/accountholder/msisdn/${payer}/basicuserinfo`,
      ({ client }) => client.getBasicUserInfo(payer),
    ],
    [
      'POST /collection/v1_0/bc-authorize',
      ({ client }) => client.authorizeConsent({ msisdn: payer, scope: 'profile', accessType: 'online' }),
    ],
    [
      'POST /collection/oauth2/token/',
      async ({ client }) => {
        const asked = { msisdn: payer, scope: 'profile', accessType: 'offline', consentValidIn: 600 } as const;
        return client.createOauth2Token({ authReqId: (await client.authorizeConsent(asked)).authReqId });
      },
    ],
    [
      'GET /collection/oauth2/v1_0/userinfo',
      async ({ client }) => {
        const { authReqId } = await client.authorizeConsent({ msisdn: payer, scope: 'profile', accessType: 'online' });
        return client.getUserInfoWithConsent((await client.createOauth2Token({ authReqId })).accessToken);
      },
    ],
  ];

  test.each(operations)('%s', async (call, run) => {
    const world = createWorld();
    await run(world);
    expect(world.last().call).toBe(call);
    expect(world.last().status).toBeLessThan(300);
    expect(world.problems).toEqual([]);
    const { headers } = world.last();
    expect(headers.get('x-target-environment')).toBe('sandbox');
    expect(headers.get('ocp-apim-subscription-key')).toBe(world.sandbox.credentials.subscriptionKey);
  });

  test('the three provisioning calls, whose user then takes a payment', async () => {
    const { sandbox, fetch, seen, problems } = createWorld();
    const { clock } = sandbox.clientOptions();
    const subscriptionKey = 'f'.repeat(32);
    const user = await provisionSandboxUser({ subscriptionKey, providerCallbackHost: 'shop.example', fetch, clock });
    expect(seen.map(({ call, status }) => `${call} ${status}`)).toEqual([
      'POST /v1_0/apiuser 201',
      'GET /v1_0/apiuser/{id} 200',
      'POST /v1_0/apiuser/{id}/apikey 201',
    ]);
    expect(problems).toEqual([]);
    const client = new MomoCollections({ ...user, subscriptionKey, targetEnvironment: 'sandbox', fetch, clock });
    expect(await client.collect(debit)).toMatchObject({ state: 'successful' });
  });
});

describe('provisioning', () => {
  const options = { subscriptionKey: 'f'.repeat(32), providerCallbackHost: 'shop.example' };
  const notFound = { code: 'RESOURCE_NOT_FOUND', message: 'Requested resource was not found.' };

  test('waits for a user that MTN does not know yet', async () => {
    const { sandbox, fetch, seen, instead } = createWorld();
    for (let n = 0; n < 2; n++) instead.push({ match: /apikey$/, status: 404, body: notFound });
    const { clock } = sandbox.clientOptions();
    const startedAtMs = clock.now();
    expect(await provisionSandboxUser({ ...options, fetch, clock })).toMatchObject({ apiKey: expect.any(String) });
    expect(seen.map(({ status }) => status)).toEqual([201, 200, 404, 404, 201]);
    expect(clock.now() - startedAtMs).toBe(4_000);
  });

  test('survives lost answers', async () => {
    const { sandbox, fetch } = createWorld();
    const { clock } = sandbox.clientOptions();
    for (const on of ['createApiUser', 'createApiKey'] as const) sandbox.fault({ on, drop: 'after' });
    expect(await provisionSandboxUser({ ...options, fetch, clock })).toMatchObject({ apiKey: expect.any(String) });
  });

  test('names what is wrong', async () => {
    const { sandbox, fetch } = createWorld();
    const { clock } = sandbox.clientOptions();
    const run = (more: object) => errorOf(provisionSandboxUser({ ...options, fetch, clock, ...more }));
    expect(await run({ subscriptionKey: 'no key' })).toMatchObject({ code: 'unauthorized' });
    expect(await run({ providerCallbackHost: 'https://shop.example' })).toMatchObject({ code: 'invalid_input' });
    expect(await run({ providerCallbackHost: undefined })).toMatchObject({ code: 'invalid_input' });
    expect(await run({ providerCallbackHost: undefined, subscriptionKey: '', baseUrl: 'x' })).toMatchObject({
      issues: [{ path: 'subscriptionKey' }, { path: 'baseUrl' }, { path: 'providerCallbackHost' }],
    });
    expect(await errorOf(provisionSandboxUser(undefined as never))).toMatchObject({
      issues: [{ path: 'subscriptionKey' }, { path: 'providerCallbackHost' }],
    });
    sandbox.fault({ on: 'getApiUser', status: 404, body: notFound, times: Number.POSITIVE_INFINITY });
    expect(await run({})).toMatchObject({ code: 'not_found' });
  });
});

describe('withdrawals', () => {
  test.each(Object.entries(testNumbers.requestToWithdraw))('%s', async (name, number) => {
    const { client } = createWorld();
    const { referenceId } = await client.requestToWithdraw({ ...debit, payer: number }, { version: 2 });
    const read = client.getRequestToWithdraw.bind(client);
    const { state } = await client.pollUntilFinal(referenceId, { read, deadlineMs: 60_000 });
    const states: Record<string, string> = {
      expired: 'expired',
      couldNotPerformTransaction: 'expired',
      ongoing: 'uncertain',
      delayed: 'successful',
    };
    expect(state).toBe(states[name] ?? 'failed');
  });

  test('a lost answer makes no second one, and another one under the same id is a conflict', async () => {
    const { client, sandbox } = createWorld();
    sandbox.fault({ on: 'requestToWithdraw', drop: 'after' });
    const { referenceId, compared } = await client.requestToWithdraw(debit);
    expect(compared).toBe(true);
    expect(sandbox.payments).toHaveLength(1);
    const other = client.requestToWithdraw({ ...debit, referenceId, amount: '13' });
    expect(await errorOf(other)).toMatchObject({ code: 'reference_conflict', referenceId });
    const none = client.requestToWithdraw(debit, { version: 3 as never });
    expect(await errorOf(none)).toMatchObject({ code: 'invalid_input' });
    const bad = { ...debit, referenceId, amount: 0 };
    for (const version of [3, Symbol('2'), '2']) {
      expect(await errorOf(client.requestToWithdraw(bad, { version: version as never }))).toMatchObject({
        referenceId,
        issues: [{ path: 'version' }, { path: 'amount' }],
      });
    }
  });
});

describe('invoices', () => {
  test('are made, paid by hand and read', async () => {
    const { client, sandbox, seen } = createWorld({ approval: 'manual' });
    const { referenceId } = await client.createInvoice({ ...invoice, description: 'L’été & co' });
    expect(JSON.parse(seen.at(-1)?.body ?? '')).toMatchObject({
      validityDuration: '3600',
      description: 'L ete and co',
    });
    expect(await client.getInvoice(referenceId)).toMatchObject({ state: 'pending', isFinal: false });
    sandbox.approve(referenceId);
    expect(await client.getInvoice(referenceId)).toMatchObject({
      referenceId,
      state: 'successful',
      amount: '12.5',
      intendedPayer: { partyIdType: 'MSISDN', partyId: payer },
      expiryDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+$/),
      raw: { status: 'SUCCESSFUL' },
    });
  });

  test.each(['object', 'string'] as const)('that are refused carry their errorReason, given as %s', async (shape) => {
    const { client, sandbox } = createWorld({ approval: 'manual', reasonShape: shape });
    const { referenceId } = await client.createInvoice(invoice);
    sandbox.reject(referenceId);
    const found = await client.getInvoice(referenceId);
    expect(found).toMatchObject({ state: 'failed', reason: { code: 'APPROVAL_REJECTED' } });
    expect(found.raw).toHaveProperty('errorReason');
  });

  test('are paid in time, and polled', async () => {
    const { client } = createWorld();
    const { referenceId } = await client.createInvoice(invoice);
    const result = await client.pollUntilFinal(referenceId, { read: (id, options) => client.getInvoice(id, options) });
    expect(result.state).toBe('successful');
  });

  test.each([200, 202, 204])('are cancelled, also when MTN answers %i', async (status) => {
    const { client, instead, seen } = createWorld();
    const { referenceId } = await client.createInvoice(invoice);
    if (status !== 200) instead.push({ match: /invoice\/./, status });
    await client.cancelInvoice(referenceId, { externalId: 'cancel-1' });
    const { headers, body } = seen.at(-1) as Seen;
    expect(headers.get('x-reference-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('x-reference-id')).not.toBe(referenceId);
    expect(JSON.parse(body)).toEqual({ externalId: 'cancel-1' });
    if (status !== 200) return;
    expect(await client.getInvoice(referenceId)).toMatchObject({ reason: { code: 'TRANSACTION_CANCELED' } });
    expect(await errorOf(client.cancelInvoice(referenceId, { externalId: 'x' }))).toMatchObject({ code: 'rejected' });
  });

  test.each(['after', 'hang'] as const)('are cancelled once, though the answer got lost (%s)', async (drop) => {
    const { client, sandbox, seen, last } = createWorld({}, { timeoutMs: 50 });
    const { referenceId } = await client.createInvoice(invoice);
    sandbox.fault({ on: 'cancelInvoice', drop });
    await client.cancelInvoice(referenceId, { externalId: 'cancel-1' });
    const cancellations = seen.filter(({ call }) => call.startsWith('DELETE'));
    expect(cancellations).toHaveLength(2);
    const sent = cancellations.map(({ headers, body }) => JSON.stringify([...headers, body]));
    expect(new Set(sent).size).toBe(1);
    expect(last().status).toBe(drop === 'after' ? 409 : 200);
    expect(await client.getInvoice(referenceId)).toMatchObject({ reason: { code: 'TRANSACTION_CANCELED' } });
  });

  test('of a lost answer are compared with what MTN has, the intended payer too', async () => {
    const { client, sandbox } = createWorld();
    sandbox.fault({ on: 'createInvoice', drop: 'after' });
    const { referenceId, compared } = await client.createInvoice(invoice);
    expect(compared).toBe(true);
    const other = client.createInvoice({ ...invoice, referenceId, intendedPayer: payee });
    expect(await errorOf(other)).toMatchObject({ code: 'reference_conflict' });
  });

  test('unknown ones are not found, and bad input is not sent', async () => {
    const { client } = createWorld();
    const id = crypto.randomUUID();
    expect(await errorOf(client.getInvoice(id))).toMatchObject({ code: 'not_found', referenceId: id });
    expect(await errorOf(client.cancelInvoice(id, { externalId: 'x' }))).toMatchObject({ code: 'not_found' });
    const bad = { ...invoice, validityDuration: 1.5, payee: 'x', externalId: '' };
    const error = await errorOf(client.createInvoice(bad));
    expect(error).toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'externalId' }, { path: 'validityDuration' }, { path: 'payee' }],
    });
    const noNumber = { ...invoice, validityDuration: Object.create(null) };
    expect(await errorOf(client.createInvoice(noNumber))).toMatchObject({ issues: [{ path: 'validityDuration' }] });
    expect(await errorOf(client.cancelInvoice(id, undefined as never))).toMatchObject({
      referenceId: id,
      issues: [{ path: 'externalId' }],
    });
  });
});

describe('payments to service providers', () => {
  test.each([
    ['1000', 'successful'],
    ['2000', 'failed'],
    ['3000', 'successful'],
    ['4000', 'failed'],
    ['5000', 'uncertain'],
    ['6000', 'uncertain'],
    ['7000', 'failed'],
    ['12.50', 'successful'],
  ])('of %s end %s', async (amount, state) => {
    const { client } = createWorld();
    const { referenceId } = await client.createPayment({ ...bill, money: { amount, currency: 'EUR' } });
    const result = await client.pollUntilFinal(referenceId, {
      read: (id, options) => client.getPayment(id, options),
      deadlineMs: 60_000,
    });
    expect(result.state).toBe(state);
    if (amount === '7000') expect(result).toMatchObject({ payment: { reason: { code: 'TRANSFER_TYPE_UNKNOWN' } } });
  });

  test('send every field, and nothing there is to compare', async () => {
    const { client, seen, sandbox, problems } = createWorld();
    sandbox.fault({ on: 'createPayment', drop: 'after' });
    const full = { couponId: 'c', productId: 'p', productOfferingId: 'o', receiverMessage: 'A & B', senderNote: 'hi' };
    const accepted = await client.createPayment({
      ...bill,
      ...full,
      maxNumberOfRetries: 0,
      includeSenderCharges: false,
    });
    expect(accepted).toMatchObject({ outcome: 'accepted', compared: false });
    const sent = JSON.parse(seen.find(({ call }) => call.endsWith('/payment'))?.body ?? '');
    expect(sent).toEqual({
      ...bill,
      ...full,
      receiverMessage: 'A and B',
      maxNumberOfRetries: 0,
      includeSenderCharges: false,
    });
    expect(problems).toEqual([]);
    const wrong = client.createPayment({ ...bill, money: undefined as never, includeSenderCharges: 'no' as never });
    expect(await errorOf(wrong)).toMatchObject({
      issues: [{ path: 'includeSenderCharges' }, { path: 'money.currency' }, { path: 'money.amount' }],
    });
  });
});

describe('pre-approvals', () => {
  test.each(Object.entries(testNumbers.preApproval))('of the test number "%s"', async (name, number) => {
    const { client, problems } = createWorld();
    const { referenceId } = await client.createPreApproval({ ...leave, payer: number });
    const read = client.getPreApproval.bind(client);
    const result = await client.pollUntilFinal(referenceId, { read, deadlineMs: 60_000 });
    const states: Record<string, string> = {
      expired: 'expired',
      ongoing: 'uncertain',
      delayed: 'successful',
      approvedListEmpty: 'successful',
    };
    expect(result.state).toBe(states[name] ?? 'failed');
    expect(result.payment).toMatchObject({ payerCurrency: 'EUR', expirationDateTime: expect.any(String) });
    const approved = await client.listApprovedPreApprovals(number);
    expect(approved).toHaveLength(name === 'delayed' ? 1 : 0);
    expect(problems).toEqual([]);
  });

  test('are listed as an array or wrapped, and cancelled', async () => {
    const { client, instead } = createWorld();
    await client.createPreApproval(leave);
    const [entry] = await client.listApprovedPreApprovals(payer);
    expect(entry).toMatchObject({ status: 'APPROVED', fromCurrency: 'EUR', message: 'Monthly pass' });
    instead.push({ match: /preapprovals/, status: 200, body: { preApprovalDetails: [{ ...entry }, {}] } });
    expect(await client.listApprovedPreApprovals(payer)).toEqual([entry]);
    instead.push({ match: /preapprovals/, status: 200, body: { other: [] } });
    expect(await errorOf(client.listApprovedPreApprovals(payer))).toMatchObject({ code: 'unexpected_response' });
    const id = String(entry?.preApprovalId);
    await client.cancelPreApproval(id);
    expect(await client.listApprovedPreApprovals(payer)).toEqual([]);
    expect(await errorOf(client.cancelPreApproval(id))).toMatchObject({ code: 'not_found' });
    for (const bad of ['../x', Symbol('id'), Object.create(null)]) {
      expect(await errorOf(client.cancelPreApproval(bad as never))).toMatchObject({ code: 'invalid_input' });
    }
  });
});

describe('whatever has a status can be polled', () => {
  type Read = (client: MomoCollections) => NonNullable<PollOptions<InvoiceStatus | ServicePaymentStatus>['read']>;
  const resources: readonly (readonly [
    name: string,
    create: (client: MomoCollections) => Promise<AcceptedRequest>,
    read: Read,
  ])[] = [
    ['withdrawal', (c) => c.requestToWithdraw(debit), (c) => (id, options) => c.getRequestToWithdraw(id, options)],
    ['invoice', (c) => c.createInvoice(invoice), (c) => (id, options) => c.getInvoice(id, options)],
    ['service payment', (c) => c.createPayment(bill), (c) => (id, options) => c.getPayment(id, options)],
    ['pre-approval', (c) => c.createPreApproval(leave), (c) => (id, options) => c.getPreApproval(id, options)],
  ];
  const ends = [
    ['approve', 'successful'],
    ['reject', 'failed'],
    ['expire', 'expired'],
  ] as const;

  test.each(
    resources.flatMap(([name, create, read]) => ends.map(([act, state]) => [name, act, state, create, read] as const)),
  )('a %s that the payer lets %s ends %s', async (_name, act, state, create, read) => {
    const { client, sandbox, seen } = createWorld({ approval: 'manual' }, { maxStatusReadsPerSecond: 1 });
    const { referenceId } = await create(client);
    const result = await client.pollUntilFinal(referenceId, {
      read: read(client),
      onUpdate({ isFinal }) {
        if (isFinal) return;
        sandbox[act](referenceId);
        expect(client.checkNow(referenceId)).toBe(true);
      },
    });
    expect(result).toMatchObject({ state, reads: 2 });
    expect(seen.filter(({ call }) => call.startsWith('GET'))).toHaveLength(2);
  });

  test.each(resources)('a poll of a %s reads once per try, and ends with its caller', async (_name, create, read) => {
    const { client, sandbox, seen } = createWorld({ approval: 'manual' });
    const { referenceId } = await create(client);
    sandbox.fault({ on: '*', status: 503, times: Number.POSITIVE_INFINITY });
    const result = await client.pollUntilFinal(referenceId, { read: read(client), deadlineMs: 20_000 });
    expect(result).toMatchObject({ state: 'uncertain', why: 'deadline' });
    expect(seen.filter(({ call }) => call.startsWith('GET'))).toHaveLength(result.reads);
    const signal = AbortSignal.abort();
    const aborted = client.pollUntilFinal(referenceId, { read: read(client), signal });
    expect(await errorOf(aborted)).toMatchObject({ code: 'aborted', referenceId });
  });
});

describe('balance, account holders and notifications', () => {
  test('the balance may come as numbers, and be negative', async () => {
    const { client, instead } = createWorld();
    expect(await client.getBalance('EUR')).toEqual({ availableBalance: '1000.00', currency: 'EUR' });
    instead.push({ match: /balance/, status: 200, body: { availableBalance: -3.5, currency: 'ZAR' } });
    expect(await client.getBalance()).toEqual({ availableBalance: '-3.5', currency: 'ZAR' });
    instead.push({ match: /balance/, status: 200, body: {} });
    expect(await errorOf(client.getBalance())).toMatchObject({ code: 'unexpected_response' });
    instead.push({ match: /balance/, status: 500, body: { code: 'NOT_ALLOWED_TARGET_ENVIRONMENT' } });
    expect(await errorOf(client.getBalance())).toMatchObject({ code: 'rejected' });
    expect(await errorOf(client.getBalance('RWF'))).toMatchObject({ code: 'invalid_input' });
  });

  test('an address that UTF-8 cannot write is refused', async () => {
    const { client, seen } = createWorld();
    const party = { partyIdType: 'EMAIL', partyId: 'a\ud800@example.com' } as const;
    for (const call of [
      client.isAccountHolderActive(party),
      client.getBasicUserInfo(party),
      client.listApprovedPreApprovals(party),
      client.requestToPay({ ...debit, payer: party }),
    ]) {
      expect(await errorOf(call)).toMatchObject({
        issues: [{ path: expect.stringMatching(/^pa(rty|yer)\.partyId$/) }],
      });
    }
    expect(seen).toEqual([]);
  });

  test('an empty 404, which the contract has for some of these, is "not found" but never "inactive"', async () => {
    const { client, instead } = createWorld();
    const id = crypto.randomUUID();
    for (const run of [
      () => client.listApprovedPreApprovals(payer),
      () => client.cancelPreApproval(id),
      () => client.sendDeliveryNotification(id, 'x'),
      () => client.isAccountHolderActive(payer),
    ]) {
      instead.push({ match: /v1_0/, status: 404 });
      expect(await errorOf(run())).toMatchObject({ code: 'not_found', status: 404 });
    }
  });

  test.each<[partyIdType: Party['partyIdType'], parties: Readonly<Record<string, string>>]>([
    ['EMAIL', testNumbers.accountHolderActiveByEmail],
    ['PARTY_CODE', testNumbers.accountHolderActiveByPartyCode],
  ])('is an account holder active, by the %s that MTN published?', async (partyIdType, parties) => {
    const { client } = createWorld();
    const found: Record<string, unknown> = {};
    for (const [name, partyId] of Object.entries(parties)) {
      const outcome = await outcomeOf(client.isAccountHolderActive({ partyIdType, partyId }));
      found[name] = outcome instanceof MomoError ? [outcome.status, outcome.reason?.code] : outcome;
    }
    expect(found).toEqual({
      notFound: false,
      notActive: false,
      notAllowed: [500, 'NOT_ALLOWED'],
      notAllowedTargetEnvironment: [500, 'NOT_ALLOWED_TARGET_ENVIRONMENT'],
      internalProcessingError: [500, 'INTERNAL_PROCESSING_ERROR'],
      serviceUnavailable: [503, 'SERVICE_UNAVAILABLE'],
    });
  });

  const page = '<html><body>Request Rejected</body></html>';
  test.each<[on: OperationName, run: (client: MomoCollections, id: string) => Promise<unknown>]>([
    ['sendDeliveryNotification', (client, id) => client.sendDeliveryNotification(id, 'x')],
    ['cancelInvoice', (client, id) => client.cancelInvoice(id, { externalId: 'x' })],
    ['cancelPreApproval', (client, id) => client.cancelPreApproval(id)],
    ['isAccountHolderActive', (client) => client.isAccountHolderActive(payer)],
    ['getBasicUserInfo', (client) => client.getBasicUserInfo(payer)],
  ])('the firewall’s page, with HTTP 200, is no answer to %s', async (on, run) => {
    const { client, sandbox } = createWorld();
    sandbox.fault({ on, status: 200, body: page });
    const error = await errorOf(run(client, crypto.randomUUID()));
    expect(error).toMatchObject({ code: 'unexpected_response', status: 200 });
    expect(error.message).toContain('an HTML page');
  });

  test('an answer with objects in odd places is read as far as it can be', async () => {
    const { client, instead } = createWorld();
    const odd = { toString: 'x' };
    instead.push({ match: /active$/, status: 200, body: { result: odd } });
    expect(await errorOf(client.isAccountHolderActive(payer))).toMatchObject({ code: 'unexpected_response' });
    instead.push({ match: /basicuserinfo/, status: 200, body: { given_name: odd, active: odd, updated_at: odd } });
    expect(await client.getBasicUserInfo(payer)).toEqual({});
    instead.push({ match: /basicuserinfo/, status: 200, body: { given_name: 'Sand', address: null } });
    expect(await client.getBasicUserInfo(payer)).toEqual({ givenName: 'Sand' });
  });

  const numbers = testNumbers.accountHolderActive;
  test.each([
    [payer, true],
    [numbers.notActive, false],
    [numbers.notFound, false],
    [numbers.notAllowed, 'rejected'],
    [numbers.notAllowedTargetEnvironment, 'rejected'],
    [numbers.internalProcessingError, 'unavailable'],
    [numbers.serviceUnavailable, 'unavailable'],
  ])('is %s active? %s', async (party, expected) => {
    const { client } = createWorld();
    if (typeof expected === 'boolean') expect(await client.isAccountHolderActive(party)).toBe(expected);
    else expect(await errorOf(client.isAccountHolderActive(party))).toMatchObject({ code: expected });
  });

  test.each([
    [true, true],
    [false, false],
    [{ result: false }, false],
    [{ result: 'true' }, true],
  ])('the answer %j means %s', async (body, expected) => {
    const { client, instead } = createWorld();
    instead.push({ match: /active$/, status: 200, body });
    expect(await client.isAccountHolderActive(payer)).toBe(expected);
  });

  test('a wrong address is not "inactive"', async () => {
    const { client, instead } = createWorld();
    instead.push({ match: /active$/, status: 404, body: { statusCode: 404, message: 'Resource not found' } });
    expect(await errorOf(client.isAccountHolderActive(payer))).toMatchObject({ code: 'rejected' });
    instead.push({ match: /active$/, status: 200, body: {} });
    expect(await errorOf(client.isAccountHolderActive(payer))).toMatchObject({ code: 'unexpected_response' });
  });

  test('a notification stands in header and body, in ASCII', async () => {
    const { client, seen, instead } = createWorld();
    const { referenceId } = await client.requestToPay(debit);
    await client.sendDeliveryNotification(referenceId, 'Votre crédit est là', { language: 'fr' });
    const { headers, body } = seen.at(-1) as Seen;
    expect(headers.get('notificationmessage')).toBe('Votre credit est la');
    expect(headers.get('language')).toBe('fr');
    expect(headers.has('x-reference-id')).toBe(false);
    expect(JSON.parse(body)).toEqual({ notificationMessage: 'Votre credit est la' });
    const bad = client.sendDeliveryNotification('x', '', { language: 'French' });
    expect(await errorOf(bad)).toMatchObject({
      issues: [{ path: 'referenceId' }, { path: 'message' }, { path: 'language' }],
    });
    // MTN takes nothing of these signs, and no empty text.
    for (const message of ["''", '$$$', '\u{1f600}']) {
      expect(await errorOf(client.sendDeliveryNotification(referenceId, message))).toMatchObject({
        issues: [{ path: 'message' }],
      });
    }
    await client.sendDeliveryNotification(referenceId, 'à');
    expect(seen.at(-1)?.headers.get('notificationmessage')).toBe('a');
    instead.push({ match: /deliverynotification/, status: 410 });
    expect(await errorOf(client.sendDeliveryNotification(referenceId, 'x'))).toMatchObject({ code: 'rejected' });
    const pending = await client.requestToPay({ ...debit, payer: testNumbers.requestToPay.ongoing });
    expect(await errorOf(client.sendDeliveryNotification(pending.referenceId, 'x'))).toMatchObject({
      code: 'rejected',
      reason: { code: 'NOT_SUCCESSFULLY_COMPLETED' },
    });
  });
});

describe('consent', () => {
  const asked = { msisdn: `+${payer}`, scope: 'profile all_info', accessType: 'offline', consentValidIn: 600 } as const;

  test('is asked for, redeemed, refreshed and used, each with its own credentials', async () => {
    const { client, seen, sandbox } = createWorld();
    const consent = await client.authorizeConsent(asked);
    expect(consent).toEqual({ authReqId: expect.any(String), interval: 5, expiresIn: 300 });
    expect(Object.fromEntries(new URLSearchParams(seen.at(-1)?.body))).toEqual({
      login_hint: `ID:${payer}/MSISDN`,
      scope: asked.scope,
      access_type: 'offline',
      consent_valid_in: '600',
    });
    const token = await client.createOauth2Token({ authReqId: consent.authReqId });
    expect(token).toMatchObject({ tokenType: 'Bearer', expiresIn: 3600, refreshTokenExpiredIn: 600 });
    const { apiUser, apiKey } = sandbox.credentials;
    expect(seen.at(-1)?.headers.get('authorization')).toBe(`Basic ${btoa(`${apiUser}:${apiKey}`)}`);
    const fresh = await client.createOauth2Token({ refreshToken: String(token.refreshToken) });
    const info = await client.getUserInfoWithConsent(fresh.accessToken);
    expect(seen.at(-1)?.headers.get('authorization')).toBe(`Bearer ${fresh.accessToken}`);
    expect(info).toMatchObject({ givenName: 'Sand', name: 'Sand Box', active: true, updatedAt: expect.any(Number) });
    expect(await errorOf(client.getUserInfoWithConsent('other'))).toMatchObject({ code: 'unauthorized' });
    for (const bad of [Symbol('token'), Object.create(null), 'a b']) {
      expect(await errorOf(client.getUserInfoWithConsent(bad as never))).toMatchObject({ code: 'invalid_input' });
    }
  });

  test('calls that are refused leave the client’s own token alone', async () => {
    const { client, seen, instead } = createWorld();
    const { authReqId } = await client.authorizeConsent(asked);
    for (const [status, error] of [
      [401, 'invalid_client'],
      [500, 'login_failed'],
    ] as const) {
      instead.push({ match: /oauth2\/token/, status, body: { error } });
      expect(await errorOf(client.createOauth2Token({ authReqId }))).toMatchObject({ code: 'unauthorized', status });
    }
    await errorOf(client.getUserInfoWithConsent('other'));
    await client.getBalance();
    expect(seen.filter(({ call }) => call === 'POST /collection/token/')).toHaveLength(1);
  });

  test('sends the validity it has checked', async () => {
    const { client, last } = createWorld();
    let reads = 0;
    const input = {
      ...asked,
      get consentValidIn() {
        return reads++ === 0 ? ('soon' as never) : 600;
      },
    };
    await client.authorizeConsent(input);
    expect(new URLSearchParams(last().body).get('consent_valid_in')).toBe('600');
  });

  test.each([
    [testNumbers.requestToPay.rejected, 'access_denied'],
    [testNumbers.requestToPay.ongoing, 'authorization_pending'],
  ])('that %s has not given is rejected as %s', async (msisdn, code) => {
    const { client } = createWorld();
    const { authReqId } = await client.authorizeConsent({ ...asked, msisdn });
    expect(await errorOf(client.createOauth2Token({ authReqId }))).toMatchObject({
      code: 'rejected',
      reason: { code },
    });
  });

  test('is asked for once, though the answer got lost', async () => {
    const { client, sandbox, seen } = createWorld();
    sandbox.fault({ on: 'authorizeConsent', drop: 'after' });
    expect(await errorOf(client.authorizeConsent(asked))).toMatchObject({ code: 'network' });
    expect(seen.filter(({ call }) => call.endsWith('bc-authorize'))).toHaveLength(1);
    expect(sandbox.calls.filter(({ operation }) => operation === 'authorizeConsent')).toHaveLength(1);
  });

  test('shows no grant and no number in an error', async () => {
    const { client, instead } = createWorld();
    const authReqId = crypto.randomUUID();
    instead.push({ match: /oauth2\/token/, status: 400, body: { error: `unknown ${authReqId}` } });
    const error = await errorOf(client.createOauth2Token({ authReqId }));
    expect(JSON.stringify(error) + String(error.stack)).not.toContain(authReqId);
    const bad = { msisdn: payer, scope: '', accessType: 'x', consentValidIn: 0 } as never;
    expect(await errorOf(client.authorizeConsent(bad))).toMatchObject({ code: 'invalid_input' });
    expect(await errorOf(client.createOauth2Token({} as never))).toMatchObject({ code: 'invalid_input' });
  });

  test('gives an address in parts or as one text, and a number where MTN sends one', async () => {
    const { client, instead } = createWorld();
    const seenInTheWild = {
      address: { street_address: 'Kungsgatan 1', postal_code: '111 43', country: 'SE' },
      credit_score: 712,
      email_verified: 'false',
      birthdate: null,
    };
    instead.push({ match: /userinfo/, status: 200, body: seenInTheWild });
    expect(await client.getUserInfoWithConsent('token')).toEqual({
      address: { streetAddress: 'Kungsgatan 1', postalCode: '111 43', country: 'SE' },
      creditScore: '712',
      emailVerified: false,
    });
    instead.push({ match: /userinfo/, status: 200, body: { address: 'Kungsgatan 1' } });
    expect(await client.getUserInfoWithConsent('token')).toEqual({ address: 'Kungsgatan 1' });
  });
});

describe('calls that are neither create nor status read', () => {
  const id = crypto.randomUUID();
  const secret = {
    msisdn: payer,
    authReqId: 'CANARY0request',
    refreshToken: 'CANARY0refresh',
    oauth2Token: 'CANARY0oauth2',
    notificationToken: 'CANARY0notification',
    instruction: 'Q0FOQVJZMGluc3RydWN0aW9u',
  };
  const asked = {
    msisdn: payer,
    scope: 'profile',
    accessType: 'online',
    clientNotificationToken: secret.notificationToken,
    scopeInstruction: secret.instruction,
  } as const;
  const calls: readonly (readonly [
    name: OperationName,
    run: (client: MomoCollections, options?: CallOptions) => Promise<unknown>,
  ])[] = [
    ['getBalance', (client, options) => client.getBalance(undefined, options)],
    ['isAccountHolderActive', (client, options) => client.isAccountHolderActive(payer, options)],
    ['getBasicUserInfo', (client, options) => client.getBasicUserInfo(payer, options)],
    ['listApprovedPreApprovals', (client, options) => client.listApprovedPreApprovals(payer, options)],
    ['cancelPreApproval', (client, options) => client.cancelPreApproval(id, options)],
    ['cancelInvoice', (client, options) => client.cancelInvoice(id, { externalId: 'x' }, options)],
    ['sendDeliveryNotification', (client, options) => client.sendDeliveryNotification(id, 'x', options)],
    ['authorizeConsent', (client, options) => client.authorizeConsent(asked, options)],
    ['createOauth2Token', (client, options) => client.createOauth2Token({ authReqId: secret.authReqId }, options)],
    [
      'createOauth2Token',
      (client, options) => client.createOauth2Token({ refreshToken: secret.refreshToken }, options),
    ],
    ['getUserInfoWithConsent', (client, options) => client.getUserInfoWithConsent(secret.oauth2Token, options)],
  ];

  test.each(calls)('%s ends at its deadline, and with its caller', async (on, run) => {
    const { client, sandbox } = createWorld();
    await client.getToken();
    sandbox.fault({ on, drop: 'hang', times: 2 });
    expect(await errorOf(run(client, { deadlineMs: 30 }))).toMatchObject({ code: 'timeout' });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 10);
    expect(await errorOf(run(client, { signal: controller.signal }))).toMatchObject({ code: 'aborted' });
    expect(await errorOf(run(client, { deadlineMs: -1 }))).toMatchObject({ issues: [{ path: 'deadlineMs' }] });
  });

  test.each(calls)('%s shows no secret, whatever MTN echoes', async (_on, run) => {
    const sandbox = createMomoSandbox();
    const events: unknown[] = [];
    const own = sandbox.clientOptions();
    const fetch: Fetch = async (input, init) => {
      const request = new Request(input, init);
      const { url, headers } = request.clone();
      const response = await own.fetch(request.clone());
      if (url.endsWith('/collection/token/')) return response;
      const echo = `${decodeURIComponent((await request.text()).replaceAll('+', ' '))} ${headers.get('authorization')} ${url}`;
      return Response.json({ code: echo.slice(0, 150), message: echo.slice(-150) }, { status: 400 });
    };
    const client = new MomoCollections({ ...own, fetch, onEvent: (event) => events.push(event) });
    const { accessToken } = await client.getToken();
    const error = await errorOf(run(client));
    const shown = inspect([error, error.stack, error.cause, JSON.stringify(error), events, sandbox.calls], {
      depth: 9,
    });
    const { apiKey, subscriptionKey } = own;
    for (const value of [...Object.values(secret), accessToken, apiKey, subscriptionKey]) {
      expect(shown).not.toContain(value);
    }
  });
});
