import { cases as callback } from '../../callback/conformance.js';
import { cases as client } from '../cases/client.js';

/** What came of one case; `error` only when it failed. */
export interface Result {
  readonly name: string;
  readonly error?: string;
}

const limitMs = 20_000;

async function runCase(name: string, run: () => Promise<void>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Not done after ${limitMs} ms.`)), limitMs);
  });
  try {
    await Promise.race([run(), late]);
    return { name };
  } catch (error) {
    return { name, error: String((error as Error)?.stack ?? error) };
  } finally {
    clearTimeout(timer);
  }
}

/** Runs every case, one after the other. */
export async function runCases(): Promise<Result[]> {
  const unhandled = new Map<Promise<unknown>, string>();
  // Node, Bun and Deno end the process instead. An old workerd speaks before a handler could be there, and takes it back.
  globalThis.addEventListener?.('unhandledrejection', ({ promise, reason }) => unhandled.set(promise, String(reason)));
  globalThis.addEventListener?.('rejectionhandled', ({ promise }) => unhandled.delete(promise));
  const results: Result[] = [];
  for (const { name, run } of callback) results.push(await runCase(`callback: ${name}`, run));
  for (const { name, run } of client) results.push(await runCase(`client: ${name}`, run));
  await new Promise((resolve) => setTimeout(resolve, 20));
  const name = 'no rejection went unhandled';
  return [...results, unhandled.size === 0 ? { name } : { name, error: [...unhandled.values()].join('\n') }];
}
