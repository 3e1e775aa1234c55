import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { type SandboxServer, type SandboxServerOptions, startSandboxServer } from 'momo-collections/testing/server';

const root = new URL('../..', import.meta.url).pathname;

/** A gateway in a process of its own, that can be killed. */
export interface RunningGateway {
  readonly url: string;
  /** Of the demo app. */
  readonly key: string;
  /** Every line it has written. */
  readonly lines: readonly string[];
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

/** An MTN on this machine, a data folder, and gateways on both. */
export interface World {
  readonly mtn: SandboxServer;
  readonly environment: Readonly<Record<string, string>>;
  /** Starts a gateway; after a `kill` the next one finds what the one before has left. */
  start(more?: Readonly<Record<string, string>>): Promise<RunningGateway>;
  /** `npm run add-app` and the like, by their file: what they print. */
  command(name: string, ...args: string[]): Promise<{ code: number | null; output: string }>;
  /** Adds an app and gives its key. */
  addApp(name: string, ...args: string[]): Promise<string>;
}

function run(file: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [join(root, file), ...args], { cwd: root, env: { PATH, ...env }, stdio: 'pipe' });
}

async function startGateway(env: Readonly<Record<string, string>>, t: TestContext): Promise<RunningGateway> {
  const child = run('src/main.ts', [], env);
  const lines: string[] = [];
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const started = Promise.withResolvers<number>();
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (line.includes('"event":"started"')) started.resolve(JSON.parse(line).port);
    });
  }
  void ended.then(() => started.reject(new Error(`The gateway did not start:\n${lines.join('\n')}`)));
  started.promise.catch(() => undefined);
  const port = await started.promise;
  return {
    url: `http://127.0.0.1:${port}`,
    key: /mmg_[\w-]+/.exec(lines.join('\n'))?.[0] ?? '',
    lines,
    async kill(signal = 'SIGKILL') {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}

export async function createWorld(t: TestContext, options: SandboxServerOptions = {}): Promise<World> {
  const mtn = await startSandboxServer({ port: 0, approval: 'manual', targetEnvironment: 'mtnswaziland', ...options });
  const folder = await mkdtemp(join(tmpdir(), 'gateway-'));
  t.after(async () => {
    await mtn.close();
    await rm(folder, { recursive: true, force: true });
  });
  const environment = {
    ...mtn.env,
    PORT: '0',
    GATEWAY_DATA: folder,
    ALLOW_PRIVATE_CALLBACKS: 'true',
    LEASE_MS: '5000',
    ...(process.env.DATABASE_URL && { DATABASE_URL: process.env.DATABASE_URL }),
  };
  const world: World = {
    mtn,
    environment,
    start: (more = {}) => startGateway({ ...environment, ...more }, t),
    async command(name, ...args) {
      const child = run(`src/commands/${name}.ts`, args, environment);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
      const [code] = await once(child, 'close');
      return { code, output };
    },
    async addApp(name, ...args) {
      const { output } = await world.command('add-app', '--name', name, ...args);
      return /mmg_[\w-]+/.exec(output)?.[0] ?? `no key: ${output}`;
    },
  };
  return world;
}
