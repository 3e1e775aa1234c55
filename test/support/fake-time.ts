import { vi } from 'vitest';

/** Fakes the platform's timers and date, but not what the sandbox and the event loop run on. */
export function useFakeTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
}

/** Lets everything happen that needs no time. */
export async function flush(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves fake time on in steps until something is so. */
export async function passTimeUntil(isSo: () => boolean, { stepMs = 50, limitMs = 700_000 } = {}): Promise<void> {
  const untilMs = Date.now() + limitMs;
  await flush(5);
  while (!isSo()) {
    if (Date.now() > untilMs) throw new Error(`not so within ${limitMs} ms`);
    await vi.advanceTimersByTimeAsync(stepMs);
    await flush(5);
  }
}

/** Watches a promise: when it settled, by the fake clock, and with what. */
export function watch<Value>(promise: Promise<Value>): { settledAtMs?: number; outcome?: Value | Error } {
  const watched: { settledAtMs?: number; outcome?: Value | Error } = {};
  const settle = (outcome: Value | Error) => {
    watched.settledAtMs = Date.now();
    watched.outcome = outcome;
  };
  promise.then(settle, settle);
  return watched;
}
