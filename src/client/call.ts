import { type Clock, maxTimerMs } from './clock.js';
import type { Report } from './events.js';
import { bareCause, Failure, Interruption } from './failure.js';

/** What every method takes as its last argument. */
export interface CallOptions {
  /** Ends the call: it rejects with `aborted`, or `outcome_unknown` when a create may have left. */
  readonly signal?: AbortSignal | undefined;
  /** Bounds the whole call with all its retries, in milliseconds. */
  readonly deadlineMs?: number | undefined;
  /**
   * Awaited each time before a status read leaves, those of retries and of a lost create too: for a limit that several
   * processes share. What it rejects with passes through; a lost create asks again a little later.
   */
  readonly beforeStatusRead?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
}

/**
 * One call and its bounds: the caller's abort and the deadline. Every await runs through {@link Call.run}, so that
 * nothing waits longer, whatever a fetch, a store or a clock does with the signal it is given.
 */
export interface Call {
  readonly report: Report;
  readonly beforeStatusRead: CallOptions['beforeStatusRead'];
  readonly startedAtMs: number;
  readonly deadlineAtMs: number;
  nowMs(): number;
  remainingMs(): number;
  /** Why the call is over, if it is. */
  stoppedBy(): 'aborted' | 'deadline' | undefined;
  /** Runs work within the bounds and, when given, a limit of its own; the work's signal aborts when it is over. */
  run<Result>(work: (signal: AbortSignal) => Promise<Result>, limitMs?: number): Promise<Result>;
  /** Waits. A wait that would not end before the deadline ends the call there. */
  sleep(ms: number): Promise<void>;
  /** What an interruption means where nothing was changed. */
  interruption(error: Interruption): Failure;
  /** Leaves no timer and no listener. */
  close(): void;
}

/** A timer, but for a time too far away for one. */
function after(ms: number, act: () => void) {
  return ms <= maxTimerMs ? setTimeout(act, ms) : undefined;
}

export function openCall(
  clock: Clock,
  report: Report,
  deadlineMs: number,
  { signal, beforeStatusRead }: CallOptions = {},
): Call {
  const nowMs = () => clock.now();
  const startedAtMs = nowMs();
  const deadlineAtMs = startedAtMs + deadlineMs;
  const running = new Set<() => void>();
  let stopped: 'aborted' | 'deadline' | undefined;
  const stop = (why: 'aborted' | 'deadline') => {
    stopped ??= why;
    for (const interrupt of running) interrupt();
  };
  const onAbort = () => stop('aborted');
  // A real timer beside the clock's deadline: work in flight must end even if the clock stands still.
  const deadline = after(deadlineMs, () => stop('deadline'));
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();

  const remainingMs = () => deadlineAtMs - nowMs();
  const stoppedBy = () => stopped ?? (remainingMs() <= 0 ? 'deadline' : undefined);
  const run = <Result>(work: (signal: AbortSignal) => Promise<Result>, limitMs = Infinity) =>
    new Promise<Result>((resolve, reject) => {
      const why = stoppedBy();
      if (why) return reject(new Interruption(why));
      const controller = new AbortController();
      // Aborts after success too: what else the work has begun, such as the loser of a race, ends with it.
      const settle = () => {
        clearTimeout(limit);
        running.delete(onStop);
        controller.abort();
      };
      const interrupt = (cause: Interruption['why']) => {
        reject(new Interruption(cause));
        settle();
      };
      const onStop = () => interrupt(stopped ?? 'aborted');
      const leftMs = remainingMs();
      const limit = after(Math.min(limitMs, leftMs), () => interrupt(leftMs <= limitMs ? 'deadline' : 'attempt'));
      running.add(onStop);
      // async: work that throws at once has failed like any other
      (async () => work(controller.signal))().then(resolve, reject).finally(settle);
    });
  return {
    report,
    beforeStatusRead,
    startedAtMs,
    deadlineAtMs,
    nowMs,
    remainingMs,
    stoppedBy,
    run,
    async sleep(ms) {
      const leftMs = remainingMs();
      await run((inner) => clock.sleep(Math.min(ms, leftMs), inner));
      if (ms >= leftMs) throw new Interruption('deadline');
    },
    interruption: ({ why, message }) =>
      why === 'aborted'
        ? new Failure('aborted', message, { cause: bareCause(signal?.reason) })
        : new Failure('timeout', message),
    close() {
      clearTimeout(deadline);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}
