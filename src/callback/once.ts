import { remember } from './bounded-map.js';

interface Run {
  readonly result: Promise<void>;
  /** The last arrival that shares this run: when it fails, those who came by then share the failure. */
  lastArrival: number;
  /** When a run that has not come back counts as cut off (a Worker stopped after its answer): rather twice than never. */
  lostAtMs: number;
}

const maxRuns = 1_000;
const lostAfterMs = 60_000;

/**
 * Runs a hook once per id, in this process, among the last thousand ids. A failure is forgotten for callbacks that
 * arrive after it, so that a resend runs the hook again. `arrive` numbers them as they come in.
 *
 * @internal
 */
export function oncePerId(now: () => number): {
  arrive(): number;
  run(id: string, arrival: number, hook: () => unknown): Promise<void>;
} {
  const runs = new Map<string, Run>();
  let arrivals = 0;

  return {
    arrive() {
      arrivals += 1;
      return arrivals;
    },
    run(id, arrival, hook) {
      const known = runs.get(id);
      if (known && arrival <= known.lastArrival && now() < known.lostAtMs) return known.result;
      const result = Promise.resolve()
        .then(hook)
        .then(
          () => {
            run.lostAtMs = Number.POSITIVE_INFINITY;
          },
          (error: unknown) => {
            run.lastArrival = arrivals;
            throw error;
          },
        );
      const run: Run = { result, lastArrival: Number.POSITIVE_INFINITY, lostAtMs: now() + lostAfterMs };
      remember(runs, id, run, maxRuns);
      return result;
    },
  };
}
