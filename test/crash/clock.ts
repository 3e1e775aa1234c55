/** A clock that nobody has to wait for: sleeping moves it on. */
export function createShiftedClock(startMs: number): {
  now(): number;
  sleep(ms: number): Promise<void>;
  advance(ms: number): void;
} {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    sleep: async (ms) => {
      nowMs += ms;
    },
    advance: (ms) => {
      nowMs += ms;
    },
  };
}
