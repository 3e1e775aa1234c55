import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type SandboxServer, type SandboxServerOptions, startSandboxServer } from 'momo-collections/testing/server';
import { createFreshDatabase } from './fresh-database.ts';
import { type RunningGateway, run, startGateway } from './process.ts';

/** An MTN on this machine, a data folder, and gateways on both. */
export interface World {
  readonly mtn: SandboxServer;
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a gateway; after a `kill` the next one finds what the one before has left. */
  start(more?: Readonly<Record<string, string>>): Promise<RunningGateway>;
  /** `npm run add-app` and the like, by their file: all that they print, and what a script that captures it gets. */
  command(name: string, ...args: string[]): Promise<{ code: number | null; output: string; captured: string }>;
  /** Adds an app and gives its key. */
  addApp(name: string, ...args: string[]): Promise<string>;
}

/** What MTN was asked for under one external id. */
export const chargesOf = ({ mtn }: World, externalId: string) =>
  mtn.sandbox.payments.filter((payment) => payment.externalId === externalId);

export async function createWorld(t: TestContext, options: SandboxServerOptions = {}): Promise<World> {
  const mtn = await startSandboxServer({ port: 0, approval: 'manual', targetEnvironment: 'mtnswaziland', ...options });
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  t.after(async () => {
    await mtn.close();
    await rm(folder, { recursive: true, force: true });
  });
  const databaseUrl = await createFreshDatabase(t);
  const environment = {
    ...mtn.env,
    PORT: '0',
    GATEWAY_DATA: folder,
    ALLOW_PRIVATE_CALLBACKS: 'true',
    LEASE_MS: '5000',
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
  };
  const world: World = {
    mtn,
    environment,
    start: (more = {}) => startGateway({ ...environment, ...more }, t),
    async command(name, ...args) {
      const child = run(`src/commands/${name}.ts`, args, environment);
      let output = '';
      let captured = '';
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
      child.stdout?.on('data', (chunk) => (captured += String(chunk)));
      const [code] = await once(child, 'close');
      return { code, output, captured };
    },
    async addApp(name, ...args) {
      const { output } = await world.command('add-app', '--name', name, ...args);
      return /mmg_[\w-]+/.exec(output)?.[0] ?? `no key: ${output}`;
    },
  };
  return world;
}
