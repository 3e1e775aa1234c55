import { Issues } from '../errors.js';
import { checkReferenceId } from './reference-id.js';

/** When to read: a named schedule, or your own first wait, growth and longest wait. */
export type PollSchedule =
  | 'interactive'
  | 'callback-first'
  | { readonly firstMs: number; readonly factor: number; readonly maxMs: number };

/** Why a poll ended without MTN's final word. */
export type UncertainReason = 'deadline' | 'not-found' | 'mismatch';

/** What {@link createPollState} starts from. */
export interface PollPlan {
  readonly referenceId: string;
  /** Epoch milliseconds at which the poll starts. */
  readonly startedAtMs: number;
  /** `interactive` (default): 2 s, ×1.5 up to 30 s. `callback-first`: 60 s, ×2 up to 300 s. */
  readonly schedule?: PollSchedule | undefined;
  /** Milliseconds after which the poll ends as uncertain; default 600 000. */
  readonly deadlineMs?: number | undefined;
  /** How long "not found" is nothing odd; default 60 000. */
  readonly notFoundGraceMs?: number | undefined;
}

/** A poll as plain JSON, under 1 kB: keep it in a queue or a workflow and hand it back. Its fields are not for you. */
export interface PollState {
  readonly version: 1;
  readonly referenceId: string;
  readonly startedAtMs: number;
  readonly firstMs: number;
  readonly factor: number;
  readonly maxMs: number;
  readonly deadlineAtMs: number;
  readonly graceUntilMs: number;
  /** How many waits of the schedule have begun; the first is number 0. */
  readonly attempt: number;
  readonly reads: number;
  readonly nextReadAtMs: number;
  /** 0: no read yet. */
  readonly lastReadAtMs: number;
  readonly isFound: boolean;
  readonly notFoundCount: number;
  /** "Not found" often enough, and the last time after the grace. */
  readonly isNotFound: boolean;
}

/** The two facts about a payment that polling needs. */
export interface PollableStatus {
  readonly state: string;
  readonly isFinal: boolean;
}

/** What happened since the last step. */
export interface PollObservation<Payment extends PollableStatus = PollableStatus> {
  /**
   * `none`: nothing (the start, or a wait that ended). `status`: a read found the payment. `not-found`: MTN's wallet said
   * 404. `busy`: no usable answer (network, 429, 5xx). `check-now`: a hint, such as a callback, that a read is worth it.
   */
  readonly kind: 'none' | 'status' | 'not-found' | 'busy' | 'check-now';
  readonly payment?: Payment | undefined;
  /** With `busy`: what MTN's `Retry-After` asked for, in milliseconds; honoured up to 30 s. */
  readonly retryAfterMs?: number | undefined;
}

/** What to do next. */
export type PollStep<Payment extends PollableStatus = PollableStatus> = { readonly state: PollState } & (
  | { /** Read the status now. */ readonly action: 'read'; readonly delayMs?: never; readonly result?: never }
  | {
      /** Come back after `delayMs` milliseconds, or earlier with `check-now`. */
      readonly action: 'wait';
      readonly delayMs: number;
      readonly result?: never;
    }
  | { readonly action: 'done'; readonly delayMs?: never; readonly result: PollStepResult<Payment> }
);

/** How a poll ended. `payment` is there only when it came with the observation just passed. */
export type PollStepResult<Payment extends PollableStatus = PollableStatus> = {
  readonly referenceId: string;
  readonly reads: number;
  readonly elapsedMs: number;
} & (
  | { readonly state: 'successful' | 'failed' | 'expired'; readonly payment: Payment }
  | { readonly state: 'uncertain'; readonly why: 'deadline' | 'not-found'; readonly payment?: Payment }
);

const schedules: Partial<Record<string, { firstMs: number; factor: number; maxMs: number }>> = {
  interactive: { firstMs: 2_000, factor: 1.5, maxMs: 30_000 },
  'callback-first': { firstMs: 60_000, factor: 2, maxMs: 300_000 },
};

/** A JSON-safe stand-in for "never", a few centuries away. */
const farAwayMs = 9_000_000_000_000;

/** Infinity would be null in JSON, so it becomes a date that is only far away. */
const bounded = (value: number) => Math.min(value, farAwayMs);

/** FNV-1a over reference id and attempt, as a factor of 0.8 to 1.2: jitter that a replay repeats. */
function jitter(referenceId: string, attempt: number): number {
  let hash = 0x811c9dc5;
  // The attempt first: what comes last hardly reaches the high bits.
  for (const sign of `${attempt}:${referenceId}`) hash = Math.imul(hash ^ sign.charCodeAt(0), 0x01000193);
  return 0.8 + ((hash >>> 0) / 0xffffffff) * 0.4;
}

function scheduledWaitMs(state: PollState): number {
  const planned = Math.min(state.firstMs * state.factor ** state.attempt, state.maxMs);
  return Math.round(planned * jitter(state.referenceId, state.attempt));
}

/** Plans the next read, not past the one that is owed shortly before the deadline. */
function planRead(state: PollState, nowMs: number, notBeforeMs = 0): PollState {
  /** A read needs some time of its own: the last one starts this long before the deadline. */
  const lastReadBeforeDeadlineMs = 5_000;
  const wanted = Math.max(nowMs + scheduledWaitMs(state), notBeforeMs);
  const lastReadAtMs = state.deadlineAtMs - lastReadBeforeDeadlineMs;
  const isLastReadOwed = nowMs < lastReadAtMs || state.reads === 0;
  const nextReadAtMs = isLastReadOwed ? Math.max(nowMs, Math.min(wanted, lastReadAtMs)) : farAwayMs;
  return { ...state, attempt: state.attempt + 1, nextReadAtMs };
}

/**
 * Starts a poll as plain JSON. Pure: no clock, no randomness, no I/O.
 *
 * @throws MomoError `invalid_input` for a reference id that is no UUID v4, or numbers that make no schedule.
 * @example
 * ```ts
 * let state = createPollState({ referenceId, startedAtMs: Date.now() });
 * ```
 */
export function createPollState(plan: PollPlan): PollState {
  const { startedAtMs, schedule = 'interactive', deadlineMs = 600_000, notFoundGraceMs = 60_000 } = plan;
  const { firstMs, factor, maxMs } = typeof schedule === 'string' ? Object(schedules[schedule]) : Object(schedule);
  const issues = new Issues();
  const referenceId = checkReferenceId(issues, plan.referenceId);
  issues.checkNumbers(0, { startedAtMs, deadlineMs, notFoundGraceMs });
  issues.checkNumbers(1, { 'schedule.firstMs': firstMs, 'schedule.factor': factor, 'schedule.maxMs': maxMs });
  issues.throwIfAny('The poll cannot start');
  return planRead(
    {
      version: 1,
      referenceId,
      startedAtMs: bounded(startedAtMs),
      firstMs: bounded(firstMs),
      factor: bounded(factor),
      maxMs: bounded(maxMs),
      deadlineAtMs: bounded(startedAtMs + deadlineMs),
      graceUntilMs: bounded(startedAtMs + notFoundGraceMs),
      attempt: 0,
      reads: 0,
      nextReadAtMs: 0,
      lastReadAtMs: 0,
      isFound: false,
      notFoundCount: 0,
      isNotFound: false,
    },
    bounded(startedAtMs),
  );
}

/** What an observation teaches, before the question what to do. */
function observe(state: PollState, observation: PollObservation, nowMs: number): PollState {
  const maxRetryAfterMs = 30_000;
  const checkNowSpacingMs = 1_000;
  /** Fewer than this many answers "not found" prove nothing. */
  const notFoundAnswersNeeded = 3;
  switch (observation.kind) {
    case 'status':
      return planRead({ ...state, isFound: true }, nowMs);
    case 'not-found': {
      const notFoundCount = state.notFoundCount + 1;
      const isNotFound = notFoundCount >= notFoundAnswersNeeded && nowMs >= state.graceUntilMs;
      return planRead({ ...state, notFoundCount, isNotFound }, nowMs);
    }
    case 'busy':
      return planRead(state, nowMs, nowMs + Math.min(Math.max(observation.retryAfterMs || 0, 0), maxRetryAfterMs));
    case 'check-now':
      return {
        ...state,
        nextReadAtMs: Math.min(state.nextReadAtMs, Math.max(nowMs, state.lastReadAtMs + checkNowSpacingMs)),
      };
    default:
      return state;
  }
}

/**
 * One step of a poll: what was observed goes in, what to do comes out. Pure: the same inputs give the same answer, so a
 * poll runs inside any queue, alarm or durable workflow. Start with `{ kind: 'none' }`; after `read` pass what the read
 * said; after `wait` pass `none`.
 *
 * @param state - The state of the step before; its JSON is good enough.
 * @param nowMs - Epoch milliseconds.
 * @throws MomoError `invalid_input` for a state of another version.
 * @example
 * ```ts
 * const step = pollStep(state, { kind: 'none' }, Date.now());
 * if (step.action === 'wait') await queue.send(step.state, { delaySeconds: Math.ceil(step.delayMs / 1000) });
 * ```
 */
export function pollStep<Payment extends PollableStatus = PollableStatus>(
  state: PollState,
  observation: PollObservation<Payment>,
  nowMs: number,
): PollStep<Payment> {
  const issues = new Issues();
  issues.check(state?.version === 1, 'state.version', 'must be 1: make a new state with createPollState');
  issues.throwIfAny('The poll cannot go on');
  const { kind, payment } = observation;
  const next = observe(state, observation, nowMs);
  const { referenceId, reads, startedAtMs, deadlineAtMs, nextReadAtMs, isFound, isNotFound } = next;
  const done = (end: object): PollStep<Payment> => {
    const elapsedMs = Math.max(0, nowMs - startedAtMs);
    const result = { referenceId, reads, elapsedMs, ...end, ...(payment && { payment }) } as PollStepResult<Payment>;
    return { state: next, action: 'done', result };
  };
  if (kind === 'status' && payment?.isFinal) return done({ state: payment.state });
  if (nowMs >= deadlineAtMs)
    return done({ state: 'uncertain', why: isNotFound && !isFound ? 'not-found' : 'deadline' });
  if (nowMs < nextReadAtMs) {
    return { state: next, action: 'wait', delayMs: Math.min(nextReadAtMs, deadlineAtMs) - nowMs };
  }
  // Should the answer get lost (a crash between two steps), the next read is planned already.
  const read = { ...next, reads: reads + 1, lastReadAtMs: nowMs };
  return { state: { ...read, nextReadAtMs: planRead(read, nowMs).nextReadAtMs }, action: 'read' };
}
