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

/** `npm run dev`, and Ctrl-C at the end. */
async function tryShop(folder) {
  const port = String(await findFreePort());
  const shopUrl = `http://localhost:${port}`;
  const child = spawn('npm', ['run', 'dev', '--', '--port', port], {
    cwd: folder,
    env: { ...env, PORT: port, PUBLIC_URL: shopUrl },
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
  try {
    const giveUp = AbortSignal.timeout(60_000);
    let phoneUrl;
    while (phoneUrl === undefined || !(await fetch(shopUrl).catch(() => undefined))?.ok) {
      giveUp.throwIfAborted();
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      phoneUrl = /each payment rings there: (\S+)/.exec(output)?.[1];
      await setTimeout(100);
    }
    await Promise.race([
      buy(shopUrl, phoneUrl),
      setTimeout(60_000, undefined, { ref: false }).then(() => Promise.reject(new Error('it took over a minute'))),
    ]);
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
};
