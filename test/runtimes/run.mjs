// The conformance cases on every runtime that the package is for, out of the packed tarball. Run after `npm run build`
// and `npm ci` in this folder: node test/runtimes/run.mjs [runtime…]

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installConsumer, pack } from '../package/workshop.mjs';
import { bundle } from './bundle.mjs';
import { makeFolder, runtimes } from './runtimes.mjs';

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(runtimes);
const unknown = wanted.filter((name) => !(name in runtimes));
if (unknown.length > 0) {
  console.error(`No such runtime: ${unknown.join(', ')}. There are: ${Object.keys(runtimes).join(', ')}.`);
  process.exit(2);
}

/** What came of one runtime: its results, or why it was left out. */
async function runOn(name, consumer, temp) {
  const { missing, isRequired, version, entry, bundle: options, run } = runtimes[name];
  const reason = missing?.();
  if (reason && !isRequired) return { name, skipped: reason };
  const startedAtMs = Date.now();
  let results;
  let found = '';
  try {
    if (reason) throw new Error(`${reason}, and it is required`);
    found = await version();
    results = await run(await bundle(consumer, entry, options), await makeFolder(temp, name));
  } catch (error) {
    results = [{ name: 'the runtime runs the cases', error: String(error?.message ?? error) }];
  }
  return { name, version: found, results, seconds: (Date.now() - startedAtMs) / 1000 };
}

const temp = await mkdtemp(join(await realpath(tmpdir()), 'momo-runtimes-'));
const outcomes = [];
try {
  const { path } = await pack(join(temp, 'pack'));
  const consumer = await installConsumer(temp, 'consumer', [path]);
  for (const name of wanted) outcomes.push(await runOn(name, consumer, temp));
} finally {
  await rm(temp, { recursive: true, force: true, maxRetries: 3 });
}

let passed = 0;
let failed = 0;
const table = {};
for (const { name, version, results, skipped, seconds } of outcomes) {
  if (skipped) {
    console.log(`${name}: skipped, ${skipped}`);
    continue;
  }
  const failures = results.filter(({ error }) => error !== undefined);
  for (const failure of failures)
    console.log(`FAIL  ${name}: ${failure.name}\n${failure.error.replace(/^/gm, '        ')}`);
  const counts = { passed: results.length - failures.length, failed: failures.length };
  passed += counts.passed;
  failed += counts.failed;
  table[name] = { version, ...counts, seconds: Number(seconds.toFixed(1)) };
}
console.table(table);
console.log(`${passed} passed, ${failed} failed`);
// A run of nothing but what is not installed has proved nothing.
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
