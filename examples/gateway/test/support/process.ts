import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

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

/** Runs one of the gateway's programs, with these variables and no others. */
export function run(file: string, args: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [join(root, file), ...args], { cwd: root, env: { PATH, ...env }, stdio: 'pipe' });
}

export async function startGateway(env: Readonly<Record<string, string>>, t: TestContext): Promise<RunningGateway> {
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
