import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createPollState,
  type PollObservation,
  type PollPlan,
  type PollState,
  pollStep,
  type UncertainReason,
} from '../../src/index.js';

const referenceId = '7f3c2b1a-5d4e-4f60-8a9b-0c1d2e3f4a5b';
const startedAtMs = 1_700_000_000_000;
const pending = { state: 'pending', isFinal: false };
const paid = { state: 'successful', isFinal: true };

type Answers = (readNumber: number) => PollObservation;

/** Plays a poll on virtual time: when it read, and how it ended. */
function play(plan: Partial<PollPlan>, answers: Answers, throughJson = false) {
  let state = createPollState({ referenceId, startedAtMs, ...plan });
  let nowMs = startedAtMs;
  let observation: PollObservation = { kind: 'none' };
  const readsAtMs: number[] = [];
  const states: PollState[] = [state];
  for (let turn = 0; turn < 2_000; turn++) {
    const step = pollStep(throughJson ? JSON.parse(JSON.stringify(state)) : state, observation, nowMs);
    state = step.state;
    states.push(state);
    if (step.action === 'done') return { readsAtMs, result: step.result, states, endedAtMs: nowMs - startedAtMs };
    if (step.action === 'wait') {
      nowMs += step.delayMs;
      observation = { kind: 'none' };
    } else {
      readsAtMs.push(nowMs - startedAtMs);
      observation = answers(readsAtMs.length);
    }
  }
  throw new Error('the poll does not end');
}

const alwaysPending: Answers = () => ({ kind: 'status', payment: pending });

function gapsOf(readsAtMs: readonly number[]): number[] {
  return readsAtMs.map((atMs, index) => atMs - (readsAtMs[index - 1] ?? 0));
}

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

/** The state with one read of this kind just planned, due at once. */
function readOnce(plan: Partial<PollPlan> = {}) {
  const state = createPollState({ referenceId, startedAtMs, ...plan });
  const nowMs = state.nextReadAtMs;
  const step = pollStep(state, { kind: 'none' }, nowMs);
  expect(step.action).toBe('read');
  return { state: step.state, nowMs };
}

describe('the schedule', () => {
  test('interactive reads after 2 s, then 1.5 times later each time up to 30 s, all within 20 %', () => {
    const gaps = gapsOf(play({}, alwaysPending).readsAtMs).slice(0, -1);
    expect(gaps.length).toBeGreaterThan(15);
    gaps.forEach((gap, index) => {
      const planned = Math.min(2_000 * 1.5 ** index, 30_000);
      expect(gap).toBeGreaterThanOrEqual(Math.floor(planned * 0.8));
      expect(gap).toBeLessThanOrEqual(Math.ceil(planned * 1.2));
    });
  });

  test('callback-first reads after 60 s, then twice as late each time up to 300 s', () => {
    const gaps = gapsOf(play({ schedule: 'callback-first', deadlineMs: 3_600_000 }, alwaysPending).readsAtMs);
    expect(gaps.length).toBeGreaterThan(8);
    gaps.slice(0, -1).forEach((gap, index) => {
      const planned = Math.min(60_000 * 2 ** index, 300_000);
      expect(gap).toBeGreaterThanOrEqual(planned * 0.8 - 1);
      expect(gap).toBeLessThanOrEqual(planned * 1.2 + 1);
    });
  });

  test('of your own is followed', () => {
    const schedule = { firstMs: 500, factor: 3, maxMs: 4_000 };
    const gaps = gapsOf(play({ schedule, deadlineMs: 60_000 }, alwaysPending).readsAtMs).slice(0, -1);
    gaps.forEach((gap, index) => {
      const planned = [500, 1_500][index] ?? 4_000;
      expect(Math.abs(gap / planned - 1)).toBeLessThanOrEqual(0.201);
    });
  });

  test('is jittered by reference id and attempt: spread over the whole range, and the same again for the same id', () => {
    const factors = Array.from({ length: 2_000 }, (_, index) => {
      const id = `${index.toString(16).padStart(8, '0')}-5d4e-4f60-8a9b-0c1d2e3f4a5b`;
      const { nextReadAtMs } = createPollState({ referenceId: id, startedAtMs });
      expect(createPollState({ referenceId: id, startedAtMs }).nextReadAtMs).toBe(nextReadAtMs);
      return (nextReadAtMs - startedAtMs) / 2_000;
    });
    expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.8);
    expect(Math.max(...factors)).toBeLessThanOrEqual(1.2);
    // In each tenth of the range about a tenth of the ids.
    for (let tenth = 0; tenth < 10; tenth++) {
      const from = 0.8 + tenth * 0.04;
      const share = factors.filter((factor) => factor >= from && factor < from + 0.04).length / factors.length;
      expect(share).toBeGreaterThan(0.06);
      expect(share).toBeLessThan(0.14);
    }
    const steady = gapsOf(play({ schedule: { firstMs: 10_000, factor: 1, maxMs: 10_000 } }, alwaysPending).readsAtMs);
    expect(new Set(steady).size).toBeGreaterThan(steady.length / 2);
  });

  test('makes no difference between the cases of a reference id', () => {
    const upper = createPollState({ referenceId: referenceId.toUpperCase(), startedAtMs });
    expect(upper).toEqual(createPollState({ referenceId, startedAtMs }));
  });

  test('waits first: the step at the start is a wait for about two seconds', () => {
    const step = pollStep(createPollState({ referenceId, startedAtMs }), { kind: 'none' }, startedAtMs);
    expect(step.action).toBe('wait');
    expect(step.delayMs).toBeGreaterThanOrEqual(1_600);
    expect(step.delayMs).toBeLessThanOrEqual(2_400);
  });

  test('a step that comes too early only waits for what is left', () => {
    const state = createPollState({ referenceId, startedAtMs });
    const whole = pollStep(state, { kind: 'none' }, startedAtMs).delayMs as number;
    const step = pollStep(state, { kind: 'none' }, startedAtMs + 1_000);
    expect(step).toMatchObject({ action: 'wait', delayMs: whole - 1_000 });
  });
});

describe('the end', () => {
  test.each([20_000, 60_000, 599_999, 600_000, 3_600_000])(
    'a last read starts 5 s before a deadline of %i ms',
    (deadlineMs) => {
      const { readsAtMs, result, endedAtMs } = play({ deadlineMs }, alwaysPending);
      expect(readsAtMs.at(-1)).toBe(deadlineMs - 5_000);
      expect(endedAtMs).toBe(deadlineMs);
      expect(result).toEqual({
        referenceId,
        state: 'uncertain',
        why: 'deadline',
        reads: readsAtMs.length,
        elapsedMs: deadlineMs,
      });
    },
  );

  test('the deadline is ten minutes when none is given', () => {
    expect(play({}, alwaysPending).endedAtMs).toBe(600_000);
  });

  test.each([1, 1_000, 5_000])('even a deadline of %i ms has one read', (deadlineMs) => {
    const { readsAtMs, endedAtMs } = play({ deadlineMs }, alwaysPending);
    expect(readsAtMs).toHaveLength(1);
    expect(endedAtMs).toBe(deadlineMs);
  });

  test.each(['successful', 'failed', 'expired'])('%s ends it at once, with the payment and no wait', (state) => {
    const payment = { state, isFinal: true, extra: 'kept' };
    const { readsAtMs, result } = play({}, (read) => ({ kind: 'status', payment: read < 3 ? pending : payment }));
    expect(result).toEqual({ referenceId, state, payment, reads: 3, elapsedMs: readsAtMs[2] });
  });

  test('a final answer counts even when it comes after the deadline', () => {
    const { state } = readOnce();
    const step = pollStep(state, { kind: 'status', payment: paid }, startedAtMs + 900_000);
    expect(step).toMatchObject({ action: 'done', result: { state: 'successful', payment: paid, elapsedMs: 900_000 } });
  });

  test('carries a payment only from the observation just passed', () => {
    const { state } = readOnce({ deadlineMs: 60_000 });
    const late = startedAtMs + 60_000;
    const withPayment = pollStep(state, { kind: 'status', payment: pending }, late);
    expect(withPayment.result).toMatchObject({ state: 'uncertain', why: 'deadline', payment: pending });
    const earlier = pollStep(state, { kind: 'status', payment: pending }, startedAtMs + 3_000).state;
    expect(pollStep(earlier, { kind: 'none' }, late).result).not.toHaveProperty('payment');
  });

  test('a clock that goes backwards makes no negative duration', () => {
    const { state } = readOnce();
    const step = pollStep(state, { kind: 'status', payment: paid }, startedAtMs - 5_000);
    expect(step.result?.elapsedMs).toBe(0);
  });
});

describe('why it ends uncertain', () => {
  const notFound: PollObservation = { kind: 'not-found' };
  const busy: PollObservation = { kind: 'busy' };
  const status: PollObservation = { kind: 'status', payment: pending };

  test.each<[string, Partial<PollPlan>, Answers, UncertainReason]>([
    ['every read says 404', {}, () => notFound, 'not-found'],
    ['only busy answers came', {}, () => busy, 'deadline'],
    ['MTN is undecided', {}, () => status, 'deadline'],
    ['one read found it, the rest said 404', {}, (read) => (read === 1 ? status : notFound), 'deadline'],
    ['the last read found it', { deadlineMs: 90_000 }, (read) => (read > 7 ? status : notFound), 'deadline'],
    [
      'two 404 after the grace are too few',
      { deadlineMs: 600_000 },
      (read) => (read > 10 && read < 13 ? notFound : busy),
      'deadline',
    ],
    ['three 404, all within the grace', {}, (read) => (read < 4 ? notFound : busy), 'deadline'],
    ['two 404 within the grace and one after', {}, (read) => (read < 3 || read === 12 ? notFound : busy), 'not-found'],
    ['a 404 after the grace, then busy answers', {}, (read) => (read < 12 ? notFound : busy), 'not-found'],
    ['the grace is longer than the poll', { notFoundGraceMs: 700_000 }, () => notFound, 'deadline'],
    [
      'the grace is none',
      { notFoundGraceMs: 0, deadlineMs: 30_000 },
      (read) => (read < 4 ? notFound : busy),
      'not-found',
    ],
  ])('%s', (_, plan, answers, why) => {
    expect(play(plan, answers).result).toMatchObject({ state: 'uncertain', why });
  });

  test('not found is waited out: it never ends a poll early', () => {
    expect(play({}, () => notFound).endedAtMs).toBe(600_000);
    expect(play({}, (read) => (read < 15 ? notFound : { kind: 'status', payment: paid })).result.state).toBe(
      'successful',
    );
  });
});

describe('busy answers', () => {
  test('are followed by the next read of the schedule', () => {
    expect(play({}, () => ({ kind: 'busy' })).readsAtMs).toEqual(play({}, alwaysPending).readsAtMs);
  });

  test.each([
    [7_000, 7_000],
    [29_999, 29_999],
    [30_000, 30_000],
    [31_000, 30_000],
    [Number.POSITIVE_INFINITY, 30_000],
  ])('a Retry-After of %d ms is honoured as %d ms', (retryAfterMs, waitMs) => {
    const { state, nowMs } = readOnce();
    expect(pollStep(state, { kind: 'busy', retryAfterMs }, nowMs)).toMatchObject({ action: 'wait', delayMs: waitMs });
  });

  test.each([0, 1, -5])('a Retry-After of %d ms makes no read earlier than planned', (retryAfterMs) => {
    const { state, nowMs } = readOnce();
    const planned = pollStep(state, { kind: 'busy' }, nowMs).delayMs;
    expect(pollStep(state, { kind: 'busy', retryAfterMs }, nowMs).delayMs).toBe(planned);
  });

  test('a Retry-After does not swallow the last read before the deadline', () => {
    const { readsAtMs } = play({ deadlineMs: 20_000 }, () => ({ kind: 'busy', retryAfterMs: 30_000 }));
    expect(readsAtMs.at(-1)).toBe(15_000);
  });
});

describe('check-now', () => {
  test('reads at once when no read was made yet', () => {
    const step = pollStep(createPollState({ referenceId, startedAtMs }), { kind: 'check-now' }, startedAtMs + 10);
    expect(step.action).toBe('read');
  });

  test('a second read waits until a second after the first', () => {
    const { state, nowMs } = readOnce();
    const after = pollStep(state, { kind: 'status', payment: pending }, nowMs + 100).state;
    expect(pollStep(after, { kind: 'check-now' }, nowMs + 300)).toMatchObject({ action: 'wait', delayMs: 700 });
    expect(pollStep(after, { kind: 'check-now' }, nowMs + 1_000).action).toBe('read');
  });

  test('any number of hints makes at most one read a second', () => {
    let state = createPollState({ referenceId, startedAtMs });
    const readsAtMs: number[] = [];
    let wasRead = false;
    for (let nowMs = startedAtMs; nowMs < startedAtMs + 20_000; nowMs += 50) {
      if (wasRead) state = pollStep(state, { kind: 'status', payment: pending }, nowMs).state;
      const step = pollStep(state, { kind: 'check-now' }, nowMs);
      state = step.state;
      wasRead = step.action === 'read';
      if (wasRead) readsAtMs.push(nowMs);
    }
    expect(readsAtMs).toHaveLength(20);
    for (const gap of gapsOf(readsAtMs).slice(1)) expect(gap).toBeGreaterThanOrEqual(1_000);
  });

  test('never makes a read later than planned', () => {
    const state = createPollState({ referenceId, startedAtMs });
    const { delayMs } = pollStep(state, { kind: 'none' }, startedAtMs);
    const hinted = pollStep(state, { kind: 'check-now' }, startedAtMs);
    expect(hinted.action).toBe('read');
    const after = pollStep(hinted.state, { kind: 'busy' }, startedAtMs);
    expect(after.delayMs).toBeGreaterThan(0);
    expect(after.delayMs).toBeLessThan((delayMs as number) * 2.5);
  });

  test('after the last planned read still causes one', () => {
    const state = createPollState({ referenceId, startedAtMs, deadlineMs: 20_000 });
    const last = pollStep(state, { kind: 'none' }, startedAtMs + 15_000);
    expect(last.action).toBe('read');
    const after = pollStep(last.state, { kind: 'status', payment: pending }, startedAtMs + 15_100);
    expect(after).toMatchObject({ action: 'wait', delayMs: 4_900 });
    expect(pollStep(after.state, { kind: 'check-now' }, startedAtMs + 17_000).action).toBe('read');
  });
});

describe('a poll is data', () => {
  const observation: fc.Arbitrary<PollObservation> = fc.oneof(
    fc.constant<PollObservation>({ kind: 'status', payment: pending }),
    fc.constant<PollObservation>({ kind: 'not-found' }),
    fc.record({ kind: fc.constant('busy' as const), retryAfterMs: fc.option(fc.nat(100_000), { nil: undefined }) }),
    fc.constant<PollObservation>({ kind: 'check-now' }),
    fc.constant<PollObservation>({ kind: 'none' }),
  );
  const number = (min: number, max: number) =>
    fc.oneof(fc.integer({ min, max }), fc.double({ min, max, noNaN: true, noDefaultInfinity: true }));
  const plans: fc.Arbitrary<Partial<PollPlan>> = fc.record(
    {
      referenceId: fc.uuid({ version: 4 }),
      startedAtMs: number(1, 4_000_000_000_000),
      deadlineMs: fc.oneof(number(1, 5_000_000), fc.constant(Number.POSITIVE_INFINITY)),
      notFoundGraceMs: fc.oneof(number(1, 5_000_000), fc.constant(Number.POSITIVE_INFINITY)),
      schedule: fc.oneof(
        fc.constantFrom('interactive' as const, 'callback-first' as const),
        fc.record({ firstMs: number(1, 1e6), factor: number(1, 1e6), maxMs: number(1, 1e6) }),
      ),
    },
    { requiredKeys: [] },
  );

  test('the same inputs give the same answer, change nothing, and may pass through JSON at each step', () => {
    fc.assert(
      fc.property(plans, fc.array(fc.tuple(observation, fc.nat(60_000)), { maxLength: 30 }), (plan, events) => {
        const whole = { referenceId, startedAtMs, ...plan };
        let state = createPollState(whole);
        expect(createPollState(whole)).toEqual(state);
        let nowMs = whole.startedAtMs;
        for (const [observed, passedMs] of events) {
          const json = JSON.stringify(state);
          expect(new TextEncoder().encode(json).length).toBeLessThan(1_000);
          const step = pollStep(state, observed, nowMs);
          expect(pollStep(JSON.parse(json), structuredClone(observed), nowMs)).toEqual(step);
          expect(JSON.stringify(state)).toBe(json);
          if (step.action === 'wait') expect(step.delayMs).toBeGreaterThan(0);
          state = step.state;
          nowMs += passedMs;
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each([[{}], [{ schedule: 'callback-first' as const }], [{ deadlineMs: Number.POSITIVE_INFINITY }]])(
    'a whole poll of %j through JSON is the poll without it',
    (plan) => {
      const answers: Answers = (read) => (read < 40 ? { kind: 'not-found' } : { kind: 'status', payment: paid });
      expect(play(plan, answers, true)).toEqual(play(plan, answers));
    },
  );

  test('reads counts every step that said read, also one whose answer got lost', () => {
    const first = readOnce();
    const step = pollStep(first.state, { kind: 'none' }, first.nowMs);
    expect(step.action).toBe('wait');
    const second = pollStep(step.state, { kind: 'none' }, first.nowMs + (step.delayMs as number));
    expect(second.action).toBe('read');
    const end = pollStep(second.state, { kind: 'status', payment: paid }, first.nowMs + 60_000);
    expect(end.result).toMatchObject({ reads: 2 });
  });
});

test('a third "not found" at the very end of the grace counts', () => {
  let state = createPollState({ referenceId, startedAtMs, notFoundGraceMs: 60_000, deadlineMs: 120_000 });
  for (const afterMs of [2_000, 30_000, 60_000]) {
    state = pollStep(state, { kind: 'not-found' }, startedAtMs + afterMs).state;
  }
  expect(pollStep(state, { kind: 'none' }, startedAtMs + 120_000).result).toMatchObject({ why: 'not-found' });
});

describe('what cannot be', () => {
  test.each<[string, object, string]>([
    ['no reference id', { referenceId: undefined }, 'referenceId'],
    ['a UUID of version 1', { referenceId: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' }, 'referenceId'],
    ['a word for a reference id', { referenceId: 'order-1' }, 'referenceId'],
    ['no start', { startedAtMs: undefined }, 'startedAtMs'],
    ['a start that is no number', { startedAtMs: Number.NaN }, 'startedAtMs'],
    ['a start as text', { startedAtMs: '2026-01-01T00:00:00Z' }, 'startedAtMs'],
    ['a deadline in the past', { deadlineMs: -1 }, 'deadlineMs'],
    ['a deadline as text', { deadlineMs: '600000' }, 'deadlineMs'],
    ['a grace below zero', { notFoundGraceMs: -1 }, 'notFoundGraceMs'],
    ['a schedule of another name', { schedule: 'hourly' }, 'schedule.firstMs'],
    ['a schedule of a prototype’s name', { schedule: 'constructor' }, 'schedule.firstMs'],
    ['a schedule that is empty', { schedule: {} }, 'schedule.firstMs'],
    ['a schedule that is null', { schedule: null }, 'schedule.firstMs'],
    ['no first wait', { schedule: { firstMs: 0, factor: 2, maxMs: 1_000 } }, 'schedule.firstMs'],
    ['a factor that shrinks', { schedule: { firstMs: 1_000, factor: 0.5, maxMs: 1_000 } }, 'schedule.factor'],
    ['a factor that is none', { schedule: { firstMs: 1_000, factor: Number.NaN, maxMs: 1_000 } }, 'schedule.factor'],
    ['no longest wait', { schedule: { firstMs: 1_000, factor: 2, maxMs: 0 } }, 'schedule.maxMs'],
  ])('%s is refused as invalid input', (_, change, path) => {
    const error = thrownBy(() => createPollState({ referenceId, startedAtMs, ...change } as PollPlan));
    expect(error).toMatchObject({ code: 'invalid_input' });
    expect((error as { issues: { path: string }[] }).issues.map((issue) => issue.path)).toContain(path);
  });

  test('every problem of a plan is listed', () => {
    const plan = { referenceId: 'x', startedAtMs: -1, deadlineMs: -1, notFoundGraceMs: -1, schedule: {} };
    const error = thrownBy(() => createPollState(plan as unknown as PollPlan));
    expect((error as { issues: { path: string }[] }).issues.map((issue) => issue.path).sort()).toEqual([
      'deadlineMs',
      'notFoundGraceMs',
      'referenceId',
      'schedule.factor',
      'schedule.firstMs',
      'schedule.maxMs',
      'startedAtMs',
    ]);
  });

  test.each<[string, object]>([
    ['the start', { startedAtMs: Number.POSITIVE_INFINITY }],
    ['the first wait', { schedule: { firstMs: Number.POSITIVE_INFINITY, factor: 2, maxMs: 30_000 } }],
    ['the factor', { schedule: { firstMs: 2_000, factor: Number.POSITIVE_INFINITY, maxMs: 30_000 } }],
    ['the longest wait', { schedule: { firstMs: 2_000, factor: 2, maxMs: Number.POSITIVE_INFINITY } }],
  ])('%s as Infinity is refused, or survives JSON', (_, change) => {
    const state = thrownBy(() => createPollState({ referenceId, startedAtMs, ...change }));
    if ((state as { code?: string }).code === 'invalid_input') return;
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  test.each([0, 2, '1', undefined, null])('a state of version %j is refused', (version) => {
    const state = { ...createPollState({ referenceId, startedAtMs }), version } as unknown as PollState;
    expect(thrownBy(() => pollStep(state, { kind: 'none' }, startedAtMs))).toMatchObject({ code: 'invalid_input' });
  });

  test('the error says what is wrong with a plan, and with a state', () => {
    expect(thrownBy(() => createPollState({ referenceId: 'order-1', startedAtMs }))).toMatchObject({
      message: 'The poll cannot start: referenceId must be a UUID of version 4.',
    });
    const state = { ...createPollState({ referenceId, startedAtMs }), version: 2 } as unknown as PollState;
    expect(thrownBy(() => pollStep(state, { kind: 'none' }, startedAtMs))).toMatchObject({
      message: 'The poll cannot go on: state.version must be 1: make a new state with createPollState.',
    });
  });

  test('a status without a payment, and a payment without a status, end nothing', () => {
    const state = createPollState({ referenceId, startedAtMs });
    expect(pollStep(state, { kind: 'status' }, startedAtMs + 2_500).action).toBe('wait');
    expect(pollStep(state, { kind: 'none', payment: paid }, startedAtMs).action).toBe('wait');
  });

  test.each([undefined, null, {}, 'state'])('%j for a state is refused', (state) => {
    const work = () => pollStep(state as unknown as PollState, { kind: 'none' }, startedAtMs);
    expect(thrownBy(work)).toMatchObject({ code: 'invalid_input' });
  });
});
