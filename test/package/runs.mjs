// The installed package at work: imported, required, and as a command.

import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expectNone } from './report.mjs';
import { run, runWell } from './workshop.mjs';

/** Runs text as a file of the consumer; warnings count as failures. Gives back what it wrote as JSON. */
async function runText(folder, name, text) {
  await writeFile(join(folder, name), text);
  const { stdout, stderr } = await runWell(process.execPath, [name], folder);
  if (stderr !== '') throw new Error(`it warns:\n${stderr}`);
  return JSON.parse(stdout);
}

const imported = (specifier) => `
import * as entry from '${specifier}';
console.log(JSON.stringify(Object.keys(entry).filter((name) => entry[name] !== undefined).sort()));
`;
const required = (specifier) => `
const entry = require('${specifier}');
console.log(JSON.stringify(Object.keys(entry).filter((name) => entry[name] !== undefined).sort()));
`;

const payment = `
const sandbox = createMomoSandbox();
const client = new MomoCollections(sandbox.clientOptions());
const result = client.collect({ amount: '12.50', currency: 'EUR', externalId: 'order-1', payer: '56733123453' });
result.then(({ state }) => console.log(JSON.stringify(state)));
`;

const bothWays = `
import { createRequire } from 'node:module';
import { MomoError } from 'momo-collections';
import * as callback from 'momo-collections/callback';
const require = createRequire(import.meta.url);
const classes = [require('momo-collections').MomoError, callback.MomoError, require('momo-collections/callback').MomoError];
console.log(JSON.stringify(classes.map((other) => other === MomoError)));
`;

const throughMsw = (strict) => `
import { setupServer } from 'msw/node';
import { MomoCollections } from 'momo-collections';
import { createMomoSandbox } from 'momo-collections/testing';
import { momoHandlers } from 'momo-collections/testing/msw';
const sandbox = createMomoSandbox();
const server = setupServer(...momoHandlers(sandbox));
server.listen({ ${strict}: 'error' });
const client = new MomoCollections({ ...sandbox.credentials, clock: sandbox.clientOptions().clock });
const { state } = await client.collect({ amount: '1', currency: 'EUR', externalId: 'order-1', payer: '56733123453' });
server.close();
console.log(JSON.stringify(state));
`;

const sandboxServed = (signal) => `
import { spawn } from 'node:child_process';
import { once } from 'node:events';
const bin = 'node_modules/momo-collections/dist/cli/main.js';
const child = spawn(process.execPath, [bin, 'sandbox', '--port', '0', '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
const [line] = await once(child.stdout, 'data');
const { env, phoneUrl } = JSON.parse(line);
const page = await (await fetch(phoneUrl)).text();
child.kill('${signal}');
const [code] = await once(child, 'exit');
console.log(JSON.stringify({ env, page, code }));
`;

function expectSame(actual, wanted) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`wanted ${right}\ngot    ${left}`);
}

/** The names a consumer sees of an entry, however it is loaded. */
async function checkEntry(folder, specifier) {
  const names = await runText(folder, 'entry.mjs', imported(specifier));
  expectSame(await runText(folder, 'entry.cjs', required(specifier)), names);
  if (names.length === 0) throw new Error('it exports nothing');
  return names.length === 1 ? '1 value' : `${names.length} values`;
}

export async function checkImports({ plain, msw2, msw3 }, report) {
  const path = join(plain, 'node_modules', 'momo-collections', 'package.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  const { name, exports } = manifest;

  await report.check('msw is not installed along, nor any other package but the dependencies', async () => {
    const lock = JSON.parse(await readFile(join(plain, 'node_modules', '.package-lock.json'), 'utf8'));
    const found = Object.keys(lock.packages).map((place) => place.replace('node_modules/', ''));
    expectSame(found.sort(), [name, ...Object.keys(manifest.dependencies)].sort());
    return found.join(', ');
  });

  await report.check('nothing of it wants to run on installing: --ignore-scripts leaves nothing out', async () => {
    const lock = JSON.parse(await readFile(join(plain, 'node_modules', '.package-lock.json'), 'utf8'));
    const entries = Object.entries(lock.packages).filter(([, { hasInstallScript }]) => hasInstallScript);
    expectNone(entries.map(([place]) => place));
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
    expectNone(hooks.filter((hook) => hook in (manifest.scripts ?? {})));
  });

  for (const entry of Object.keys(exports)) {
    const specifier = entry.replace(/^\./, name);
    if (entry === './package.json') {
      await report.check(`import and require ${specifier}`, async () => {
        const text = `import json from '${specifier}' with { type: 'json' };\nconsole.log(JSON.stringify(json));`;
        expectSame(await runText(plain, 'entry.mjs', text), manifest);
        expectSame(createRequire(join(plain, 'entry.cjs'))(specifier), manifest);
      });
    } else if (entry !== './testing/msw') {
      await report.check(`import and require ${specifier}, without msw`, () => checkEntry(plain, specifier));
    } else {
      await report.check(`import and require ${specifier}, with msw 3`, () => checkEntry(msw3, specifier));
      await report.check(`import and require ${specifier}, with msw 2`, () => checkEntry(msw2, specifier));
      await report.check(`${specifier} without msw says what is missing`, async () => {
        await writeFile(join(plain, 'entry.mjs'), imported(specifier));
        const { code, stderr } = await run(process.execPath, ['entry.mjs'], plain);
        if (code === 0 || !/Cannot find package 'msw'/.test(stderr)) throw new Error(`ended with ${code}\n${stderr}`);
      });
    }
  }

  await report.check('a folder inside the package cannot be imported', async () => {
    await writeFile(join(plain, 'deep.mjs'), `import '${name}/dist/errors.js';`);
    const { stderr } = await run(process.execPath, ['deep.mjs'], plain);
    if (!stderr.includes('ERR_PACKAGE_PATH_NOT_EXPORTED')) throw new Error(stderr || 'it can');
  });

  await report.check('a payment from an ES module', async () => {
    const lines = [
      `import { MomoCollections } from '${name}';`,
      `import { createMomoSandbox } from '${name}/testing';`,
      payment,
    ];
    expectSame(await runText(plain, 'pay.mjs', lines.join('\n')), 'successful');
  });
  await report.check('a payment from CommonJS', async () => {
    const lines = [
      `const { MomoCollections } = require('${name}');`,
      `const { createMomoSandbox } = require('${name}/testing');`,
      payment,
    ];
    expectSame(await runText(plain, 'pay.cjs', lines.join('\n')), 'successful');
  });
  await report.check('a payment through msw 3', async () => {
    expectSame(await runText(msw3, 'pay.mjs', throughMsw('onUnhandledFrame')), 'successful');
  });
  await report.check('a payment through msw 2', async () => {
    expectSame(await runText(msw2, 'pay.mjs', throughMsw('onUnhandledRequest')), 'successful');
  });
  await report.check('imported and required, from one entry and another, it is one class of error', async () => {
    expectSame(await runText(plain, 'both.mjs', bothWays), [true, true, true]);
  });
}

export async function checkBin(folder, report) {
  // By Ctrl-C, and as a container or a job in CI is ended.
  for (const signal of ['SIGINT', 'SIGTERM']) {
    await report.check(`momo-collections sandbox serves the phone page, and stops on ${signal} with 0`, async () => {
      const { env, page, code } = await runText(folder, 'serve.mjs', sandboxServed(signal));
      expectSame([Object.keys(env).length, page.includes('Sandbox phone'), code], [5, true, 0]);
    });
  }
  const demo = () => runWell('npx', ['--no', 'momo-collections', 'demo', '--json'], folder);
  await report.check('npx momo-collections demo --json ends well and writes JSON', async () => {
    const { stdout } = await demo();
    const lines = stdout.split('\n').filter((line) => line !== '');
    for (const line of lines) JSON.parse(line);
    if (lines.length === 0) throw new Error('it wrote nothing');
    return `${lines.length} lines`;
  });
  await report.check('npx momo-collections --help lists the commands, and each has a help of its own', async () => {
    const commands = ['demo', 'doctor', 'pay', 'provision', 'sandbox', 'status'];
    const { stdout } = await runWell('npx', ['--no', '--', 'momo-collections', '--help'], folder);
    expectNone(commands.filter((name) => !new RegExp(`^  ${name} `, 'm').test(stdout)));
    for (const name of commands) {
      const help = await runWell('npx', ['--no', '--', 'momo-collections', name, '--help'], folder);
      if (!help.stdout.includes(`Usage: momo-collections ${name}`)) throw new Error(help.stdout);
    }
    return commands.join(', ');
  });
  await report.check(
    'npx momo-collections pay without a configuration ends with 2 and says what is missing',
    async () => {
      const line = ['--no', '--', 'momo-collections', 'pay', '46733123999', '1', '--json'];
      const { code, stdout, stderr } = await run('npx', line, folder);
      const { error } = JSON.parse(stderr.trim().split('\n').at(-1));
      expectSame([code, stdout, error.code], [2, '', 'configuration']);
    },
  );
  await report.check('npx momo-collections with a word it does not know does not end with 0', async () => {
    const { code } = await run('npx', ['--no', 'momo-collections', 'no-such-command'], folder);
    expectNone(code === 0 ? ['it ended with 0'] : []);
  });
}
