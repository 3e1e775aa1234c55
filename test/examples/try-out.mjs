// An example started with the one command of its README, on the sandbox that this command brings along.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { env, runWell } from '../package/workshop.mjs';

async function findFreePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const readText = async (url) => (await fetch(url)).text();

/** Buys something as a person would: the form, the phone page, the page that says so. */
async function buy(shopUrl, phoneUrl) {
  const [, order] = /name="order" value="([^"]+)"/.exec(await readText(shopUrl));
  const body = new URLSearchParams({ order, phone: '+256 772 123 456' });
  const page = await fetch(`${shopUrl}/pay`, { method: 'POST', body });
  assert.match(await page.text(), /Check your phone/);
  const readState = async () => (await fetch(`${phoneUrl}_phone/state`)).json();
  const [{ referenceId }] = (await readState()).payments;
  const approve = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
  await fetch(`${phoneUrl}_phone/payments/${referenceId}/approve`, approve);
  while (!(await readText(page.url)).includes('Paid')) await setTimeout(100);
  // The page may have been quicker than the answer to the callback.
  let callback;
  while (callback?.status === undefined) {
    await setTimeout(100);
    [callback] = (await readState()).callbacks;
    if (callback?.error) throw new Error(`The callback did not arrive: ${callback.error}`);
  }
  assert.equal(callback.status, 200);
}

/** Starts an example, uses it within a minute, and ends it by Ctrl-C. */
async function tryProgram(folder, args, variables, use) {
  const child = spawn('npm', args, {
    cwd: folder,
    env: { ...env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, which gets the Ctrl-C as all programs of a terminal do.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
  }
  const ended = once(child, 'exit');
  /** The first group of what the program prints at some time. */
  const find = async (pattern) => {
    const giveUp = AbortSignal.timeout(60_000);
    for (;;) {
      const found = pattern.exec(output)?.[1];
      if (found !== undefined) return found;
      giveUp.throwIfAborted();
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      await setTimeout(100);
    }
  };
  try {
    const late = setTimeout(120_000, undefined, { ref: false });
    await Promise.race([use(find), late.then(() => Promise.reject(new Error('it took over two minutes')))]);
    process.kill(-child.pid, 'SIGINT');
    await ended;
  } catch (error) {
    throw new Error(`${error.message}\n${output}`);
  } finally {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of them have ended.
    }
  }
}

/** `npm run dev`, and somebody buys. */
async function tryShop(folder) {
  const port = String(await findFreePort());
  const shopUrl = `http://localhost:${port}`;
  const variables = { PORT: port, PUBLIC_URL: shopUrl };
  await tryProgram(folder, ['run', 'dev', '--', '--port', port], variables, async (find) => {
    const phoneUrl = await find(/each payment rings there: (\S+)/);
    while (!(await fetch(shopUrl).catch(() => undefined))?.ok) await setTimeout(100);
    await buy(shopUrl, phoneUrl);
  });
}

/** `npm start`, and an app asks for a payment with the key that it prints. */
async function tryGateway(folder) {
  const url = `http://127.0.0.1:${await findFreePort()}`;
  const variables = { PORT: new URL(url).port, SANDBOX_PORT: '0' };
  await tryProgram(folder, ['start'], variables, async (find) => {
    const headers = { 'X-Proxy-Api-Key': await find(/Demo app key: (\S+)/) };
    const payer = { partyIdType: 'MSISDN', partyId: '26876123456' };
    const body = JSON.stringify({ amount: '100', externalId: 'ORDER-1', payer });
    const accepted = await fetch(`${url}/request-to-pay`, { method: 'POST', headers, body });
    assert.equal(accepted.status, 202);
    const { referenceId } = await accepted.json();
    const readStatus = async () => (await (await fetch(`${url}/status/${referenceId}`, { headers })).json()).status;
    while ((await readStatus()) !== 'SUCCESSFUL') await setTimeout(100);
  });
}

/** What to do with each that has another command than `npm test`, by its name. */
export const tryOuts = {
  express: tryShop,
  nextjs: tryShop,
  'cloudflare-workers': tryShop,
  'node-script': async (folder) => {
    const { stdout } = await runWell('npm', ['start'], folder);
    assert.match(stdout, /^Paid\. /m);
  },
  'ledger-sqlite': async (folder) => {
    const { stdout } = await runWell('npm', ['start'], folder);
    assert.match(stdout, /^order-1: paid\. Receipt /m);
  },
  gateway: tryGateway,
};
