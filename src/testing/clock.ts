import { invalidInput } from '../errors.js';
import { createMacrotasks } from './macrotasks.js';

/**
 * The sandbox's time, a discrete-event simulation: time stands still while anything is going on, and when all is quiet
 * it jumps to the next moment somebody waits for.
 */
export interface SimulatedClock {
  now(): number;
  /** A client's wait: skipped, unless the sandbox waits for the payer. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** The sandbox's own wait (a late answer, a late callback): skipped even then, real on a `now` of the user's. */
  delay(ms: number, signal?: AbortSignal): Promise<void>;
  /** Runs something when time passes that moment; nobody waits for it, so time does not jump for its sake. */
  schedule(ms: number, run: () => void): void;
  /** As `schedule`, but only `advance` and real time count: the payer does not lose patience by skipped waits. */
  schedulePatience(ms: number, run: () => void): void;
  /** Time does not jump while this work is going on. */
  whileBusy<T>(work: () => Promise<T>): Promise<T>;
  /** Lets happen what is due by now; needed where time is real. */
  catchUp(): void;
  /** Somebody saw that the payer has not decided: stop skipping waits. */
  hold(): void;
  /** Something happened: whoever sleeps now is woken once, each at its time. */
  release(): void;
  advance(ms: number): void;
}

interface Event {
  dueMs: number;
  readonly kind: 'sleep' | 'delay' | 'schedule' | 'patience';
  /** May time jump for it while the sandbox waits for the payer? */
  isReleased: boolean;
  run(): void;
}

// The longest that the platform's setTimeout takes.
const maxTimerMs = 2 ** 31 - 1;

export function createSimulatedClock(realNow?: () => number): SimulatedClock {
  const startedAtMs = Date.now();
  const baseNow = realNow ?? (() => startedAtMs);
  // In order of arrival, so that of two events due at once the earlier comer goes first.
  const events = new Set<Event>();
  let offsetMs = 0;
  let busyCount = 0;
  let isHeld = false;
  const quiet = createMacrotasks(() => {
    if (busyCount === 0) jump();
  });

  const now = () => baseNow() + offsetMs;

  function earliest(isWanted: (event: Event) => boolean): Event | undefined {
    let found: Event | undefined;
    for (const event of events) {
      if (isWanted(event) && (found === undefined || event.dueMs < found.dueMs)) found = event;
    }
    return found;
  }

  function happen(event: Event): void {
    events.delete(event);
    event.run();
  }

  function pullsTime(event: Event): boolean {
    if (event.kind === 'sleep') return !isHeld || event.isReleased || event.dueMs <= now();
    return event.kind === 'delay' && realNow === undefined;
  }

  /** One event at a time: what it sets going has to come to rest before time moves again. */
  function jump(): void {
    if (earliest(pullsTime) === undefined) return;
    const event = earliest(({ kind }) => kind !== 'patience');
    if (event === undefined) return;
    const skippedMs = Math.max(0, event.dueMs - now());
    offsetMs += skippedMs;
    for (const other of events) if (other.kind === 'patience') other.dueMs += skippedMs;
    happen(event);
    quiet.await();
  }

  function runDue(untilMs: number): void {
    for (;;) {
      const event = earliest(({ dueMs }) => dueMs <= untilMs);
      if (event === undefined) return;
      offsetMs += Math.max(0, event.dueMs - now());
      happen(event);
    }
  }

  /** On real time nobody may come by when an event is due, so a timer of the platform sees to it. */
  function startTimer(event: Event): () => void {
    if (realNow === undefined) return () => {};
    const setAtMs = baseNow();
    let stop = () => {};
    const timer = setTimeout(
      () => {
        // The user's `now` may be a frozen one: a wait ends all the same, a scheduled event is for the next visitor.
        if (event.kind === 'sleep' || event.kind === 'delay') happen(event);
        else if (event.dueMs <= now()) runDue(now());
        else if (events.has(event) && baseNow() !== setAtMs) stop = startTimer(event);
      },
      Math.min(Math.max(1, event.dueMs - now()), maxTimerMs),
    );
    // A payer's patience is no reason to keep a process alive.
    if (event.kind !== 'sleep' && event.kind !== 'delay') (timer as { unref?: () => void }).unref?.();
    return () => {
      clearTimeout(timer);
      stop();
    };
  }

  function addEvent(kind: Event['kind'], ms: number, run: () => void): { cancel(): void } {
    const event: Event = { dueMs: now() + ms, kind, isReleased: false, run: () => {} };
    events.add(event);
    const stopTimer = startTimer(event);
    event.run = () => {
      stopTimer();
      run();
    };
    quiet.await();
    return {
      cancel() {
        events.delete(event);
        stopTimer();
        quiet.await();
      },
    };
  }

  function wait(kind: 'sleep' | 'delay', ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const event = addEvent(kind, Math.max(0, ms), () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      function onAbort() {
        event.cancel();
        reject(signal?.reason);
      }
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  function release(): void {
    isHeld = false;
    for (const event of events) event.isReleased = true;
    quiet.await();
  }

  return {
    now,
    sleep: (ms, signal) => wait('sleep', ms, signal),
    delay: (ms, signal) => wait('delay', ms, signal),
    schedule: (ms, run) => void addEvent('schedule', ms, run),
    schedulePatience: (ms, run) => void addEvent('patience', ms, run),
    async whileBusy(work) {
      busyCount += 1;
      try {
        return await work();
      } finally {
        busyCount -= 1;
        quiet.await();
      }
    },
    catchUp() {
      // Virtual time never runs ahead of what is due.
      if (realNow !== undefined) runDue(now());
    },
    hold() {
      isHeld = true;
    },
    release,
    advance(ms) {
      if (!Number.isFinite(ms) || ms < 0) {
        throw invalidInput('Time cannot be moved', [
          { path: 'ms', message: 'must be a finite number of milliseconds, 0 or more' },
        ]);
      }
      const targetMs = now() + ms;
      runDue(targetMs);
      offsetMs += Math.max(0, targetMs - now());
      release();
    },
  };
}
