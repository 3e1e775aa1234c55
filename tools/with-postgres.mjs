// Runs a command with a PostgreSQL to test on: the one that DATABASE_URL names, or else one of its own, in a temporary
// folder, on a socket there, from the binaries of this machine, and gone afterwards. PostgreSQL does not run as root, so
// root lends it the user `postgres` or `nobody`.
//   node tools/with-postgres.mjs vitest run test/postgres
//   node tools/with-postgres.mjs --if-there node bench.mjs        also runs where there is none

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const given = process.argv.slice(2);
const isOptional = given[0] === '--if-there';
const [command, ...args] = isOptional ? given.slice(1) : given;
if (command === undefined) {
  console.error('Usage: node tools/with-postgres.mjs <command> [argument ...]');
  process.exit(2);
}

/** Where initdb and pg_ctl are: Debian keeps them off the path, one folder for each version. */
function findBinaries() {
  const folders = [
    ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => folder && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')));
}

/** Whom root becomes. */
function findUser() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const ids = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim());
    if (ids.every((id) => id)) return { uid: Number(ids[0]), gid: Number(ids[1]) };
  }
  throw new Error('There is neither a user postgres nor a user nobody to run PostgreSQL.');
}

/** Starts a server, and gives its URL and what ends it. */
function start(binaries) {
  const user = findUser();
  const folder = mkdtempSync(join(tmpdir(), 'momo-postgres-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const run = (name, ...rest) =>
    execFileSync(join(binaries, name), rest, { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  const data = join(folder, 'data');
  const stop = () => {
    try {
      if (existsSync(join(data, 'postmaster.pid'))) run('pg_ctl', '-D', data, '-m', 'immediate', '-w', 'stop');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    run('initdb', '-D', data, '-U', 'momo', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync');
    // Only clients are killed in the tests, never the server, so that it may leave out waiting for the disk.
    const options = `-k ${folder} -c listen_addresses= -c fsync=off -c max_connections=200`;
    run('pg_ctl', '-D', data, '-l', join(folder, 'log'), '-o', options, '-w', 'start');
  } catch (error) {
    if (existsSync(join(folder, 'log'))) console.error(readFileSync(join(folder, 'log'), 'utf8'));
    stop();
    throw error;
  }
  return { url: `postgresql://momo@localhost/postgres?host=${encodeURIComponent(folder)}`, stop };
}

let server;
if (!process.env.DATABASE_URL) {
  const binaries = findBinaries();
  if (binaries === undefined && !isOptional) {
    console.error(
      'There is no PostgreSQL on this machine. Install it (on Debian: apt-get install postgresql), or name a',
    );
    console.error('database that may be written to in DATABASE_URL.');
    process.exit(1);
  }
  if (binaries !== undefined) server = start(binaries);
}
const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, ...(server && { DATABASE_URL: server.url }) },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  server?.stop();
  throw error;
});
child.on('exit', (code) => {
  server?.stop();
  process.exitCode = code ?? 1;
});
