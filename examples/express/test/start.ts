// The shop as its own process, and in MTN's place a sandbox of the test's. Nothing leaves this machine.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts the shop with these variables; gives its address when it answers. */
export async function startShop(env: Record<string, string>) {
  const port = String(await findFreePort());
  const url = `http://localhost:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'shop-'));
  const own = {
    PORT: port,
    PUBLIC_URL: url,
    CALLBACK_SECRET: 'a-secret-of-this-test',
    DATABASE_FILE: join(folder, 'db'),
  };
  const child = spawn('node', ['src/server.ts'], {
    env: { ...process.env, ...own, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  while (child.exitCode === null && !(await fetch(url).catch(() => undefined))?.ok) await setTimeout(50);
  if (child.exitCode !== null) throw new Error(`The shop ended with ${child.exitCode}`);
  return {
    url,
    async stop() {
      child.kill();
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}
