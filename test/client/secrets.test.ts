import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type ClientEvent, MomoCollections, MomoError, memoryTokenStore } from '../../src/index.js';
import { createClientWorld, outcomeOf, request, type Trick } from '../support/client-world.js';
import { answers, fetchFailed, gateway, hangs, html, lost, response, wallet } from '../support/tricks.js';

/** Marked keys, in the shape of real ones. */
const keys = {
  subscriptionKey: 'CANARY0subscription0key0a1b2c3d4',
  apiKey: 'CANARY0api0key0e5f6a7b8c9d0',
  accessToken: 'CANARY0token0.abc.def',
  callbackPath: 'CANARY0callback0path',
};
const msisdn = '46733987654';
const apiUser = 'merchant-of-canaries';
const basic = btoa(`${apiUser}:${keys.apiKey}`);
const canaries = [...Object.values(keys), basic, msisdn];

const wanted = {
  ...request,
  payer: msisdn,
  callbackUrl: `https://shop.example/${keys.callbackPath}`,
};

/** Everything that a log might make of a value. */
function printsOf(value: unknown): string[] {
  const prints = [inspect(value, { depth: 20, showHidden: true, getters: true, maxStringLength: null })];
  prints.push(inspect(value, { depth: 20, showHidden: true, showProxy: true, customInspect: false }));
  try {
    prints.push(JSON.stringify(value) ?? '');
  } catch {} // what cannot be written cannot leak
  prints.push(String(value));
  for (let error = value; error instanceof Error; error = error.cause) {
    prints.push(error.stack ?? '', error.message, JSON.stringify(Object.getOwnPropertyDescriptors(error)));
  }
  return prints;
}

function expectClean(value: unknown): void {
  for (const print of printsOf(value)) for (const canary of canaries) expect(print).not.toContain(canary);
}

function createCanaryWorld(step?: 'token' | 'create' | 'status', trick?: Trick) {
  const events: ClientEvent[] = [];
  const world = createClientWorld({ ...keys, apiUser, timeoutMs: 60, onEvent: (event) => events.push(event) });
  world.trickAll('token', answers(200, { access_token: keys.accessToken, expires_in: 3600 }));
  world.trickAll('create', answers(202));
  if (step !== undefined && trick !== undefined) world.trickAll(step, trick);
  return { ...world, events };
}

/** What MTN may send back: all that it was sent, in every field that we show. */
const echoes = {
  token: `bad ${keys.subscriptionKey} and ${keys.apiKey} for Basic ${basic} of ${msisdn}`,
  create: `bad ${wanted.callbackUrl}, ${keys.subscriptionKey} and ${keys.apiKey} for Bearer ${keys.accessToken} of ${msisdn}`,
  status: `bad ${keys.subscriptionKey} and ${keys.apiKey} for Bearer ${keys.accessToken} of ${msisdn}`,
};
const echo = echoes.create;

const tricksOf = (echo: string): [string, Trick][] => [
  ['a wallet error that echoes all', answers(400, { code: echo, message: echo })],
  ['a final 500 that echoes all', answers(500, { code: 'NOT_ALLOWED', message: echo })],
  ['an open 500 that echoes all', answers(500, { code: 'NEW', message: echo })],
  ['a login error that echoes all', answers(401, { error: echo, message: echo })],
  ['login_failed that echoes all', answers(500, { error: 'login_failed', message: echo })],
  ['a gateway error that echoes all', answers(403, { statusCode: 403, message: echo })],
  ['a gateway 401 that echoes all', answers(401, { statusCode: 401, message: echo })],
  ['a gateway 404 that echoes all', answers(404, { statusCode: 404, message: echo })],
  ['a wallet 404 that echoes all', answers(404, { code: 'RESOURCE_NOT_FOUND', message: echo })],
  ['a 429 that echoes all', answers(429, { statusCode: 429, message: echo }, { 'Retry-After': '1' })],
  ['a 503 that echoes all', answers(503, { code: 'SERVICE_UNAVAILABLE', message: echo })],
  ['a page that echoes all', answers(200, html.replace('rejected', echo))],
  ['text that echoes all', answers(502, echo)],
  ['JSON that echoes all', answers(200, { [echo]: echo })],
  ['a redirect that echoes all', answers(302, undefined, { location: `https://evil.example/${keys.subscriptionKey}` })],
  ['a fault that carries the request', lost(withRequest(fetchFailed('ECONNRESET')))],
  ['a refused connection that carries the request', lost(withRequest(fetchFailed('ECONNREFUSED')))],
  ['a fault that echoes all', lost(new Error(echo, { cause: new Error(echo) }))],
  ['a thrown text that echoes all', lost(echo)],
  ['a hang', hangs],
];

/** As ky's and others' errors: the request, with all its headers, hangs on them. */
function withRequest(error: Error): Error {
  const headers = { authorization: `Bearer ${keys.accessToken}`, 'ocp-apim-subscription-key': keys.subscriptionKey };
  return Object.assign(error, {
    request: new Request('https://x.example', { headers }),
    options: { headers },
    config: echo,
  });
}

describe('nothing that is printed shows a key, a token or a phone number', () => {
  test('the client', async () => {
    const { client, sandbox, clock } = createCanaryWorld();
    await outcomeOf(client.requestToPay(wanted));
    expectClean(client);
    expectClean({ client, list: [client] });
    expect(Object.keys(client)).toEqual([]);
    expect(clock.now()).toBeGreaterThan(0);
    expectClean(sandbox.calls);
  });

  test('the client with a memory token store', async () => {
    const { newClient, sandbox } = createCanaryWorld();
    const tokenStore = memoryTokenStore();
    const client = newClient({ ...keys, apiUser, tokenStore });
    await outcomeOf(client.requestToPay(wanted));
    expectClean(client);
    expectClean(tokenStore);
    expectClean(sandbox);
  });

  test.each(
    (['token', 'create', 'status'] as const).flatMap((step) =>
      tricksOf(echoes[step]).map(([name, trick]) => ({ step, name, trick })),
    ),
  )('the errors and events at $name, at the $step call', async ({ step, trick }) => {
    const world = createCanaryWorld(step, trick);
    const id = crypto.randomUUID();
    const errors = [
      await outcomeOf(world.client.requestToPay({ ...wanted, referenceId: id }, { deadlineMs: 40_000 })),
      await outcomeOf(world.client.getRequestToPay(id)),
      await outcomeOf(world.client.collect({ ...wanted, referenceId: id }, { deadlineMs: 20_000 })),
      await outcomeOf(world.client.pollUntilFinal(id, { deadlineMs: 10_000 })),
    ];
    expect(errors.some((error) => error instanceof Error)).toBe(true);
    for (const error of errors) if (error instanceof Error) expectClean(error);
    expect(world.events.length).toBeGreaterThan(3);
    expectClean(world.events);
  });

  test('the digits of MTN’s texts are masked to their last three, and UUIDs are not', async () => {
    const id = crypto.randomUUID();
    const world = createCanaryWorld(
      'create',
      answers(400, { code: 'VALIDATION_ERROR', message: `payer ${msisdn} of ${id}, 1234567, 12345678` }),
    );
    const error = await outcomeOf(world.client.requestToPay(wanted));
    expect((error as MomoError).reason?.message).toBe(`payer ********654 of ${id}, 1234567, *****678`);
    expect((error as MomoError).message).toContain('********654');
  });

  test.each([
    ['amount', { amount: msisdn + '.123' }],
    ['payer', { payer: `x${msisdn}x` }],
    ['a payer party', { payer: { partyIdType: 'EMAIL', partyId: `${msisdn}@` } }],
    ['a reference id', { referenceId: keys.apiKey }],
    ['a callback URL', { callbackUrl: `http://u:${keys.apiKey}@1.2.3.4:81/${keys.callbackPath}` }],
    ['a currency', { currency: keys.apiKey }],
    ['a note', { payerMessage: 7 }],
    [
      'everything',
      { amount: keys.apiKey, currency: keys.apiKey, externalId: '', payer: keys.apiKey, referenceId: msisdn },
    ],
  ])('the error of bad input: %s', async (_, fields) => {
    const world = createCanaryWorld();
    const error = await outcomeOf(world.client.requestToPay({ ...wanted, ...fields } as never));
    expect(MomoError.is(error, 'invalid_input')).toBe(true);
    expectClean(error);
  });

  test('the error of options that are wrong', () => {
    const bad = [
      { ...keys, apiUser: '', targetEnvironment: 'production' },
      { ...keys, apiUser, targetEnvironment: 'sandbox', subscriptionKey: `${keys.subscriptionKey}\r\nX: y` },
      {
        ...keys,
        apiUser,
        targetEnvironment: keys.apiKey,
        baseUrl: `https://u:${keys.apiKey}@h.example/?k=${keys.subscriptionKey}`,
      },
      { ...keys, apiUser, targetEnvironment: 'sandbox', callbackUrl: `http://1.2.3.4/${keys.callbackPath}` },
    ];
    for (const options of bad) {
      let error: unknown;
      try {
        new MomoCollections(options);
      } catch (thrown) {
        error = thrown;
      }
      expect(MomoError.is(error, 'invalid_input')).toBe(true);
      expectClean(error);
    }
  });

  test('an abort with a reason that holds secrets', async () => {
    const world = createCanaryWorld('create', hangs);
    const signal = AbortSignal.abort(Object.assign(new Error(echo), { token: keys.accessToken }));
    const calls: Promise<unknown>[] = [
      world.client.requestToPay(wanted, { signal }),
      world.client.pollUntilFinal(crypto.randomUUID(), { signal }),
      world.client.collect(wanted, { signal }),
      world.client.getToken({ signal }),
    ];
    for (const call of calls) {
      const error = await outcomeOf(call);
      expect(error).toMatchObject({ code: 'aborted' });
      expectClean(error);
    }
  });

  test('a reference conflict', async () => {
    const world = createCanaryWorld();
    world.trickAll('create', answers(409, wallet.alreadyExists));
    world.trickAll(
      'status',
      answers(200, {
        status: 'PENDING',
        payer: { partyIdType: 'MSISDN', partyId: '46733111222' },
        externalId: keys.apiKey,
      }),
    );
    const error = await outcomeOf(world.client.requestToPay({ ...wanted, referenceId: crypto.randomUUID() }));
    expect(error).toMatchObject({ code: 'reference_conflict' });
    expectClean(error);
    expect(inspect(error, { depth: 20 })).not.toContain('46733111222');
  });

  test('a thrown hook, store or clock that holds secrets leaks nothing through us', async () => {
    const world = createCanaryWorld();
    const client = world.newClient({
      ...keys,
      apiUser,
      onEvent: () => {
        throw new Error(echo);
      },
      tokenStore: {
        get: () => Promise.reject(new Error(echo)),
        set: () => Promise.reject(new Error(echo)),
        delete: () => Promise.reject(new Error(echo)),
      },
    });
    world.trickAll('create', answers(500, { code: 'NOT_ALLOWED' }));
    const error = await outcomeOf(client.requestToPay(wanted));
    expect(error).toMatchObject({ code: 'rejected' });
    expectClean(error);
  });

  test('a recorded sandbox call, with a phone number in its path and a key in its query', async () => {
    const { sandbox } = createClientWorld();
    await sandbox.fetch(
      `${sandbox.baseUrl}/collection/v1_0/accountholder/msisdn/${msisdn}/active?subscription-key=${keys.subscriptionKey}`,
      { headers: { authorization: `Bearer ${keys.accessToken}`, 'x-callback-url': wanted.callbackUrl } },
    );
    expect(sandbox.calls).toHaveLength(1);
    expectClean(sandbox.calls);
  });
});

describe('what is not a secret stays readable', () => {
  test('an error’s JSON has name, code, message, reference, status and reason', async () => {
    const world = createCanaryWorld(
      'create',
      answers(500, { code: 'PAYER_NOT_FOUND', message: 'Payee does not exist' }),
    );
    const error = (await outcomeOf(world.client.requestToPay(wanted))) as MomoError;
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      name: 'MomoError',
      code: 'rejected',
      message: error.message,
      isRetryable: false,
      referenceId: error.referenceId,
      status: 500,
      reason: { code: 'PAYER_NOT_FOUND', message: 'Payee does not exist' },
    });
    expect(error.message).toContain('PAYER_NOT_FOUND');
  });

  test('a status is plain data, and holds the payer', async () => {
    const world = createCanaryWorld();
    world.trickAll('status', async () =>
      response(200, { status: 'PENDING', payer: { partyIdType: 'MSISDN', partyId: msisdn } }),
    );
    const status = await world.client.getRequestToPay(crypto.randomUUID());
    expect(JSON.stringify(status)).toContain(msisdn);
    expect(gateway.forbidden.statusCode).toBe(403);
  });
});
