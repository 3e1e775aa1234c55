import { once } from 'node:events';
import { connect } from 'node:net';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MomoCollections, MomoError } from '../../src/index.js';
import { type SandboxServer, type SandboxServerOptions, startSandboxServer } from '../../src/testing/server/index.js';
import { send, startListener } from '../support/http.js';
import { payBody } from '../support/merchant.js';

const running: { close(): Promise<void> }[] = [];

async function start(options: SandboxServerOptions = {}): Promise<SandboxServer> {
  const server = await startSandboxServer({ port: 0, ...options });
  running.push(server);
  return server;
}

async function listen(...answer: Parameters<typeof startListener>) {
  const listener = await startListener(...answer);
  running.push(listener);
  return listener;
}

afterEach(async () => {
  for (const { close } of running.splice(0)) await close();
});

/** A merchant who has read MTN's pages and has no SDK. */
function byHand({ url, credentials }: SandboxServer) {
  const key = { 'Ocp-Apim-Subscription-Key': credentials.subscriptionKey };
  const basic = `Basic ${btoa(`${credentials.apiUser}:${credentials.apiKey}`)}`;

  async function headers(): Promise<Record<string, string>> {
    const { text } = await send(`${url}/collection/token/`, {
      method: 'POST',
      headers: { ...key, Authorization: basic, 'content-length': '0' },
    });
    const { access_token: token } = JSON.parse(text);
    return { ...key, Authorization: `Bearer ${token}`, 'X-Target-Environment': credentials.targetEnvironment };
  }

  return {
    key,
    basic,
    async pay(extra: Record<string, string> = {}, referenceId = crypto.randomUUID()) {
      const { status } = await send(`${url}/collection/v1_0/requesttopay`, {
        method: 'POST',
        headers: { ...(await headers()), 'X-Reference-Id': referenceId, 'Content-Type': 'application/json', ...extra },
        body: JSON.stringify(payBody),
      });
      return { status, referenceId };
    },
    async read(referenceId: string) {
      const { text } = await send(`${url}/collection/v1_0/requesttopay/${referenceId}`, { headers: await headers() });
      return JSON.parse(text);
    },
  };
}

function control({ url }: SandboxServer, path: string, body: unknown = {}, headers: Record<string, string> = {}) {
  return send(`${url}/_phone/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** Server-sent events, parsed as they come. */
async function follow({ url }: SandboxServer) {
  const stop = new AbortController();
  running.push({ close: async () => stop.abort() });
  const response = await fetch(`${url}/_phone/events`, { signal: stop.signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let rest = '';
  return {
    response,
    async next(): Promise<Record<string, never>> {
      for (;;) {
        const end = rest.indexOf('\n\n');
        if (end >= 0) {
          const event = rest.slice(0, end);
          rest = rest.slice(end + 2);
          if (event.startsWith('data: ')) return JSON.parse(event.slice(6));
          continue;
        }
        const { done, value } = await reader.read();
        if (done) throw new Error('the stream ended');
        rest += decoder.decode(value, { stream: true });
      }
    },
    /** The rest of the stream, to its end or its cut. */
    async end(): Promise<void> {
      try {
        while (!(await reader.read()).done);
      } catch {}
    },
  };
}

describe('the sandbox as a server', () => {
  test('takes a payment of the client, which waits for the person at the phone', async () => {
    const server = await start();
    const client = MomoCollections.fromEnv(server.env);
    const arriving = server.sandbox.nextPayment();
    const collecting = client.collect(
      { amount: '12.50', currency: 'EUR', externalId: 'order-1', payer: '256772123456' },
      { schedule: { firstMs: 10, factor: 1, maxMs: 10 } },
    );
    const { referenceId } = await arriving;
    expect((await client.getRequestToPay(referenceId)).state).toBe('pending');
    expect((await control(server, `payments/${referenceId}/approve`)).status).toBe(200);
    expect(await collecting).toMatchObject({ state: 'successful', payment: { referenceId } });
    expect(server.sandbox.payments).toHaveLength(1);
  });

  test('lets MTN’s test numbers decide when approval is automatic', async () => {
    const server = await start({ approval: 'automatic' });
    const client = new MomoCollections({ ...server.credentials, baseUrl: server.url });
    const request = { amount: '1', currency: 'EUR', externalId: 'order-1', payer: '46733123451' };
    const { referenceId } = await client.requestToPay(request);
    expect(await client.getRequestToPay(referenceId)).toMatchObject({ reason: { code: 'APPROVAL_REJECTED' } });
  });

  test('provisions a user as MTN documents it, for any subscription key of the right shape', async () => {
    const { url } = await start();
    const apiUser = crypto.randomUUID();
    const key = { 'Ocp-Apim-Subscription-Key': 'a'.repeat(32) };
    const made = await send(`${url}/v1_0/apiuser`, {
      method: 'POST',
      headers: { ...key, 'X-Reference-Id': apiUser, 'Content-Type': 'application/json' },
      body: JSON.stringify({ providerCallbackHost: 'localhost' }),
    });
    expect(made.status).toBe(201);
    const keyed = await send(`${url}/v1_0/apiuser/${apiUser}/apikey`, {
      method: 'POST',
      headers: { ...key, 'content-length': '0' },
    });
    const { apiKey } = JSON.parse(keyed.text);
    const token = await send(`${url}/collection/token/`, {
      method: 'POST',
      headers: { ...key, Authorization: `Basic ${btoa(`${apiUser}:${apiKey}`)}`, 'content-length': '0' },
    });
    expect([keyed.status, token.status]).toEqual([201, 200]);
  });

  test('takes credentials that stay the same', async () => {
    const credentials = { subscriptionKey: 'k', apiUser: 'shop', apiKey: 'secret' };
    const server = await start({ credentials, targetEnvironment: 'mtnrwanda' });
    expect(server.credentials).toEqual({ ...credentials, targetEnvironment: 'mtnrwanda' });
    const client = MomoCollections.fromEnv(server.env);
    expect((await client.getToken()).accessToken).not.toBe('');
  });

  test('does not print its secrets', async () => {
    const server = await start();
    const { subscriptionKey, apiKey } = server.credentials;
    const printed = `${inspect(server, { depth: 10 })}${JSON.stringify(server)}`;
    for (const secret of [subscriptionKey, apiKey]) expect(printed).not.toContain(secret);
  });

  test('lists every problem of its options', async () => {
    const bad = startSandboxServer({ port: 1.5, host: '', credentials: { apiUser: 'a:b', apiKey: 'with space' } });
    const error = await bad.catch((caught: unknown) => caught);
    expect(MomoError.is(error, 'invalid_input') && error.issues.map(({ path }) => path)).toEqual([
      'port',
      'host',
      'credentials.apiKey',
      'credentials.apiUser',
    ]);
  });

  test('says what to do when the port is taken', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    await expect(startSandboxServer({ port })).rejects.toThrow(
      `port ${port} is taken, perhaps by another sandbox: stop that one, or choose another port (0 takes any free one)`,
    );
  });

  test('closes at once, with streams and hanging calls open, and may be closed twice', async () => {
    const server = await start();
    const { pay } = byHand(server);
    server.sandbox.fault({ on: 'requestToPay', drop: 'hang' });
    const hanging = pay().catch((error: NodeJS.ErrnoException) => error.code);
    const events = await follow(server);
    await vi.waitFor(() => expect(server.sandbox.calls.at(-1)).toMatchObject({ dropped: 'hang' }));
    await Promise.all([server.close(), server[Symbol.asyncDispose]()]);
    expect(await hanging).toBe('ECONNRESET');
    await events.end();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  test('a payment nobody answers expires by itself after five minutes, and calls back', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const delivered: unknown[] = [];
    const server = await start({
      callbacks: {
        fetch: async (request) => {
          delivered.push(await request.json());
          return new Response();
        },
      },
    });
    const { referenceId } = await byHand(server).pay({ 'X-Callback-Url': 'http://localhost:9/cb' });
    await vi.advanceTimersByTimeAsync(299_000);
    expect(server.sandbox.payments[0]?.status).toBe('PENDING');
    await vi.advanceTimersByTimeAsync(1_001);
    vi.useRealTimers();
    await vi.waitFor(() => expect(delivered).toEqual([expect.objectContaining({ reason: 'EXPIRED' })]));
    expect(await byHand(server).read(referenceId)).toMatchObject({ status: 'FAILED', reason: { code: 'EXPIRED' } });
  });
});

describe('what only the network shows', () => {
  let server: SandboxServer;
  beforeEach(async () => {
    server = await start();
  });

  test.each([
    ['no Content-Length', {}],
    ['a chunked body', { body: { chunked: '' } }],
    ['a chunked body with something in it', { body: { chunked: '{}' } }],
  ])('the token call with %s is answered 411 with a page, as by the gateway', async (_, body) => {
    const { key, basic } = byHand(server);
    const headers = { ...key, Authorization: basic };
    const answer = await send(`${server.url}/collection/token/`, { method: 'POST', headers, ...body });
    expect(answer).toMatchObject({ status: 411, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(answer.text).toContain('Length Required');
    expect(server.sandbox.calls.at(-1)).toMatchObject({
      operation: 'createAccessToken',
      status: 411,
      problem: expect.stringContaining('Content-Length: 0'),
    });
  });

  test('so is the call for an API key, and any other POST of no length', async () => {
    for (const path of [`/v1_0/apiuser/${crypto.randomUUID()}/apikey`, '/collection/v1_0/requesttopay', '/nowhere']) {
      expect((await send(server.url, { method: 'POST', path })).status, path).toBe(411);
    }
  });

  test('a payment may come chunked', async () => {
    const { key } = byHand(server);
    const answer = await send(`${server.url}/collection/v1_0/requesttopay`, {
      method: 'POST',
      headers: { ...key, 'Content-Type': 'application/json' },
      body: { chunked: JSON.stringify(payBody) },
    });
    expect(answer.status).toBe(401); // there is no token
  });

  test('paths arrive as they were sent: a double slash is refused, also at the beginning', async () => {
    for (const path of ['//collection/token/', '/collection//token/']) {
      expect((await send(server.url, { path })).status, path).toBe(400);
    }
    expect((await send(server.url, { path: '/collection/token' })).status).toBe(404);
  });

  test('methods and targets that MTN could not have are refused, and the server lives on', async () => {
    expect((await send(server.url, { method: 'TRACE', path: '/collection/token/' })).status).toBe(400);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.end('GET http://127.0.0.1/collection/token/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n');
    const [chunk] = await once(socket, 'data');
    expect(String(chunk)).toMatch(/^HTTP\/1\.1 40[04] /);
    expect((await fetch(server.url)).status).toBe(200);
  });

  test('whoever only looks whether it is up may ask with HEAD', async () => {
    for (const path of ['/', '/_phone/state']) {
      expect(await send(server.url, { method: 'HEAD', path })).toMatchObject({ status: 200, text: '' });
    }
    expect((await send(server.url, { method: 'HEAD', path: '/collection/token/' })).status).toBe(404);
  });

  test('a body over 64 kB is refused without being read', async () => {
    const answer = await send(`${server.url}/collection/v1_0/requesttopay`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: 'x'.repeat(65_537),
    });
    expect(answer.status).toBe(413);
    expect(server.sandbox.calls).toEqual([]);
  });

  test('a dropped answer really is a broken connection, and the payment is made all the same', async () => {
    server.sandbox.fault({ on: 'requestToPay', drop: 'after' });
    await expect(byHand(server).pay()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(server.sandbox.payments).toHaveLength(1);
  });

  test('a fault may answer anything, whole', async () => {
    const headers = { 'retry-after': '5', 'content-type': 'text/html' };
    server.sandbox.fault({ on: 'createAccessToken', status: 429, body: '<p>Too fast</p>', headers });
    const answer = await send(`${server.url}/collection/token/`, {
      method: 'POST',
      headers: { 'content-length': '0' },
    });
    expect(answer).toMatchObject({ status: 429, text: '<p>Too fast</p>', headers });
    server.sandbox.fault({ on: '*', status: 204 });
    const empty = await send(`${server.url}/collection/token/`, { method: 'HEAD' });
    expect([empty.status, empty.text]).toEqual([204, '']);
  });
});

describe('delivered callbacks', () => {
  test('go to a listener on this machine, once', async () => {
    const listener = await listen();
    const server = await start();
    const { referenceId } = await byHand(server).pay({ 'X-Callback-Url': `${listener.url}/momo/secret` });
    server.sandbox.reject(referenceId);
    const [callback] = await listener.waitFor(1);
    expect(callback).toMatchObject({
      method: 'POST',
      path: '/momo/secret',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'LWAC Http Client 1.0' },
      body: { status: 'FAILED', reason: 'APPROVAL_REJECTED', externalId: 'order-1' },
    });
    await vi.waitFor(() =>
      expect(server.sandbox.callbacks).toMatchObject([{ status: 204, url: `${listener.url}/***` }]),
    );
    expect(listener.received).toHaveLength(1);
  });

  test('do not follow redirects', async () => {
    const target = await listen();
    const listener = await listen({ status: 307, headers: { location: `${target.url}/elsewhere` } });
    const server = await start();
    const { referenceId } = await byHand(server).pay({ 'X-Callback-Url': `${listener.url}/momo` });
    server.sandbox.approve(referenceId);
    await vi.waitFor(() => expect(server.sandbox.callbacks).toMatchObject([{ status: 307 }]));
    expect(target.received).toEqual([]);
  });

  test('say by which name they failed, and nothing of the URL', async () => {
    const listener = await startListener();
    await listener.close();
    const server = await start();
    const { referenceId } = await byHand(server).pay({ 'X-Callback-Url': `${listener.url}/momo/secret` });
    server.sandbox.approve(referenceId);
    await vi.waitFor(() => expect(server.sandbox.callbacks).toMatchObject([{ error: 'ECONNREFUSED' }]));
    expect(JSON.stringify(server.sandbox.callbacks)).not.toContain('secret');
  });

  test('say so when the port is one that nothing may be sent to', async () => {
    const server = await start();
    const { referenceId } = await byHand(server).pay({ 'X-Callback-Url': 'http://localhost:6000/momo' });
    server.sandbox.approve(referenceId);
    await vi.waitFor(() => expect(server.sandbox.callbacks).toMatchObject([{ error: 'bad port' }]));
  });

  test('get lost where that is wanted', async () => {
    const listener = await listen();
    const server = await start();
    expect((await control(server, 'settings', { callbacks: 'lost' })).status).toBe(200);
    const { referenceId } = await byHand(server).pay({ 'X-Callback-Url': `${listener.url}/momo` });
    server.sandbox.approve(referenceId);
    await vi.waitFor(() => expect(server.sandbox.callbacks).toMatchObject([{ error: 'lost on purpose' }]));
    expect(listener.received).toEqual([]);
    expect((await control(server, 'settings', { callbacks: 'sometimes' })).status).toBe(400);
  });

  test('under way or still to come are called off when the server closes', async () => {
    const server = await start({ callbacks: { delayMs: 60_000 } });
    const { referenceId } = await byHand(server).pay({ 'X-Callback-Url': 'http://localhost:9/momo' });
    server.sandbox.approve(referenceId);
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    await server.close();
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBeLessThan(before);
    expect(server.sandbox.callbacks).toEqual([]);
  });
});

describe('who may talk to it', () => {
  test.each(['localhost', 'localhost:4010', '127.0.0.1', '[::1]:80', 'shop.localhost'])(
    'the name %s is the machine itself',
    async (host) => {
      const { url } = await start();
      expect((await send(url, { headers: { Host: host } })).status).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', 'user@evil.example', '%'])(
    'the name %s is not: a page may point its own name here',
    async (host) => {
      const server = await start();
      for (const path of ['/', '/_phone/state', '/collection/token/']) {
        const answer = await send(server.url, { headers: { Host: host }, path });
        expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('--host')]);
      }
      expect(server.sandbox.calls).toEqual([]);
    },
  );

  test('listening on every address, it takes every name', async () => {
    const server = await start({ host: '0.0.0.0' });
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await send(server.url, { headers: { Host: 'sandbox:4010' } })).status).toBe(200);
  });

  test.each([
    [{ Origin: 'http://evil.example' }],
    [{ Origin: 'null' }],
    [{ Origin: 'https://localhost' }],
    [{ 'Sec-Fetch-Site': 'cross-site' }],
    [{ 'Sec-Fetch-Site': 'same-site' }],
  ])('a browser page of another origin has no say: %j', async (headers) => {
    const server = await start();
    const { referenceId } = await byHand(server).pay();
    for (const path of [`payments/${referenceId}/approve`, 'faults', 'settings']) {
      expect((await control(server, path, {}, headers)).status, path).toBe(403);
    }
    expect((await send(`${server.url}/_phone/state`, { headers })).status).toBe(403);
    expect((await send(`${server.url}/_phone/events`, { headers })).status).toBe(403);
    expect(server.sandbox.payments[0]?.status).toBe('PENDING');
  });

  test('the page itself has', async () => {
    const server = await start();
    const { referenceId } = await byHand(server).pay();
    const headers = { Origin: server.url, 'Sec-Fetch-Site': 'same-origin' };
    expect((await control(server, `payments/${referenceId}/reject`, {}, headers)).status).toBe(200);
  });

  test('no other origin is invited, and the page runs nothing but its own', async () => {
    const { url } = await start();
    for (const path of ['/', '/_phone/state', '/collection/token/']) {
      const { headers } = await send(url, { path, headers: { Origin: url } });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const { headers, text } = await send(url);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'/);
    expect(text).not.toMatch(/<script>|<style>| on\w+=|style=|https?:\/\//);
  });
});

describe('the controls', () => {
  let server: SandboxServer;
  beforeEach(async () => {
    server = await start();
  });

  test('approve, refuse for any reason, and let it expire', async () => {
    const { pay, read } = byHand(server);
    const decide = async (action: string, body?: object) => {
      const { referenceId } = await pay();
      expect((await control(server, `payments/${referenceId.toUpperCase()}/${action}`, body)).status).toBe(200);
      const { status, reason } = await read(referenceId);
      return [status, reason?.code];
    };
    expect(await decide('approve')).toEqual(['SUCCESSFUL', undefined]);
    expect(await decide('reject')).toEqual(['FAILED', 'APPROVAL_REJECTED']);
    expect(await decide('reject', { code: 'NOT_ENOUGH_FUNDS' })).toEqual(['FAILED', 'NOT_ENOUGH_FUNDS']);
    expect(await decide('expire')).toEqual(['FAILED', 'EXPIRED']);
  });

  test('refuse what makes no sense, in words', async () => {
    const { referenceId } = await byHand(server).pay();
    const wrong: [string, unknown, number][] = [
      [`payments/${crypto.randomUUID()}/approve`, {}, 404],
      [`payments/${referenceId}/forget`, {}, 404],
      [`payments/${referenceId}/approve/twice`, {}, 404],
      [`payments/${referenceId}/reject`, { code: '<b>' }, 400],
      ['faults', { on: 'nothing', status: 500 }, 400],
      ['faults', '[]', 400],
      ['faults', 'no JSON', 400],
      ['faults', `"${'x'.repeat(65_536)}"`, 413],
    ];
    for (const [path, body, status] of wrong) {
      const answer = await control(server, path, body);
      expect([answer.status, JSON.parse(answer.text)], path).toEqual([status, { error: expect.stringMatching(/\.$/) }]);
    }
    const typed = await control(server, `payments/${referenceId}/approve`, {}, { 'Content-Type': 'text/plain' });
    expect(typed.status).toBe(415);
    await control(server, `payments/${referenceId}/approve`);
    const late = await control(server, `payments/${referenceId}/reject`);
    expect([late.status, late.text]).toEqual([409, expect.stringContaining('SUCCESSFUL already')]);
  });

  test('set faults, tell how often they still hit, and cancel them', async () => {
    const faults = async () => JSON.parse((await send(`${server.url}/_phone/state`)).text).faults;
    const once = JSON.parse((await control(server, 'faults', { on: 'getToken', status: 503, times: 2 })).text);
    const always = JSON.parse((await control(server, 'faults', { on: '*', delayMs: 1, times: 'always' })).text);
    const token = () => send(`${server.url}/collection/token/`, { method: 'POST', headers: { 'content-length': '0' } });
    expect((await token()).status).toBe(503);
    expect(await faults()).toEqual([
      { id: once.id, on: 'createAccessToken', status: 503, left: 1 },
      { id: always.id, on: '*', delayMs: 1, left: 'always' },
    ]);
    const cancel = (id: number) => send(`${server.url}/_phone/faults/${id}`, { method: 'DELETE' });
    expect((await cancel(once.id)).status).toBe(200);
    expect((await cancel(once.id)).status).toBe(404);
    expect((await token()).status).toBe(401);
    expect((await faults()).map(({ id }: { id: number }) => id)).toEqual([always.id]);
  });
});

describe('the events', () => {
  test('begin with everything, and then bring what changed, at once', async () => {
    const server = await start();
    const { pay } = byHand(server);
    const first = await pay();
    const events = await follow(server);
    expect(events.response.headers.get('content-type')).toBe('text/event-stream');
    expect(await events.next()).toMatchObject({
      server: { url: server.url, approval: 'manual', targetEnvironment: 'sandbox', callbacks: 'delivered' },
      faults: [],
      calls: [{ operation: 'createAccessToken' }, { operation: 'requestToPay', status: 202 }],
      payments: [{ n: 0, referenceId: first.referenceId, status: 'PENDING' }],
      callbacks: [],
    });
    const sentAtMs = performance.now();
    server.sandbox.approve(first.referenceId);
    expect(await events.next()).toEqual({
      nowMs: expect.any(Number),
      calls: [],
      payments: [expect.objectContaining({ n: 0, status: 'SUCCESSFUL' })],
      callbacks: [],
    });
    expect(performance.now() - sentAtMs).toBeLessThan(1000);
  });

  test('show no phone number, no key, no token and no secret of a callback URL', async () => {
    const server = await start();
    const { pay } = byHand(server);
    await pay({ 'X-Callback-Url': 'http://localhost:9/secret-path' });
    const { text } = await send(`${server.url}/_phone/state`);
    const { subscriptionKey, apiUser, apiKey } = server.credentials;
    for (const secret of ['256772123456', subscriptionKey, apiUser, apiKey, 'secret-path', 'Bearer', 'eyJ']) {
      expect(text).not.toContain(secret);
    }
    const { payments } = JSON.parse(text);
    expect(payments).toMatchObject([{ payer: '*********456', callbackUrl: 'http://localhost:9/***' }]);
  });

  test('tell when the payer’s time is over, where he is waited for', async () => {
    const server = await start();
    await byHand(server).pay();
    const { payments } = JSON.parse((await send(`${server.url}/_phone/state`)).text);
    expect(payments[0].expiresAtMs - payments[0].createdAtMs).toBe(300_000);
  });

  test('of a burst come together, none is lost, and a newcomer gets the last 200', async () => {
    const server = await start();
    const events = await follow(server);
    await events.next();
    const calls = 250;
    await Promise.all(Array.from({ length: calls }, () => server.sandbox.fetch(`${server.url}/nothing`)));
    const seen = new Set<number>();
    let updates = 0;
    while (seen.size < calls) {
      const update = await events.next();
      updates += 1;
      for (const { n } of update.calls as unknown as { n: number }[]) seen.add(n);
    }
    expect(updates).toBeLessThan(20);
    const { calls: last } = JSON.parse((await send(`${server.url}/_phone/state`)).text);
    expect(last.map(({ n }: { n: number }) => n)).toEqual(Array.from({ length: 200 }, (_, index) => index + 50));
  });

  test('tell of a payment that is still open, however many came after it', async () => {
    const server = await start();
    const { pay } = byHand(server);
    const { referenceId } = await pay();
    const decided = await pay();
    server.sandbox.approve(decided.referenceId);
    for (let more = 0; more < 210; more += 1) await pay();
    const events = await follow(server);
    const { payments } = (await events.next()) as unknown as { payments: { n: number }[] };
    expect(payments.map(({ n }) => n)).toEqual([0, ...Array.from({ length: 210 }, (_, index) => index + 2)]);
    server.sandbox.approve(referenceId);
    expect(await events.next()).toMatchObject({ payments: [{ n: 0, referenceId, status: 'SUCCESSFUL' }] });
    expect(JSON.parse((await send(`${server.url}/_phone/state`)).text).payments[0].n).toBe(2);
  });
});
