// Each example as a reader has it: copied out of the repository, with the packed tarball and its own locked packages,
// started as its README says, and
// passing its own tests. Run after `npm run build`: node test/examples/run.mjs [example…]

import { createReport } from '../package/report.mjs';
import { runWell } from '../package/workshop.mjs';
import { tryOuts } from './try-out.mjs';
import { exampleNames, installExample, withTarball } from './workshop.mjs';

const names = await exampleNames();
const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such example: ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exit(2);
}

const report = createReport();

/** Installed, started, tested: one after the other. */
async function checkExample(name, temp, tarball) {
  const check = (what, work) =>
    report.check(`${name}: ${what}`, async () => {
      const startedAtMs = Date.now();
      await work();
      return `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`;
    });
  let folder;
  await check('it installs', async () => {
    folder = await installExample(temp, name, tarball);
  });
  if (folder === undefined) return;
  const tryOut = tryOuts[name];
  if (tryOut !== undefined) await check('the one command of its README starts it', () => tryOut(folder));
  await check('its tests pass', () => runWell('npm', ['test'], folder));
}

// Two at a time, for much of it is waiting; those that take longest first.
const slow = ['nextjs', 'cloudflare-workers'];
const queue = wanted.toSorted((a, b) => slow.includes(b) - slow.includes(a));
await withTarball(async (temp, tarball) => {
  const work = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) await checkExample(name, temp, tarball);
  };
  await Promise.all([work(), work()]);
});
report.end();
