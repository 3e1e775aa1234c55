// The examples, each copied out of the repository and given the packed tarball, as a reader would have it from npm.

import { cp, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, pack, root, runWell } from '../package/workshop.mjs';

const folder = join(root, 'examples');

// Nothing but npm leaves this machine.
Object.assign(env, {
  NEXT_TELEMETRY_DISABLED: '1',
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
});

/** What an example leaves behind when it was tried where it stands. */
const leftovers = /^(node_modules|\.next|\.wrangler|(orders|payments)\.db.*|data|\.env|next-env\.d\.ts)$/;

export async function exampleNames() {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

/** Runs some work in a new temporary folder, with the packed library in it, and clears up. */
export async function withTarball(work) {
  const temp = await mkdtemp(join(await realpath(tmpdir()), 'momo-examples-'));
  try {
    const { path } = await pack(join(temp, 'pack'));
    return await work(temp, path);
  } finally {
    await rm(temp, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function copyExample(temp, name) {
  const target = join(temp, name);
  const isWanted = (path) => !leftovers.test(path.split(/[\\/]/).at(-1));
  await cp(join(folder, name), target, { recursive: true, filter: isWanted });
  return target;
}

const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];

/** Copies an example and installs what its lock file says, and the tarball in the place of npm's `momo-collections`. */
export async function installExample(temp, name, tarball) {
  const target = await copyExample(temp, name);
  await runWell('npm', ['install', ...quietly, '--ignore-scripts', '--prefer-offline', tarball], target);
  return target;
}

/**
 * Writes the lock file of an example anew. The library is left out: what is locked is what the example is tested with
 * beside it, and a reader's `npm install` adds the newest that fits.
 */
export async function lockExample(temp, name) {
  const target = await copyExample(temp, name);
  const manifest = JSON.parse(await readFile(join(target, 'package.json'), 'utf8'));
  delete manifest.dependencies['momo-collections'];
  await writeFile(join(target, 'package.json'), JSON.stringify(manifest));
  const flags = ['--package-lock-only', '--omit-lockfile-registry-resolved'];
  await runWell('npm', ['install', ...quietly, ...flags], target);
  await cp(join(target, 'package-lock.json'), join(folder, name, 'package-lock.json'));
}
