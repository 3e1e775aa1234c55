// Folders, processes and installs.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const here = fileURLToPath(new URL('.', import.meta.url));

/** This very Node first, for what finds `node` by the path: npm, and the package's command. No account of the shell's. */
export const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MTN_'))),
  PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
  NO_COLOR: '1',
};

/** Runs a program to its end; it is the caller who minds the exit code. */
export function run(command, args, cwd) {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? error.signal ?? 1) : 0, stdout, stderr });
    });
  });
}

/** As `run`, but anything but exit code 0 is an error with all that was said. */
export async function runWell(command, args, cwd) {
  const { code, stdout, stderr } = await run(command, args, cwd);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with ${code}\n${stdout}${stderr}`.trim());
  return { stdout, stderr };
}

/** The version of a package installed in this folder, by the name it has here. */
export async function ownVersion(name) {
  return JSON.parse(await readFile(join(here, 'node_modules', name, 'package.json'), 'utf8')).version;
}

/** Packs the repository, as built, into a new folder. */
export async function pack(folder) {
  await mkdir(folder);
  const { stdout } = await runWell('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root);
  const answer = JSON.parse(stdout);
  // A list up to npm 11, by name in some later ones.
  const { filename, files } = Object.values(answer)[0];
  const path = join(folder, filename);
  const hash = createHash('sha512')
    .update(await readFile(path))
    .digest('hex');
  return { path, hash, files: files.map((file) => file.path).sort() };
}

/** A new folder of a consumer, outside of any repository. */
export async function installConsumer(temp, name, packages) {
  const folder = join(temp, name);
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'a-stranger', private: true }));
  const flags = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'];
  await runWell('npm', ['install', ...flags, ...packages], folder);
  return folder;
}
