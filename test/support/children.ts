import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = `${root}node_modules/.cache/momo-children`;

/** Makes one file of a child's source and ours, so that it starts fast. Gives its path. */
export async function bundleChild(source: URL, name: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/${name}-${process.pid}.mjs`;
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // Not ours, and with requires of its own.
    external: ['pg'],
    logLevel: 'silent',
  });
  return outfile;
}

/** Starts a child that gets its task as a message. */
export function startChild(path: string, task: unknown): ChildProcess {
  const child = fork(path, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.send(task as object);
  return child;
}

/** The next message of a child; rejects when it ends without. */
export async function nextMessage(child: ChildProcess): Promise<unknown> {
  const ended = new AbortController();
  try {
    return await Promise.race([
      once(child, 'message', { signal: ended.signal }).then(([message]) => message),
      once(child, 'exit', { signal: ended.signal }).then(([code, signal]) => {
        throw new Error(`the child ended with ${code ?? signal} and said nothing`);
      }),
    ]);
  } finally {
    ended.abort();
  }
}
