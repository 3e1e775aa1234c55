// Brings the lock files of the examples up to date: node test/examples/lock.mjs [example…]

import { exampleNames, lockExample, withTarball } from './workshop.mjs';

const wanted = process.argv.length > 2 ? process.argv.slice(2) : await exampleNames();
await withTarball(async (temp) => {
  for (const name of wanted) await lockExample(temp, name);
});
