// The programs of a stranger's two terminals, and his server for callbacks.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const payer = fileURLToPath(new URL('payer.mjs', import.meta.url));

/** Runs a file on this Node; gives its lines as they come, and its exit code. */
function start(file, args, env) {
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...process.env, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, nextLine: async () => (await lines.next()).value, ended: once(child, 'exit').then(([code]) => code) };
}

/** `momo-collections sandbox`, as typed in a terminal. */
export async function startSandbox(port = 0) {
  const { child, nextLine, ended } = start(cli, ['sandbox', '--json', '--port', String(port)]);
  const { env, phoneUrl } = JSON.parse(await nextLine());
  return {
    env,
    phoneUrl,
    async state() {
      return (await fetch(`${phoneUrl}_phone/state`)).json();
    },
    /** Ctrl-C. */
    stop() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** Asks for one payment; gives its reference id as soon as there is one. */
export async function startPayment(env, { phone = '256772123456', amount = '12.50', externalId = 'order-1' } = {}) {
  const { nextLine, ended } = start(payer, [phone, amount, externalId], env);
  const referenceId = await nextLine();
  return { referenceId, startedAtMs: performance.now(), outcome: nextLine(), ended };
}

/** Takes callbacks, and hands them out one by one. */
export async function startListener() {
  const bodies = [];
  const waiting = [];
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    response.writeHead(204).end();
    const tell = waiting.shift();
    if (tell === undefined) bodies.push(body);
    else tell(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://localhost:${server.address().port}/momo`,
    next: () => (bodies.length > 0 ? bodies.shift() : new Promise((resolve) => waiting.push(resolve))),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
