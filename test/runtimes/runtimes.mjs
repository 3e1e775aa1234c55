// Where the cases run: each runtime by its name, with what a bundler makes for it and a way to run that.

import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const limitMs = 120_000;
const chromiumPath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

async function versionOf(name) {
  return JSON.parse(await readFile(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** Runs a program to its end and gives back what it wrote. */
function run(command, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, timeout: limitMs, maxBuffer: 2 ** 26 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const how = error.killed ? `had not ended after ${limitMs} ms` : `ended with ${error.code ?? error.signal}`;
      reject(new Error(`${command} ${how}\n${stdout.slice(0, 2_000)}${stderr}`));
    });
  });
}

/** Runs the bundle as a script that prints its results. */
function script(name, command, args, bundle, env = {}) {
  return {
    entry: 'print.ts',
    bundle: { format: 'esm', ...bundle },
    version: () => versionOf(name),
    async run(code, folder) {
      await writeFile(join(folder, 'cases.mjs'), code);
      return JSON.parse(await run(join(here, 'node_modules', command), [...args, 'cases.mjs'], { cwd: folder, env }));
    },
  };
}

const node = (major) => script(`node-${major}`, `node-${major}/bin/node`, [], { platform: 'node' });

/** As Cloudflare runs it, with nothing of Node switched on. */
function workerd(chooseDate) {
  return {
    entry: 'worker.ts',
    bundle: { format: 'esm', platform: 'neutral', conditions: ['workerd', 'worker', 'browser'] },
    version: () => versionOf('workerd'),
    async run(code) {
      const { Miniflare, supportedCompatibilityDate } = await import('miniflare');
      const worker = new Miniflare({
        modules: [{ type: 'ESModule', path: 'worker.mjs', contents: code }],
        compatibilityDate: chooseDate(supportedCompatibilityDate),
        // Otherwise Miniflare asks the network what `request.cf` might be.
        cf: false,
      });
      try {
        return await (await worker.dispatchFetch('http://localhost/')).json();
      } finally {
        await worker.dispose();
      }
    },
  };
}

/** What Chromium is to make of the loopback page: it loads the bundle, runs it, and posts the results. */
function servePage(code) {
  const page = '<!doctype html><meta charset="utf-8"><title>cases</title><script src="/cases.js"></script>';
  const files = {
    '/': ['text/html', page],
    '/cases.js': [
      'text/javascript',
      `${code}\nrunCases().then((results) => fetch('/results', { method: 'POST', body: JSON.stringify(results) }));`,
    ],
  };
  let server;
  const results = new Promise((resolve) => {
    server = createServer(async (request, response) => {
      const [type, text] = files[request.url] ?? ['text/plain', ''];
      response.setHeader('content-type', `${type}; charset=utf-8`);
      // Nothing may be evaluated out of text; the one port besides is where nobody listens.
      response.setHeader('content-security-policy', "default-src 'self'; connect-src 'self' http://127.0.0.1:59999");
      response.end(text);
      if (request.method !== 'POST') return;
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      resolve(JSON.parse(body));
    });
    server.listen(0, '127.0.0.1');
  });
  return { server, results };
}

const chromium = {
  entry: 'global.ts',
  bundle: { format: 'iife', platform: 'browser' },
  missing: () => (existsSync(chromiumPath) ? undefined : `${chromiumPath} is not installed`),
  isRequired: process.env.REQUIRE_CHROMIUM === '1',
  version: async () => (await run(chromiumPath, ['--version'], {})).match(/[\d.]+/)?.[0],
  async run(code, folder) {
    const { server, results } = servePage(code);
    await new Promise((resolve) => server.once('listening', resolve));
    const flags = [
      '--headless',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      `--user-data-dir=${join(folder, 'profile')}`,
      // Chromium's sandbox does not run as root.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `http://127.0.0.1:${server.address().port}/`,
    ];
    const browser = spawn(chromiumPath, flags, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    browser.stderr.on('data', (chunk) => {
      said += chunk;
    });
    const ended = new Promise((resolve) => {
      browser.once('error', resolve);
      browser.once('exit', resolve);
    });
    let timer;
    const none = new Promise((_resolve, reject) => {
      ended.then(() => reject(new Error(`Chromium ended without results\n${said}`)));
      timer = setTimeout(() => reject(new Error(`no results after ${limitMs} ms\n${said}`)), limitMs);
    });
    try {
      return await Promise.race([results, none]);
    } finally {
      clearTimeout(timer);
      browser.kill();
      await ended;
      server.closeAllConnections();
      server.close();
    }
  },
};

const edge = {
  entry: 'global.ts',
  bundle: { format: 'iife', platform: 'browser', conditions: ['edge-light', 'worker'] },
  version: () => versionOf('@edge-runtime/vm'),
  async run(code) {
    const { EdgeVM } = await import('@edge-runtime/vm');
    const machine = new EdgeVM({ codeGeneration: { strings: false, wasm: false } });
    machine.evaluate(code);
    return JSON.parse(await machine.evaluate('runCases().then((results) => JSON.stringify(results))'));
  },
};

export const runtimes = {
  'node-22': node(22),
  'node-24': node(24),
  'node-26': node(26),
  bun: script('bun', '.bin/bun', ['run', '--no-install'], { platform: 'node', conditions: ['bun'] }),
  // The one permission is for the call of a real port.
  deno: script(
    'deno',
    '.bin/deno',
    ['run', '--no-prompt', '--no-config', '--no-lock', '--no-remote', '--no-npm', '--allow-net=127.0.0.1'],
    { platform: 'node', conditions: ['deno'] },
    { DENO_NO_UPDATE_CHECK: '1' },
  ),
  workerd: workerd((latest) => latest),
  // Before `MessageChannel` and the changes of AbortSignal.
  'workerd-2023': workerd(() => '2023-08-01'),
  edge,
  chromium,
};

/** An empty folder for one runtime. */
export async function makeFolder(temp, name) {
  const folder = join(temp, name);
  await mkdir(folder);
  return folder;
}
