import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setupServer } from 'msw/node';
import { afterEach, describe, expect, test } from 'vitest';
import { MomoCollections, type MomoCollectionsOptions, type PollResult } from '../../src/index.js';
import { createMomoSandbox, type Fetch, type MomoSandboxOptions, testNumbers } from '../../src/testing/index.js';
import { momoHandlers } from '../../src/testing/msw.js';
import { createClientWorld, request, type Step } from '../support/client-world.js';
import { checkAnswer, checkRequest } from '../support/openapi.js';
import { answers, answersAfter } from '../support/tricks.js';

/** What MTN published: number, state, reason. */
const published: readonly (readonly [payer: string, state: PollResult['state'], code: string | undefined])[] = [
  ['46733123450', 'failed', 'INTERNAL_PROCESSING_ERROR'],
  ['46733123451', 'failed', 'APPROVAL_REJECTED'],
  ['46733123452', 'expired', 'EXPIRED'],
  ['46733123453', 'uncertain', undefined],
  ['46733123454', 'successful', undefined],
  ['46733123455', 'failed', 'PAYER_NOT_FOUND'],
  ['46733123456', 'failed', 'PAYEE_NOT_ALLOWED_TO_RECEIVE'],
  ['46733123457', 'failed', 'NOT_ALLOWED'],
  ['46733123458', 'failed', 'NOT_ALLOWED_TARGET_ENVIRONMENT'],
  ['46733123459', 'failed', 'INVALID_CALLBACK_URL_HOST'],
  ['46733123460', 'failed', 'INVALID_CURRENCY'],
  ['46733123461', 'failed', 'INTERNAL_PROCESSING_ERROR'],
  ['46733123462', 'failed', 'SERVICE_UNAVAILABLE'],
  ['46733123463', 'expired', 'COULD_NOT_PERFORM_TRANSACTION'],
  ['46733123464', 'failed', 'TRANSFER_TYPE_UNKNOWN'],
  ['56733123453', 'successful', undefined],
];

describe('a test number of MTN’s, through collect,', () => {
  test('is in this list if it is published', () => {
    expect(published.map(([payer]) => payer).sort()).toEqual(Object.values(testNumbers.requestToPay).sort());
  });

  const cases = published.flatMap((entry) =>
    (['object', 'string'] as const).map((shape) => [...entry, shape] as const),
  );

  test.each(cases)('%s ends %s with the reason %s, given as a JSON %s', async (payer, state, code, reasonShape) => {
    const { client, clock } = createClientWorld({}, { reasonShape });
    const startedAtMs = clock.now();
    const result = await client.collect({ ...request, payer });
    expect(result.state).toBe(state);
    expect(result.payment?.reason?.code).toBe(code);
    if (reasonShape === 'string' && code !== undefined) expect(result.payment?.reason).toEqual({ code });
    if (code === undefined) expect(result.payment).not.toHaveProperty('reason');
    if (result.state === 'uncertain') {
      expect(result).toMatchObject({
        why: 'deadline',
        payment: { state: 'pending', isFinal: false, status: 'PENDING' },
      });
      expect(clock.now() - startedAtMs).toBe(600_000);
      expect(result.elapsedMs).toBe(600_000);
    } else {
      expect(result.payment).toMatchObject({
        state,
        isFinal: true,
        amount: '12.5',
        currency: 'EUR',
        externalId: 'order-1',
      });
    }
    expect('financialTransactionId' in (result.payment ?? {})).toBe(state === 'successful');
  });

  test('46733123454 is seen waiting before it is paid', async () => {
    const { client } = createClientWorld();
    const seen: string[] = [];
    const result = await client.collect(
      { ...request, payer: '46733123454' },
      { onUpdate: ({ status, state }) => void seen.push(`${status} ${state}`) },
    );
    expect(result.state).toBe('successful');
    expect(seen[0]).toBe('CREATED pending');
    expect(seen.at(-1)).toBe('SUCCESSFUL successful');
  });

  test('46733123453 stays uncertain at a deadline of the caller’s', async () => {
    const { client } = createClientWorld();
    const result = await client.collect({ ...request, payer: '46733123453' }, { deadlineMs: 30_000 });
    expect(result).toMatchObject({ state: 'uncertain', why: 'deadline', elapsedMs: 30_000 });
  });

  test('any number that is not listed succeeds', async () => {
    const { client } = createClientWorld();
    expect(await client.collect({ ...request, payer: '256772123456' })).toMatchObject({ state: 'successful' });
  });
});

describe('words nobody has seen before', () => {
  const base = { amount: '12.5', currency: 'EUR', externalId: 'order-1' };

  test.each<[unknown, object | undefined]>([
    ['A_CODE_OF_2031', { code: 'A_CODE_OF_2031' }],
    [
      { code: 'A_CODE_OF_2031', message: 'new' },
      { code: 'A_CODE_OF_2031', message: 'new' },
    ],
    [{ code: 'A_CODE_OF_2031', message: null }, { code: 'A_CODE_OF_2031' }],
    [{ code: 'A_CODE_OF_2031', extra: 1 }, { code: 'A_CODE_OF_2031' }],
    [null, undefined],
    ['', undefined],
    [[], undefined],
  ])('a failure whose reason is %j passes through collect as %j', async (reason, expected) => {
    const world = createClientWorld();
    world.trickAll('status', answers(200, { ...base, status: 'FAILED', reason }));
    const result = await world.client.collect(request);
    expect(result.state).toBe('failed');
    expect(result.payment?.reason).toEqual(expected);
    expect('reason' in (result.payment ?? {})).toBe(expected !== undefined);
  });

  test.each(['A_WORD_OF_2031', 'TIMEOUT', 'REJECTED', 'CANCELLED', 'EXPIRED', 'successful'])(
    'a payment that is %s stays pending, so it is uncertain at the deadline',
    async (status) => {
      const world = createClientWorld();
      const answer = { ...base, status, reason: 'EXPIRED', extra: { a: 1 } };
      world.trickAll('status', answers(200, answer));
      const result = await world.client.collect(request);
      expect(result).toMatchObject({
        state: 'uncertain',
        why: 'deadline',
        payment: { status, state: 'pending', isFinal: false, raw: answer },
      });
    },
  );
});

/** A client whose every request and answer is held against MTN's export; what was wrong, call by call. */
function createCheckedWorld(options: Partial<MomoCollectionsOptions> = {}, sandboxOptions: MomoSandboxOptions = {}) {
  const world = createClientWorld({}, sandboxOptions);
  const problems: string[] = [];
  const steps: string[] = [];
  const { fetch } = world.sandbox;
  const checked: Fetch = async (input, init) => {
    const sent = new Request(input instanceof Request ? input.clone() : input, init);
    const { method, url, headers } = sent;
    const body = await sent.text();
    problems.push(...checkRequest({ method, url, headers, body }));
    const response = await fetch(input, init);
    problems.push(...checkAnswer({ method, url }, { status: response.status, body: await response.clone().text() }));
    steps.push(`${method} ${new URL(url).pathname.replace(/[0-9a-f-]{36}$/, '{id}')} ${response.status}`);
    return response;
  };
  return { ...world, client: world.newClient({ fetch: checked, ...options }), problems, steps };
}

describe("held against MTN's export", () => {
  const withinTheExport = published.filter(([payer]) => !/46733123(454|463|464)$/.test(payer));

  test.each(withinTheExport)('every request and answer of a payment by %s fits', async (payer) => {
    const { client, problems, steps } = createCheckedWorld();
    await client.collect({ ...request, payer });
    expect(problems).toEqual([]);
    expect(steps.slice(0, 3)).toEqual([
      'POST /collection/token/ 200',
      'POST /collection/v1_0/requesttopay 202',
      'GET /collection/v1_0/requesttopay/{id} 200',
    ]);
  });

  test.each([
    ['46733123454', /^body\/status /],
    ['46733123463', /^body\/reason\/code /],
    ['46733123464', /^body\/reason\/code /],
  ])('of a payment by %s only MTN’s own departure does not', async (payer, departure) => {
    const { client, problems } = createCheckedWorld();
    await client.collect({ ...request, payer });
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(problem).toMatch(departure);
  });

  test.each<[string, object]>([
    ['a callback URL', { callbackUrl: 'https://pay.example.com/cb/17' }],
    ['a whole number', { amount: 5 }],
    ['a party by address', { payer: { partyIdType: 'EMAIL', partyId: 'payer@example.com' } }],
    ['a party code', { payer: { partyIdType: 'PARTY_CODE', partyId: '5cecb5a7-8bd0-4f49-87b1-8eb9ecc7b7bc' } }],
    ['a reference id in capitals', { referenceId: '7F3C2B1A-5D4E-4F60-8A9B-0C1D2E3F4A5B' }],
    ['notes that need mending', { payerMessage: 'L’été & co 🎉', payeeNote: '' }],
    ['fields MTN does not know', { customer: 'private' }],
  ])('a request with %s fits', async (_, change) => {
    const { client, problems } = createCheckedWorld();
    const { referenceId } = await client.requestToPay({ ...request, ...change });
    await client.getRequestToPay(referenceId.toUpperCase());
    expect(problems).toEqual([]);
  });

  test('a repeated create, a conflict, an unknown payment and wrong credentials fit, refusals included', async () => {
    const { client, problems, steps, sandbox, newClient } = createCheckedWorld();
    const { referenceId } = await client.requestToPay(request);
    await client.requestToPay({ ...request, referenceId });
    await expect(client.requestToPay({ ...request, referenceId, amount: '1' })).rejects.toMatchObject({
      code: 'reference_conflict',
    });
    await expect(client.getRequestToPay(crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    expect(steps).toContain('POST /collection/v1_0/requesttopay 409');
    expect(steps).toContain('GET /collection/v1_0/requesttopay/{id} 404');
    const stranger = newClient({ apiKey: 'wrong' });
    await expect(stranger.getToken()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(problems).toEqual([]);
    expect(sandbox.payments).toHaveLength(1);
  });

  test('a request sent again after a 401, a 429 and a lost answer fits each time, and is the same bytes', async () => {
    const world = createClientWorld();
    world.trick('create', answers(401), answers(429), answersAfter(503));
    const { referenceId } = await world.client.requestToPay({ ...request, callbackUrl: 'https://pay.example.com/cb' });
    const creates = world.sent('create');
    expect(creates).toHaveLength(3);
    expect(new Set(creates.map(({ body }) => body)).size).toBe(1);
    for (const call of world.wire) expect(checkRequest(call)).toEqual([]);
    for (const { headers } of creates) {
      expect(headers['x-reference-id']).toBe(referenceId);
      const { authorization: _first, ...kept } = headers;
      const { authorization: _again, ...wanted } = (creates[0]?.headers ?? {}) as Record<string, string>;
      expect(kept).toEqual(wanted);
    }
  });

  test('the headers of each call are those of the contract, and no others of ours', async () => {
    const world = createClientWorld();
    const { subscriptionKey, apiUser, apiKey } = world.sandbox.credentials;
    await world.client.collect(request);
    const headersOf = (step: Step) => world.sent(step)[0]?.headers ?? {};
    const usual = { 'ocp-apim-subscription-key': subscriptionKey, 'x-target-environment': 'sandbox' };
    expect(headersOf('token')).toMatchObject({
      ...usual,
      authorization: `Basic ${btoa(`${apiUser}:${apiKey}`)}`,
      'content-length': '0',
    });
    expect(headersOf('token')).not.toHaveProperty('content-type');
    expect(world.sent('token')[0]).toMatchObject({ method: 'POST', body: '' });
    expect(headersOf('create')).toMatchObject({ ...usual, authorization: expect.stringMatching(/^Bearer \S+$/) });
    expect(headersOf('create')['content-type']).toMatch(/^application\/json/);
    expect(headersOf('status')).toMatchObject({ ...usual, authorization: headersOf('create').authorization });
    const known = ['authorization', 'content-length', 'content-type', 'x-reference-id', ...Object.keys(usual)];
    for (const { headers } of world.wire) {
      // `accept` is the platform's or ky's.
      expect(Object.keys(headers).filter((name) => ![...known, 'accept'].includes(name))).toEqual([]);
    }
    for (const step of ['token', 'status'] as const) expect(headersOf(step)).not.toHaveProperty('x-reference-id');
  });
});

describe('over the global fetch', () => {
  const server = setupServer();
  // msw 2 calls it a request, msw 3 a frame.
  const strict = { onUnhandledRequest: 'error', onUnhandledFrame: 'error' } as const;

  afterEach(() => {
    server.resetHandlers();
    server.close();
  });

  test('intercepted by MSW, a client made before pays from token to final state', async () => {
    const sandbox = createMomoSandbox();
    const { clock } = sandbox.clientOptions();
    const client = new MomoCollections({ ...sandbox.credentials, clock });
    server.use(...momoHandlers(sandbox));
    server.listen(strict);
    for (const [payer, state, code] of published) {
      const result = await client.collect({ ...request, payer });
      expect([payer, result.state, result.payment?.reason?.code]).toEqual([payer, state, code]);
    }
    expect(sandbox.calls.filter(({ operation }) => operation === 'createAccessToken').length).toBeLessThan(10);
    expect(sandbox.calls.filter(({ operation }) => operation === 'unknown')).toEqual([]);
    expect(sandbox.payments).toHaveLength(published.length);
  });
});

interface RawCall {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, as they came over the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** MTN on a loopback: the sandbox behind a real server that keeps what came over the wire. */
async function serve(fetch: Fetch) {
  const calls: RawCall[] = [];
  const server = createServer(async (incoming: IncomingMessage, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url = '', rawHeaders } = incoming;
    const body = Buffer.concat(chunks).toString();
    calls.push({ method, path: url, rawHeaders, body });
    const response = await fetch(`https://sandbox.momodeveloper.mtn.com${url}`, {
      method,
      headers: incoming.headers as Record<string, string>,
      ...(body === '' ? {} : { body }),
    });
    outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(await response.text());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    calls,
    baseUrl: `http://127.0.0.1:${port}`,
    valuesOf: (call: RawCall | undefined, name: string) =>
      call?.rawHeaders.filter((_, index, all) => index % 2 === 1 && all[index - 1]?.toLowerCase() === name),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('on the wire of a real server', () => {
  test('the token call is empty: one Content-Length of 0, no Transfer-Encoding, no content type, no body', async () => {
    const sandbox = createMomoSandbox();
    await using mtn = await serve(sandbox.fetch);
    const client = new MomoCollections({ ...sandbox.credentials, baseUrl: mtn.baseUrl });
    await client.getToken();
    const [call] = mtn.calls;
    expect(call).toMatchObject({ method: 'POST', path: '/collection/token/', body: '' });
    expect(mtn.valuesOf(call, 'content-length')).toEqual(['0']);
    expect(mtn.valuesOf(call, 'transfer-encoding')).toEqual([]);
    expect(mtn.valuesOf(call, 'content-type')).toEqual([]);
    expect(mtn.valuesOf(call, 'x-target-environment')).toEqual(['sandbox']);
    expect(mtn.valuesOf(call, 'authorization')).toHaveLength(1);
  });

  test('the create has its length and is not chunked, and every call fits the export', async () => {
    const sandbox = createMomoSandbox();
    await using mtn = await serve(sandbox.fetch);
    const { clock } = sandbox.clientOptions();
    const client = new MomoCollections({ ...sandbox.credentials, clock, baseUrl: mtn.baseUrl });
    const result = await client.collect({ ...request, externalId: 'N° 17 à Gisèle' });
    expect(result.state).toBe('successful');
    const create = mtn.calls[1];
    expect(mtn.valuesOf(create, 'content-length')).toEqual([String(Buffer.byteLength(create?.body ?? ''))]);
    expect(mtn.valuesOf(create, 'transfer-encoding')).toEqual([]);
    expect(mtn.calls.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET']);
    for (const call of mtn.calls) {
      const pairs = call.rawHeaders.flatMap((name, index, all) =>
        index % 2 === 0 ? [[name.toLowerCase(), all[index + 1] ?? ''] as const] : [],
      );
      const headers = Object.fromEntries(pairs);
      expect(checkRequest({ ...call, url: `${mtn.baseUrl}${call.path}`, headers })).toEqual([]);
    }
  });

  test('the API user "a-b-c", which is no UUID, gets its token and is paid', async () => {
    const sandbox = createMomoSandbox();
    const { apiUser, apiKey } = sandbox.credentials;
    const seen: (string | null)[] = [];
    // MTN's second platform knows this user; the sandbox behind it knows its own.
    await using mtn = await serve(async (input, init) => {
      const headers = new Headers(init?.headers);
      if (headers.get('authorization')?.startsWith('Basic ')) {
        seen.push(headers.get('authorization'));
        headers.set('authorization', `Basic ${btoa(`${apiUser}:${apiKey}`)}`);
      }
      return sandbox.fetch(input, { ...init, headers });
    });
    const { clock } = sandbox.clientOptions();
    const client = new MomoCollections({
      ...sandbox.credentials,
      clock,
      apiUser: 'a-b-c',
      apiKey: 'x y z',
      baseUrl: mtn.baseUrl,
    });
    expect(await client.collect(request)).toMatchObject({ state: 'successful' });
    expect(seen).toEqual([`Basic ${btoa('a-b-c:x y z')}`]);
  });
});
