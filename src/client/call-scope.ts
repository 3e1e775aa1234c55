import { type Clock, maxTimerMs } from './clock.js';
import { Interruption } from './failure.js';

/** What every method takes as its last argument. */
export interface CallOptions {
  /** Ends the call: it rejects with `aborted`, or `outcome_unknown` when a create may have left. */
  readonly signal?: AbortSignal | undefined;
  /** Bounds the whole call with all its retries, in milliseconds. */
  readonly deadlineMs?: number | undefined;
}

const ignore = () => {};

/**
 * The bounds of one call: the caller's abort and the deadline. Every await of the call runs through it, so that nothing
 * waits longer, whatever a fetch, a store or a clock does with the signal it is given. {@link CallScope.close} leaves
 * no timer and no listener.
 */
export class CallScope {
  readonly clock: Clock;
  readonly startedAtMs: number;
  readonly deadlineAtMs: number;
  readonly #controller = new AbortController();
  readonly #stopListening: () => void;
  #stoppedBy: 'aborted' | 'deadline' | undefined;
  #abortReason: unknown;

  constructor(clock: Clock, deadlineMs: number, signal?: AbortSignal) {
    this.clock = clock;
    this.startedAtMs = clock.now();
    this.deadlineAtMs = this.startedAtMs + deadlineMs;
    const stop = (why: 'aborted' | 'deadline') => {
      this.#stoppedBy ??= why;
      this.#controller.abort();
    };
    const onAbort = () => {
      this.#abortReason = signal?.reason;
      stop('aborted');
    };
    // A real timer beside the clock's deadline: work in flight must end even if the clock stands still.
    const timer = setTimeout(() => stop('deadline'), Math.min(deadlineMs, maxTimerMs));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#stopListening = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    if (signal?.aborted) onAbort();
  }

  /** What the caller aborted with. */
  get abortReason(): unknown {
    return this.#abortReason;
  }

  /** Why the call is over, if it is. */
  get stoppedBy(): 'aborted' | 'deadline' | undefined {
    return this.#stoppedBy ?? (this.remainingMs() <= 0 ? 'deadline' : undefined);
  }

  remainingMs(): number {
    return this.deadlineAtMs - this.clock.now();
  }

  /** Runs work within the bounds and, when given, a limit of its own; the work's signal aborts when it is given up. */
  async run<Result>(
    work: (signal: AbortSignal) => Promise<Result>,
    limitMs = Number.POSITIVE_INFINITY,
  ): Promise<Result> {
    this.throwIfStopped();
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let onStop = ignore;
    const interrupted = new Promise<never>((_, reject) => {
      onStop = () => reject(new Interruption(this.stoppedBy ?? 'aborted'));
      this.#controller.signal.addEventListener('abort', onStop, { once: true });
      const remainingMs = this.remainingMs();
      const boundMs = Math.min(limitMs, remainingMs);
      if (boundMs < maxTimerMs) {
        timer = setTimeout(() => reject(new Interruption(remainingMs <= limitMs ? 'deadline' : 'attempt')), boundMs);
      }
    });
    try {
      const working = work(controller.signal);
      working.catch(ignore);
      return await Promise.race([working, interrupted]);
    } catch (error) {
      controller.abort();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#controller.signal.removeEventListener('abort', onStop);
    }
  }

  /** Waits, but not past the deadline: a wait that would not end in time ends the call at the deadline. */
  async sleep(ms: number): Promise<void> {
    const remainingMs = this.remainingMs();
    await this.run((signal) => this.clock.sleep(Math.min(ms, Math.max(remainingMs, 0)), signal));
    if (ms >= remainingMs) throw new Interruption('deadline');
  }

  throwIfStopped(): void {
    const { stoppedBy } = this;
    if (stoppedBy !== undefined) throw new Interruption(stoppedBy);
  }

  close(): void {
    this.#stopListening();
  }
}
