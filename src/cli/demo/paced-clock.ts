import type { Clock } from '../../index.js';

/** A clock that runs so many times as fast as the one under it: slow enough for the eye, short enough for a demo. */
export function pacedClock(wall: Clock, speed: number): Clock {
  const startedAtMs = wall.now();
  return {
    now: () => Math.round(startedAtMs + (wall.now() - startedAtMs) * speed),
    sleep: (ms, signal) => wall.sleep(Math.ceil(ms / speed), signal),
  };
}

/** The clock of the machine. */
export const machineClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
};
