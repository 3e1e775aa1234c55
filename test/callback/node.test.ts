import { EventEmitter } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type CallbackHandler, MomoError, signatureSchemes, toNodeHandler } from '../../src/callback/index.js';
import { forgeCallbackBody, signCallbackBody } from '../../src/testing/forge/index.js';
import { dayMs, payment, recorded, referenceId, relaySecret, signedUrl, urlSecret } from './support.js';

const scheme = signatureSchemes.momoProxy;
const signature = { scheme, secrets: relaySecret };
const body = JSON.stringify(forgeCallbackBody('request-to-pay'));
const stops: (() => void)[] = [];
const path = async () => new URL(await signedUrl(referenceId, Date.now() + dayMs)).pathname;

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

type Middleware = (
  req: IncomingMessage & { body?: unknown },
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** `express.json()` in short: reads the stream to its end and leaves what it parsed. */
const parseJson: Middleware = (req, _res, next) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    req.body = JSON.parse(Buffer.concat(chunks).toString());
    next();
  });
};

/** `express.raw()` in short. */
const parseRaw: Middleware = (req, _res, next) => {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    req.body = Buffer.concat(chunks);
    next();
  });
};

async function serve(handler: CallbackHandler, before?: Middleware) {
  const errors: unknown[] = [];
  const listener = toNodeHandler(handler);
  const server = createServer((req, res) => {
    const fail = (error?: unknown) => {
      errors.push(error);
      res.statusCode = (error as { status?: number }).status ?? 500;
      res.end();
    };
    if (before) before(req, res, () => listener(req, res, fail));
    else listener(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, errors };
}

describe('on node:http', () => {
  it('takes a genuine callback, by POST and by PUT', async () => {
    const { handler, log } = recorded();
    const { url } = await serve(handler);
    for (const method of ['POST', 'PUT']) {
      const response = await fetch(url + (await path()), { method, body });
      expect([response.status, await response.text()]).toEqual([200, '']);
    }
    expect(log.successful).toEqual([payment()]);
  });

  it('takes a signed one, over the raw bytes', async () => {
    const { handler, log } = recorded({ signature });
    const { url } = await serve(handler);
    const spaced = `  ${JSON.stringify(forgeCallbackBody('momo-proxy', { referenceId }), null, 2)}\n`;
    const headers = { [scheme.header]: await signCallbackBody(spaced, { scheme, secret: relaySecret }) };
    expect((await fetch(url, { method: 'POST', body: spaced, headers })).status).toBe(200);
    expect(log.successful).toHaveLength(1);
  });

  it('refuses a repeated signature header', async () => {
    const { handler } = recorded({ signature });
    const { url } = await serve(handler);
    const proxied = JSON.stringify(forgeCallbackBody('momo-proxy', { referenceId }));
    const value = await signCallbackBody(proxied, { scheme, secret: relaySecret });
    const send = (values: string | string[]) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = httpRequest(url, { method: 'POST', headers: { [scheme.header]: values } }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        request.on('error', reject);
        request.end(proxied);
      });
    expect(await send(value)).toBe(200);
    expect(await send([value, value])).toBe(404);
  });

  it('answers 404 to strangers, without their body, and 405 with what is allowed', async () => {
    const { handler } = recorded();
    const { url } = await serve(handler);
    expect((await fetch(url, { method: 'POST', body: 'x'.repeat(1_000_000) })).status).toBe(404);
    const response = await fetch(url + (await path()));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, PUT']);
    const trace = await new Promise<number | undefined>((resolve) => {
      httpRequest(url, { method: 'TRACE' }, (answer) => resolve(answer.statusCode)).end();
    });
    expect(trace).toBe(404);
  });

  it('answers 413 while the body is still coming', async () => {
    const { handler } = recorded();
    const { url } = await serve(handler);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      void path().then((target) => {
        const request = httpRequest(url + target, { method: 'POST' }, (response) => resolve(response.statusCode));
        request.on('error', reject);
        for (let part = 0; part < 10; part += 1) request.write('x'.repeat(10_000)); // and never ends
        stops.push(() => request.destroy());
      });
    });
    expect(status).toBe(413);
  });

  it('gets over a sender who hangs up', async () => {
    const { handler, log } = recorded();
    const { url } = await serve(handler);
    const request = httpRequest(url + (await path()), { method: 'POST', headers: { 'content-length': '1000' } });
    request.on('error', () => {});
    request.write('{"status"', () => setTimeout(() => request.destroy(), 20));
    while (log.rejected.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(log.rejected).toEqual([{ status: 400, why: 'unreadable' }]);
    expect((await fetch(url + (await path()), { method: 'POST', body })).status).toBe(200);
  });
});

describe('behind express.json()', () => {
  it('takes the parsed body where the URL authenticates', async () => {
    const { handler, log } = recorded();
    const { url, errors } = await serve(handler, parseJson);
    expect((await fetch(url + (await path()), { method: 'POST', body })).status).toBe(200);
    expect(log.successful).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('says what to mount where, when a signature is needed, and tells the sender nothing', async () => {
    const { handler, log } = recorded({ signature });
    const { url, errors } = await serve(handler, parseJson);
    const headers = { [scheme.header]: await signCallbackBody(body, { scheme, secret: relaySecret }) };
    const response = await fetch(url, { method: 'POST', body, headers });
    expect([response.status, await response.text()]).toEqual([404, '']);
    expect(errors).toHaveLength(1);
    expect(MomoError.is(errors[0], 'invalid_callback') && errors[0].message).toMatch(/express\.json\(\).*express\.raw/);
    expect(log.rejected).toEqual([{ status: 404, why: 'raw-body-gone', error: errors[0] }]);
    // Who carries no signature cannot need it: a stranger like any other.
    expect((await fetch(url, { method: 'POST', body })).status).toBe(404);
    expect(errors).toHaveLength(1);
  });

  it('does without the signature when the URL authenticates', async () => {
    const { handler, log } = recorded({ urlSecrets: urlSecret, signature });
    const { url, errors } = await serve(handler, parseJson);
    const headers = { [scheme.header]: 'a'.repeat(64) };
    expect((await fetch(url + (await path()), { method: 'POST', body, headers })).status).toBe(200);
    expect(log.successful).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('reports through onReject where there is no next', async () => {
    const { handler, log } = recorded({ signature });
    const req = Object.assign(new EventEmitter(), {
      method: 'POST',
      url: '/momo',
      headers: { [scheme.header.toLowerCase()]: 'a'.repeat(64) },
      body: { status: 'SUCCESSFUL' },
      readableEnded: true,
      pause() {},
      resume() {},
    });
    const status = await new Promise<number>((resolve) => {
      const res = { statusCode: 200, setHeader() {}, end: () => resolve(res.statusCode) };
      toNodeHandler(handler)(req, res);
    });
    expect(status).toBe(404);
    expect(log.rejected).toMatchObject([{ why: 'raw-body-gone' }]);
  });
});

describe('behind express.raw()', () => {
  it('verifies the signature over the bytes it left', async () => {
    const { handler, log } = recorded({ signature });
    const { url } = await serve(handler, parseRaw);
    const spaced = `${JSON.stringify(forgeCallbackBody('momo-proxy', { referenceId }), null, 2)}\n`;
    const headers = { [scheme.header]: await signCallbackBody(spaced, { scheme, secret: relaySecret }) };
    expect((await fetch(url, { method: 'POST', body: spaced, headers })).status).toBe(200);
    expect(log.successful).toHaveLength(1);
  });
});

it('leaves the stream alone when an empty body was set without reading it (Express 4)', async () => {
  const { handler, log } = recorded();
  const { url } = await serve(handler, (req, _res, next) => {
    req.body = {};
    next();
  });
  expect((await fetch(url + (await path()), { method: 'POST', body })).status).toBe(200);
  expect(log.successful).toHaveLength(1);
});

it('uses the original URL where a router has cut the path', async () => {
  const { handler, log } = recorded();
  const { url } = await serve(handler, (req, _res, next) => {
    Object.assign(req, { originalUrl: req.url });
    req.url = '/';
    next();
  });
  expect((await fetch(url + (await path()), { method: 'POST', body })).status).toBe(200);
  expect(log.successful).toHaveLength(1);
});

it("hands a handler's own error to next, and makes it an empty 500 without", async () => {
  const failing = () => Promise.reject(new Error('broken'));
  const plain = await serve(failing);
  const response = await fetch(plain.url, { method: 'POST', body });
  expect([response.status, await response.text()]).toEqual([500, '']);
  const express = await serve(failing, (_req, _res, next) => next());
  await fetch(express.url, { method: 'POST', body });
  expect(express.errors).toEqual([new Error('broken')]);
});
