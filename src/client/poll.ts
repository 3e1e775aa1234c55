import { MomoError } from '../errors.js';
import {
  createPollState,
  type PollableStatus,
  type PollObservation,
  type PollSchedule,
  type PollStepResult,
  pollStep,
} from '../payment/poll-step.js';
import type { Call, CallOptions } from './call.js';
import { Failure, Interruption, passingCodes } from './failure.js';
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
  readonly onUpdate?: ((status: Status) => unknown) | undefined;
  /** Reads another kind of resource. Pass the options on: they carry the signal, and make each read a single attempt. */
  readonly read?: ((referenceId: string, options: CallOptions) => Promise<Status>) | undefined;
}

/** What a failed read means for the poll. Keys, permissions and wrong addresses do not mend themselves: those are thrown. */
function observationOf(error: unknown): PollObservation<never> {
  const { code, details = error as MomoError } = error as Failure;
  if (!(error instanceof Failure || MomoError.is(error))) throw error;
  if (code === 'not_found') return { kind: 'not-found' };
  if (passingCodes.includes(code)) return { kind: 'busy', retryAfterMs: details.retryAfterMs };
  throw error;
}

/** A poll, ready to run; what makes no schedule is refused before. */
export interface Poll<Status extends PollableStatus> {
  run(): Promise<PollStepResult<Status>>;
}

/**
 * The loop around {@link pollStep}: it waits, reads, and leaves no timer.
 *
 * @param read - Makes one read, in the poll's place in the queue of reads.
 * @throws MomoError `invalid_input` for options that make no schedule
 */
export function createPoll<Status extends PollableStatus>(
  call: Call,
  clock: { sleep(ms: number, signal?: AbortSignal): Promise<void> },
  hints: PollHints,
  referenceId: string,
  { schedule, notFoundGraceMs, onUpdate }: PollOptions<Status>,
  read: (ticket: ReadTicket) => Promise<Status>,
): Poll<Status> {
  /** Payments younger than this go before older ones: the payer has about as long. */
  const youngMs = 300_000;
  const { startedAtMs, deadlineAtMs } = call;
  const deadlineMs = deadlineAtMs - startedAtMs;
  let state = createPollState({ referenceId, startedAtMs, schedule, deadlineMs, notFoundGraceMs });
  const ticket: ReadTicket = { priority: 'young' };
  let isHinted = false;
  let wake = () => {};
  let isPastDeadline = false;
  let last: Status | undefined;

  /** The deadline ends a poll without a throw; an abort goes through. */
  const untilDeadline = async <Result>(work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Interruption) || error.why === 'aborted') throw error;
      isPastDeadline = true;
      return undefined;
    }
  };

  const observe = async (): Promise<PollObservation<Status>> => {
    let payment: Status | undefined;
    try {
      payment = await untilDeadline(() => read(ticket));
    } catch (error) {
      if (error instanceof Interruption) throw error;
      return observationOf(error);
    } finally {
      ticket.priority = isHinted ? 'urgent' : call.nowMs() - startedAtMs < youngMs ? 'young' : 'old';
    }
    if (payment === undefined) return { kind: 'none' };
    const found = payment;
    last = found;
    if (onUpdate) await untilDeadline(() => call.run(async () => onUpdate(found)));
    return { kind: 'status', payment };
  };

  const wait = async (delayMs: number): Promise<PollObservation<Status>> => {
    if (!isHinted) {
      const woken = new Promise<void>((resolve) => {
        wake = resolve;
      });
      await untilDeadline(() => call.run((signal) => Promise.race([clock.sleep(delayMs, signal), woken])));
    }
    const kind = isHinted ? 'check-now' : 'none';
    isHinted = false;
    return { kind };
  };

  return {
    async run() {
      const stopListening = hints.listen(referenceId, () => {
        isHinted = true;
        ticket.priority = 'urgent';
        wake();
      });
      try {
        let observation: PollObservation<Status> = { kind: 'none' };
        for (;;) {
          // The call's timer may fire a moment before the clock says so, or while the clock stands still.
          const nowMs = Math.max(call.nowMs(), isPastDeadline ? deadlineAtMs : 0);
          const { state: next, action, delayMs = 0, result } = pollStep<Status>(state, observation, nowMs);
          state = next;
          if (result) return last === undefined ? result : ({ payment: last, ...result } as typeof result);
          observation = await (action === 'read' ? observe() : wait(delayMs));
        }
      } finally {
        stopListening();
      }
    },
  };
}
