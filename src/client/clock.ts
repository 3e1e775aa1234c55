/** Time as the client sees it: epoch milliseconds, and a wait that an abort ends. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The standard `fetch`, or anything of its shape. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What timers take without wrapping round to zero. */
export const maxTimerMs = 2_147_483_647;

/** The clock of the machine. The globals are looked up at each call, so that fake timers work. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, Math.min(ms, maxTimerMs));
      // The client's own signals are short-lived and not aborted yet.
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason);
      });
    }),
};
