// The programs of a stranger's two terminals, and his server for callbacks.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Runs a command of ours; gives the events it writes, one by one, and its exit code. */
function start(args, env) {
  const child = spawn(process.execPath, [cli, ...args, '--json'], {
    env: { ...process.env, ...env },
    // What it writes for people beside the events is not for this report.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  /** The next of this name; `undefined` when the command ended without. */
  const next = async (name) => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) return undefined;
      const event = JSON.parse(value);
      if (event.event === name) return event;
    }
  };
  return { child, next, ended: once(child, 'exit').then(([code]) => code) };
}

/** `momo-collections sandbox`, as typed in a terminal. */
export async function startSandbox(port = 0) {
  const { child, next, ended } = start(['sandbox', '--port', String(port)]);
  const { env, phoneUrl } = await next('listening');
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

/** `momo-collections pay` in the other window; gives the reference id as soon as there is one. */
export async function startPayment(env, { phone = '256772123456', amount = '12.50', externalId = 'order-1' } = {}) {
  const words = ['pay', phone, amount, '--external-id', externalId, '--message', 'Two tickets'];
  const { next, ended } = start(words, env);
  const { referenceId } = await next('reference');
  const outcome = next('result').then(({ state, reason }) => reason?.code ?? state);
  return { referenceId, startedAtMs: performance.now(), outcome, ended };
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
