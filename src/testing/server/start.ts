import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { invalidInput } from '../../errors.js';
import { buildSandbox } from '../sandbox.js';
import { answerText, isRead } from './answer.js';
import { assets, pageHeaders } from './assets.js';
import { controlPath, serveControl } from './control.js';
import { createCallbackDelivery } from './delivery.js';
import { createFeed, type Feed } from './feed.js';
import { findHostProblem } from './guard.js';
import { isLoopbackHost, toUrlHost } from './hosts.js';
import { createMtnApi } from './mtn-api.js';
import { checkOptions } from './options.js';
import type { SandboxServer, SandboxServerOptions } from './types.js';
import { createView } from './view.js';

/** Longer than any client keeps a connection for the next call: none is closed under its hands. */
const keepAliveTimeoutMs = 65_000;

/** Why the port could not be had, and what to do. */
function toListenError(error: NodeJS.ErrnoException, port: number): Error {
  const issues: Readonly<Record<string, { path: string; message: string }>> = {
    EADDRINUSE: {
      path: 'port',
      message: `${port} is taken, perhaps by another sandbox: stop that one, or choose another port (0 takes any free one)`,
    },
    EACCES: { path: 'port', message: `${port} is for administrators only: choose one above 1023` },
    EADDRNOTAVAIL: { path: 'host', message: 'is no address of this machine: 127.0.0.1, or 0.0.0.0 for all of them' },
    ENOTFOUND: { path: 'host', message: 'is a name that leads nowhere: 127.0.0.1, or 0.0.0.0 for all addresses' },
  };
  const issue = issues[error.code ?? ''];
  return issue === undefined ? error : invalidInput('The sandbox server cannot be started', [issue]);
}

function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(toListenError(error, port)));
    server.listen({ port, host }, () => {
      server.removeAllListeners('error');
      resolve(server.address() as AddressInfo);
    });
  });
}

function servePage(request: IncomingMessage, response: ServerResponse, path: string): boolean {
  const asset = Object.hasOwn(assets, path) ? assets[path] : undefined;
  if (asset === undefined || !isRead(request)) return false;
  answerText(response, 200, asset.text, { 'content-type': asset.type, ...pageHeaders });
  return true;
}

/** The server, and the feed of what happens in it. */
export async function startWatchedServer(
  options: SandboxServerOptions,
): Promise<{ readonly server: SandboxServer; readonly feed: Feed }> {
  const { port, host } = checkOptions(options);
  const { approval = 'manual', now = () => Date.now(), callbacks = {}, credentials = {}, ...rest } = options;
  const closing = new AbortController();
  const delivery = createCallbackDelivery(closing.signal, callbacks.fetch);
  const { sandbox, faults } = buildSandbox(
    { ...rest, approval, now, callbacks: { ...callbacks, fetch: delivery.fetch } },
    {
      onChange: () => feed.notify(),
      credentials: Object.fromEntries(Object.entries(credentials).filter(([, value]) => value !== undefined)),
      seesLength: true,
      signal: closing.signal,
    },
  );
  const startId = crypto.randomUUID();
  const { targetEnvironment } = sandbox.credentials;
  let url = '';
  const view = createView(sandbox, faults, () => ({
    startId,
    url,
    approval,
    targetEnvironment,
    callbacks: delivery.isLossy ? 'lost' : 'delivered',
  }));
  const feed = createFeed(view);
  const controls = { sandbox, feed, delivery, faults };
  const serveMtn = createMtnApi(sandbox.fetch, closing.signal);
  const isOpen = !isLoopbackHost(host);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const problem = findHostProblem(request, isOpen);
    if (problem !== undefined) return answerText(response, 403, `${problem}\n`, { connection: 'close' });
    const path = request.url?.split('?')[0] ?? '';
    if (servePage(request, response, path)) return;
    if (path === '/favicon.ico') return answerText(response, 404, '');
    if (path.startsWith(controlPath)) return serveControl(request, response, controls, path.slice(controlPath.length));
    return serveMtn(request, response);
  }

  const server = createServer({ keepAliveTimeout: keepAliveTimeoutMs }, (request, response) => {
    serve(request, response).catch((error: Error) => {
      // The caller hung up, or the sandbox has a fault that nobody set.
      if (request.destroyed || response.headersSent) response.destroy();
      else answerText(response, 500, `The sandbox itself failed: ${error.message}\n`, { connection: 'close' });
    });
  });
  const address = await listen(server, port, host);
  // Whoever listens on every address is reached on this one.
  const ownHost = ['0.0.0.0', '::'].includes(address.address) ? '127.0.0.1' : host;
  url = `http://${toUrlHost(ownHost)}:${address.port}`;

  let closed: Promise<void> | undefined;
  function close(): Promise<void> {
    closed ??= new Promise((resolve) => {
      closing.abort();
      feed.close();
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  }

  const running: Omit<SandboxServer, 'credentials' | 'env'> = {
    url,
    phoneUrl: `${url}/`,
    sandbox,
    close,
    [Symbol.asyncDispose]: close,
  };
  // Getters that are not enumerable: printing the server shows no secrets.
  Object.defineProperties(running, {
    credentials: { get: () => sandbox.credentials },
    env: { get: () => toEnv(url, sandbox.credentials) },
  });
  return { server: running as SandboxServer, feed };
}

function toEnv(url: string, credentials: SandboxServer['credentials']): SandboxServer['env'] {
  const { targetEnvironment, subscriptionKey, apiUser, apiKey } = credentials;
  return {
    MTN_BASE_URL: url,
    MTN_TARGET_ENV: targetEnvironment,
    MTN_SUBSCRIPTION_KEY: subscriptionKey,
    MTN_API_USER: apiUser,
    MTN_API_KEY: apiKey,
  };
}

/**
 * Starts MTN's sandbox as an HTTP server on this machine: a base URL for programs in any language, and a page with a
 * phone on it, on which a person approves. Payments wait for that person, or for `server.sandbox`, unless `approval` is
 * `automatic`. Time is real: a payment that nobody answers expires after five minutes.
 *
 * For development and tests: it listens on 127.0.0.1, port 4010, unless told otherwise, and answers to loopback names.
 *
 * @throws MomoError `invalid_input`, with every problem of the options, or when the port is taken.
 * @example
 * ```ts
 * import { MomoCollections } from 'momo-collections';
 * import { startSandboxServer } from 'momo-collections/testing/server';
 *
 * const server = await startSandboxServer({ port: 0 });
 * const client = new MomoCollections({ ...server.credentials, baseUrl: server.url });
 * const arriving = server.sandbox.nextPayment();
 * const collecting = client.collect({ amount: '3', currency: 'EUR', externalId: 'order-1', payer: '256772123456' });
 * server.sandbox.approve((await arriving).referenceId);
 * console.log((await collecting).state); // 'successful'
 * await server.close();
 * ```
 */
export async function startSandboxServer(options: SandboxServerOptions = {}): Promise<SandboxServer> {
  return (await startWatchedServer(options)).server;
}
