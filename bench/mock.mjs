// MTN on a port of this machine, the same for every library: the package's own sandbox behind `node:http`. Its time is
// virtual, so that waits of minutes cost nothing. Run as a program, it serves until it is stopped, and tells its address.

import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createMomoSandbox } from '../dist/testing/index.js';

/** Enough for a thousand connections at once. */
const backlog = 4_096;

async function toRequest({ method, url, headers }, incoming) {
  const chunks = await Array.fromAsync(incoming);
  const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
  return new Request(`http://localhost${url}`, { method, headers, body });
}

/** Starts it with so many merchants, each with an account of its own; `tokenCalls` counts over all. */
export async function startMock({ merchants = 1, ...options } = {}) {
  const sandboxes = Array.from({ length: merchants }, () => createMomoSandbox(options));
  const seenTokens = new Set();
  const revokedTokens = new Set();
  let tokenCalls = 0;

  /** MTN forgets tokens: to the sandbox they are strangers. */
  function forgetRevoked(headers) {
    const authorization = headers.get('authorization') ?? '';
    if (revokedTokens.has(authorization)) headers.set('authorization', 'Bearer forgotten');
    else if (authorization.startsWith('Bearer ')) seenTokens.add(authorization);
  }

  async function answer(request) {
    if (request.url.endsWith('/token/')) tokenCalls += 1;
    const key = request.headers.get('ocp-apim-subscription-key');
    const sandbox = sandboxes.find(({ credentials }) => credentials.subscriptionKey === key) ?? sandboxes[0];
    forgetRevoked(request.headers);
    return sandbox.fetch(request);
  }

  const server = createServer({ keepAliveTimeout: 60_000 }, async (incoming, outgoing) => {
    try {
      const request = await toRequest(incoming, incoming);
      if (new URL(request.url).pathname === '/token-calls') return void outgoing.end(String(tokenCalls));
      const response = await answer(request);
      const body = Buffer.from(await response.arrayBuffer());
      outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), 'content-length': body.length });
      outgoing.end(body);
    } catch (error) {
      // The sandbox fails as `fetch` does when a fault breaks the connection; anything else is a mistake in here.
      if (error.message !== 'fetch failed' && error.name !== 'AbortError') console.error(error);
      incoming.socket.resetAndDestroy();
    }
  });
  await new Promise((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog }, resolve));

  return {
    baseUrl: `http://127.0.0.1:${server.address().port}`,
    sandboxes,
    sandbox: sandboxes[0],
    answer,
    get tokenCalls() {
      return tokenCalls;
    },
    revokeTokens() {
      for (const token of seenTokens) revokedTokens.add(token);
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { baseUrl, sandbox } = await startMock();
  console.log(JSON.stringify({ baseUrl, credentials: sandbox.credentials }));
}
