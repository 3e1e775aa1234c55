import { MomoError } from '../errors.js';
import {
  createPollState,
  type PollableStatus,
  type PollObservation,
  type PollSchedule,
  type PollState,
  pollStep,
} from '../payment/poll-step.js';
import type { CallOptions, CallScope } from './call-scope.js';
import { Failure, Interruption } from './failure.js';
import type { PollHints } from './poll-hints.js';
import type { ReadTicket } from './status-budget.js';

/** How to poll. */
export interface PollOptions<Status extends PollableStatus = PollableStatus> extends CallOptions {
  /** `interactive` (default) while the payer waits at a till; `callback-first` where a callback should come. */
  readonly schedule?: PollSchedule | undefined;
  /** Milliseconds after which the result is `uncertain`; default 600 000. The payer has about 5 minutes. */
  readonly deadlineMs?: number | undefined;
  /** How long "not found" is nothing odd; default 60 000 ms. */
  readonly notFoundGraceMs?: number | undefined;
  /** Runs after each read that found the payment; the poll waits for it, and its error ends the poll. */
  readonly onUpdate?: ((status: Status) => void | Promise<void>) | undefined;
  /** Reads another kind of resource. Pass the options on: they carry the signal, and make each read a single attempt. */
  readonly read?: ((referenceId: string, options: CallOptions) => Promise<Status>) | undefined;
}

/** How a read of the poll is made, with the poll's place in the queue. */
export type PollRead<Status> = (ticket: ReadTicket) => Promise<Status>;

/** How a poll ended, before it has a caller's type. */
export type PollOutcome<Status> = {
  readonly referenceId: string;
  readonly reads: number;
  readonly elapsedMs: number;
} & (
  | { readonly state: 'successful' | 'failed' | 'expired'; readonly payment: Status }
  | { readonly state: 'uncertain'; readonly why: 'deadline' | 'not-found'; readonly payment?: Status }
);

/** Payments younger than this go before older ones: the payer has about as long. */
const youngMs = 300_000;

const goingOn = ['network', 'timeout', 'rate_limited', 'unavailable', 'unexpected_response'];

/** What a failed read means for the poll. Keys, permissions and wrong addresses do not mend themselves: those are thrown. */
function observationOf(error: unknown): PollObservation<never> {
  const isOurs = error instanceof Failure || MomoError.is(error);
  const code = isOurs ? (error as { code: string }).code : undefined;
  if (code === 'not_found') return { kind: 'not-found' };
  if (code === undefined || !goingOn.includes(code)) throw error;
  const retryAfterMs = error instanceof Failure ? error.details.retryAfterMs : (error as MomoError).retryAfterMs;
  return { kind: 'busy', retryAfterMs };
}

export interface PollPlan<Status extends PollableStatus> {
  readonly referenceId: string;
  readonly scope: CallScope;
  readonly options: PollOptions<Status>;
  readonly hints: PollHints;
  readonly read: PollRead<Status>;
}

/** The loop around {@link pollStep}: it waits, reads, and leaves no timer. */
export class Poll<Status extends PollableStatus> {
  readonly #plan: PollPlan<Status>;
  readonly #ticket: ReadTicket = { priority: 'young' };
  #state: PollState;
  #last: Status | undefined;
  #isHinted = false;
  #wake = () => {};
  #isPastDeadline = false;

  /** @throws MomoError `invalid_input` for options that make no schedule */
  constructor(plan: PollPlan<Status>) {
    const { referenceId, scope, options } = plan;
    const { schedule, notFoundGraceMs } = options;
    const deadlineMs = scope.deadlineAtMs - scope.startedAtMs;
    this.#plan = plan;
    this.#state = createPollState({
      referenceId,
      startedAtMs: scope.startedAtMs,
      schedule,
      deadlineMs,
      notFoundGraceMs,
    });
  }

  async run(): Promise<PollOutcome<Status>> {
    const { hints, referenceId } = this.#plan;
    const stopListening = hints.listen(referenceId, () => {
      this.#isHinted = true;
      this.#ticket.priority = 'urgent';
      this.#wake();
    });
    try {
      let observation: PollObservation<Status> = { kind: 'none' };
      for (;;) {
        const step = pollStep<Status>(this.#state, observation, this.#nowMs());
        this.#state = step.state;
        if (step.result !== undefined) return this.#withLast(step.result);
        observation = await (step.action === 'read' ? this.#read() : this.#wait(step.delayMs ?? 0));
      }
    } finally {
      stopListening();
    }
  }

  /** The scope's timer may fire a moment before the clock says so, or while the clock stands still. */
  #nowMs(): number {
    const { clock, deadlineAtMs } = this.#plan.scope;
    return this.#isPastDeadline ? Math.max(clock.now(), deadlineAtMs) : clock.now();
  }

  /** Swallows the deadline, which ends a poll without a throw; an abort goes through. */
  async #untilDeadline<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Interruption) || error.why === 'aborted') throw error;
      this.#isPastDeadline = true;
      return undefined;
    }
  }

  async #read(): Promise<PollObservation<Status>> {
    const { scope, read, options } = this.#plan;
    let payment: Status | undefined;
    try {
      payment = await this.#untilDeadline(() => read(this.#ticket));
    } catch (error) {
      if (error instanceof Interruption) throw error;
      return observationOf(error);
    } finally {
      this.#ticket.priority = scope.clock.now() - scope.startedAtMs < youngMs ? 'young' : 'old';
    }
    if (payment === undefined) return { kind: 'none' };
    const found = payment;
    this.#last = found;
    const { onUpdate } = options;
    if (onUpdate !== undefined) await this.#untilDeadline(() => scope.run(async () => onUpdate(found)));
    return { kind: 'status', payment: found };
  }

  async #wait(delayMs: number): Promise<PollObservation<Status>> {
    const { scope } = this.#plan;
    if (!this.#isHinted) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await this.#untilDeadline(() =>
        scope.run(async (signal) => {
          const sleep = new AbortController();
          signal.addEventListener('abort', () => sleep.abort(), { once: true });
          const slept = (async () => scope.clock.sleep(delayMs, sleep.signal))();
          slept.catch(() => {});
          await Promise.race([slept, woken]);
          sleep.abort();
        }),
      );
    }
    const isHinted = this.#isHinted;
    this.#isHinted = false;
    return { kind: isHinted ? 'check-now' : 'none' };
  }

  #withLast(result: PollOutcome<Status>): PollOutcome<Status> {
    if (result.payment !== undefined || this.#last === undefined) return result;
    return { ...result, payment: this.#last } as PollOutcome<Status>;
  }
}
