// Starts an example with the library as it is built here: node test/examples/start.mjs <example> [arguments]

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { env } from '../package/workshop.mjs';
import { exampleNames, installExample, withTarball } from './workshop.mjs';

const [name, ...args] = process.argv.slice(2);
const names = await exampleNames();
if (!names.includes(name)) {
  console.error(`Which one? npm run example ${names.join(' | ')}`);
  process.exit(2);
}

// Ctrl-C is for the example; what is left is to clear up after it.
process.on('SIGINT', () => {});

await withTarball(async (temp, tarball) => {
  console.log('Installing…');
  const folder = await installExample(temp, name, tarball);
  const { scripts } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const script = ['dev', 'start', 'test'].find((wanted) => wanted in scripts);
  const child = spawn('npm', ['run', script, '--', ...args], { cwd: folder, env, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  process.exitCode = code ?? 1;
});
