import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Clock, MomoCollections, MomoError } from '../../src/index.js';
import { createMomoSandbox } from '../../src/testing/index.js';
import { outcomeOf, payer, request } from '../support/client-world.js';

/**
 * A real server on the loopback, the platform's own fetch, and a connection that breaks at every byte of an answer. The
 * waits in between are skipped: the clock is virtual, and the sandbox behind the server runs on it.
 */

const servers: Server[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
});

type Cut = { readonly at: number; readonly how: 'end' | 'reset' } | undefined;

async function startServer(cutOf: (operation: 'token' | 'create' | 'status') => Cut) {
  let nowMs = Date.now();
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const sandbox = createMomoSandbox({ now: () => nowMs });
  const lengths = new Map<string, number>();
  const seenCreates: string[] = [];

  async function answer(socket: Socket, head: string, body: string): Promise<void> {
    const [line = '', ...rest] = head.split('\r\n');
    const [method = 'GET', path = '/'] = line.split(' ');
    const headers = new Headers();
    for (const header of rest) {
      const at = header.indexOf(':');
      headers.set(header.slice(0, at), header.slice(at + 1).trim());
    }
    if (path.endsWith('/requesttopay')) seenCreates.push(`${headers.get('x-reference-id')} ${body}`);
    for (const name of ['connection', 'host', 'transfer-encoding', 'content-length']) headers.delete(name);
    const response = await sandbox.fetch(`${sandbox.baseUrl}${path}`, {
      method,
      headers,
      ...(method === 'GET' || body === '' ? {} : { body }),
    });
    const text = await response.text();
    const type = response.headers.get('content-type');
    const raw = Buffer.from(
      `HTTP/1.1 ${response.status} Whatever\r\n${type ? `Content-Type: ${type}\r\n` : ''}Content-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`,
    );
    const operation = path.endsWith('/token/') ? 'token' : method === 'POST' ? 'create' : 'status';
    lengths.set(operation, raw.length);
    const cut = cutOf(operation);
    if (cut === undefined || cut.at >= raw.length) socket.end(raw);
    else if (cut.how === 'end') socket.end(raw.subarray(0, cut.at));
    else socket.write(raw.subarray(0, cut.at), () => setImmediate(() => socket.resetAndDestroy()));
  }

  const server = createServer((socket) => {
    let received = '';
    let isTaken = false;
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const end = received.indexOf('\r\n\r\n');
      if (end < 0 || isTaken) return;
      const length = Number(/content-length: *(\d+)/i.exec(received.slice(0, end))?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      isTaken = true;
      void answer(socket, received.slice(0, end), received.slice(end + 4, end + 4 + length));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const newClient = () =>
    new MomoCollections({ ...sandbox.credentials, baseUrl: `http://127.0.0.1:${port}`, clock, random: () => 0.5 });
  return { sandbox, client: newClient(), newClient, lengths, seenCreates };
}

/** How long an uncut answer is. */
async function lengthOf(operation: 'token' | 'create' | 'status'): Promise<number> {
  const { client, lengths } = await startServer(() => undefined);
  const { referenceId } = await client.requestToPay(request);
  await client.getRequestToPay(referenceId);
  return lengths.get(operation) ?? 0;
}

describe.each(['end', 'reset'] as const)('a connection that breaks (%s)', (how) => {
  test('at every byte of the answer to a create: accepted, once per payment, in one send', async () => {
    const length = await lengthOf('create');
    expect(length).toBeGreaterThan(40);
    let cut: Cut;
    const { sandbox, client, seenCreates } = await startServer((operation) => {
      const now = operation === 'create' ? cut : undefined;
      if (operation === 'create') cut = undefined;
      return now;
    });
    for (let at = 0; at <= length; at++) {
      cut = { at, how };
      const accepted = await client.requestToPay({ ...request, externalId: `cut-at-${at}` });
      expect(accepted).toMatchObject({ outcome: 'accepted', attempts: 1 });
      expect(sandbox.payments.filter(({ externalId }) => externalId === `cut-at-${at}`)).toHaveLength(1);
    }
    expect(sandbox.payments).toHaveLength(length + 1);
    expect(new Set(seenCreates).size).toBe(length + 1);
  }, 30_000);

  test('at every byte of the token: fetched again, and the payment made once', async () => {
    const length = await lengthOf('token');
    let cut: Cut;
    const { sandbox, newClient } = await startServer((operation) => {
      const now = operation === 'token' ? cut : undefined;
      if (operation === 'token') cut = undefined;
      return now;
    });
    for (let at = 0; at < length; at++) {
      cut = { at, how };
      await expect(newClient().requestToPay({ ...request, externalId: `cut-at-${at}` })).resolves.toMatchObject({
        outcome: 'accepted',
        attempts: 1,
      });
    }
    expect(sandbox.payments).toHaveLength(length);
  }, 30_000);

  test('at every byte of a status: read again, and the truth comes out', async () => {
    const length = await lengthOf('status');
    let cut: Cut;
    const { client } = await startServer((operation) => {
      const now = operation === 'status' ? cut : undefined;
      if (operation === 'status') cut = undefined;
      return now;
    });
    const { referenceId } = await client.requestToPay({ ...request, payer: '46733123450' });
    for (let at = 0; at < length; at++) {
      cut = { at, how };
      await expect(client.getRequestToPay(referenceId)).resolves.toMatchObject({ state: 'failed' });
    }
  }, 30_000);

  test('at some byte of every answer to a create and its status: unknown, one payment, and found later', async () => {
    for (const at of [0, 1, 9, 13, 20, 60]) {
      let isDown = true;
      const { sandbox, client } = await startServer((operation) =>
        isDown && operation !== 'token' ? { at, how } : undefined,
      );
      const outcome = await outcomeOf(client.requestToPay({ ...request, payer }));
      if (outcome instanceof Error) expect(MomoError.is(outcome, 'outcome_unknown')).toBe(true);
      expect(sandbox.payments).toHaveLength(1);
      const { referenceId } = outcome as { referenceId: string };
      expect(sandbox.payments[0]?.referenceId).toBe(referenceId);
      isDown = false;
      await expect(client.getRequestToPay(referenceId)).resolves.toMatchObject({ state: 'successful' });
    }
  }, 30_000);
});

test('a server that is not there is a network error to retry', async () => {
  const { client } = await startServer(() => undefined);
  await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  const outcome = await outcomeOf(client.requestToPay(request));
  expect(outcome).toMatchObject({ code: 'network', isRetryable: true });
  expect((outcome as Error).message).toContain('ECONNREFUSED');
});

test('a name that does not resolve is a network error to retry', async () => {
  const { sandbox } = await startServer(() => undefined);
  const client = new MomoCollections({
    ...sandbox.credentials,
    baseUrl: 'http://does-not-exist.localhost:1',
    clock: { now: () => Date.now(), sleep: async () => {} },
  });
  await expect(client.requestToPay(request)).rejects.toMatchObject({ code: 'network', isRetryable: true });
});
