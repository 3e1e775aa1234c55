// Each example as a reader has it: copied out of the repository, with the packed tarball and its own locked packages,
// passing its own tests. Run after `npm run build`: node test/examples/run.mjs [example…]

import { createReport } from '../package/report.mjs';
import { runWell } from '../package/workshop.mjs';
import { exampleNames, installExample, withTarball } from './workshop.mjs';

const names = await exampleNames();
const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`No such example: ${unknown.join(', ')}. There are: ${names.join(', ')}.`);
  process.exit(2);
}

const report = createReport();
const secondsSince = (startedAtMs) => ((Date.now() - startedAtMs) / 1000).toFixed(1);

await withTarball(async (temp, tarball) => {
  for (const name of wanted) {
    await report.check(name, async () => {
      const startedAtMs = Date.now();
      const folder = await installExample(temp, name, tarball);
      const installed = secondsSince(startedAtMs);
      await runWell('npm', ['test'], folder);
      return `installed after ${installed} s, tested after ${secondsSince(startedAtMs)} s`;
    });
  }
});
report.end();
