import { describe, expect, test } from 'vitest';
import {
  createPollState,
  MomoError,
  type PaymentStatus,
  type PollObservation,
  type PollState,
  pollStep,
} from '../../src/index.js';
import { testNumbers } from '../../src/testing/index.js';
import {
  type ClientWorld,
  createClientWorld,
  errorOf,
  outcomeOf,
  request,
  type Trick,
} from '../support/client-world.js';
import { answers, fetchFailed, gateway, html, lost, wallet } from '../support/tricks.js';

const pending = answers(200, { status: 'PENDING', amount: '12.5', currency: 'EUR' });

/** Seconds after the poll began, of each read. */
function secondsOf(world: ClientWorld, startedAtMs: number): number[] {
  return world.sent('status').map(({ atMs }) => (atMs - startedAtMs) / 1_000);
}

function gapsOf(times: readonly number[]): number[] {
  return times.map((time, index) => time - (times[index - 1] ?? 0));
}

/** Polls a payment of which every read meets this trick. */
async function pollWith(trick: Trick, options: Parameters<ClientWorld['client']['pollUntilFinal']>[1] = {}) {
  const world = createClientWorld();
  world.trickAll('status', trick);
  await world.client.getToken();
  const startedAtMs = world.clock.now();
  const outcome = await outcomeOf(world.client.pollUntilFinal(crypto.randomUUID(), options));
  return { world, outcome, seconds: secondsOf(world, startedAtMs), tookMs: world.clock.now() - startedAtMs };
}

describe('the schedule of a poll', () => {
  test('interactive: first after 2 s, then ×1.5 up to 30 s, each ±20 %, not all alike', async () => {
    const firsts: number[] = [];
    for (let run = 0; run < 12; run++) {
      const { seconds } = await pollWith(pending);
      gapsOf(seconds.slice(0, -1)).forEach((gap, index) => {
        const planned = Math.min(2 * 1.5 ** index, 30);
        expect(gap).toBeGreaterThanOrEqual(planned * 0.8 - 0.002);
        expect(gap).toBeLessThanOrEqual(planned * 1.2 + 0.002);
      });
      firsts.push(seconds[0] ?? 0);
    }
    expect(new Set(firsts).size).toBeGreaterThan(3);
    expect(Math.max(...firsts) - Math.min(...firsts)).toBeGreaterThan(0.2);
  });

  test('callback-first: first after 60 s, then ×2 up to 300 s', async () => {
    const { seconds } = await pollWith(pending, { schedule: 'callback-first', deadlineMs: 3_600_000 });
    gapsOf(seconds.slice(0, -1)).forEach((gap, index) => {
      const planned = Math.min(60 * 2 ** index, 300);
      expect(gap).toBeGreaterThanOrEqual(planned * 0.8 - 0.002);
      expect(gap).toBeLessThanOrEqual(planned * 1.2 + 0.002);
    });
  });

  test('of your own', async () => {
    const schedule = { firstMs: 1_000, factor: 3, maxMs: 20_000 };
    const { seconds } = await pollWith(pending, { schedule, deadlineMs: 200_000 });
    gapsOf(seconds.slice(0, -1)).forEach((gap, index) => {
      const planned = Math.min(3 ** index, 20);
      expect(Math.abs(gap - planned)).toBeLessThanOrEqual(planned * 0.2 + 0.002);
    });
  });

  test.each([
    ['a name we do not know', { schedule: 'often' }],
    ['no first wait', { schedule: { firstMs: 0, factor: 2, maxMs: 5 } }],
    ['a factor below one', { schedule: { firstMs: 1, factor: 0.5, maxMs: 5 } }],
    ['NaN', { schedule: { firstMs: 1, factor: Number.NaN, maxMs: 5 } }],
    ['a grace below zero', { notFoundGraceMs: -1 }],
  ])('with %s is refused without a call', async (_, options) => {
    const world = createClientWorld();
    await expect(world.client.pollUntilFinal(crypto.randomUUID(), options as object)).rejects.toMatchObject({
      code: 'invalid_input',
    });
    expect(world.wire).toEqual([]);
  });

  test.each([600_000, 60_000, 12_345, 5_001])(
    'has a last read that starts 5 s before a deadline of %i ms, and ends as uncertain at it',
    async (deadlineMs) => {
      const { seconds, outcome, tookMs } = await pollWith(pending, { deadlineMs });
      expect(seconds.at(-1)).toBeCloseTo(deadlineMs / 1_000 - 5, 2);
      expect(outcome).toMatchObject({ state: 'uncertain', why: 'deadline', payment: { status: 'PENDING' } });
      expect(outcome).toMatchObject({ reads: seconds.length, elapsedMs: tookMs });
      expect(tookMs).toBe(deadlineMs);
    },
  );

  test('under a deadline of less than 5 s still reads once', async () => {
    const { seconds, outcome, tookMs } = await pollWith(pending, { deadlineMs: 3_000 });
    expect(seconds.length).toBeGreaterThanOrEqual(1);
    expect(outcome).toMatchObject({ state: 'uncertain', why: 'deadline' });
    expect(tookMs).toBeLessThanOrEqual(3_000);
  });

  test('has a default deadline of 600 s', async () => {
    expect((await pollWith(pending)).tookMs).toBe(600_000);
  });
});

describe('a poll ends', () => {
  test.each([
    ['successful', '46733999888'],
    ['failed', testNumbers.requestToPay.rejected],
    ['expired', testNumbers.requestToPay.expired],
  ])('as %s when MTN says so', async (state, payer) => {
    const world = createClientWorld();
    const { referenceId } = await world.client.requestToPay({ ...request, payer });
    const result = await world.client.pollUntilFinal(referenceId);
    expect(result).toMatchObject({ state, referenceId, reads: 1, payment: { state, isFinal: true, referenceId } });
  });

  test('as successful in the last read before the deadline', async () => {
    const world = createClientWorld({}, { approval: 'manual' });
    const { referenceId } = await world.client.requestToPay(request);
    let isApproved = false;
    world.trickAll('status', async (arrive) => {
      if (!isApproved && world.clock.now() - startedAtMs > 50_000) {
        isApproved = true;
        world.sandbox.approve(referenceId);
      }
      return isApproved ? arrive() : answers(200, { status: 'PENDING' })(arrive, new AbortController().signal);
    });
    const startedAtMs = world.clock.now();
    await expect(world.client.pollUntilFinal(referenceId, { deadlineMs: 60_000 })).resolves.toMatchObject({
      state: 'successful',
    });
  });

  test.each(['TIMEOUT', 'REJECTED', 'CANCELLED', 'EXPIRED', 'ONGOING', 'BRAND_NEW'])(
    'not at the word %s, which stays pending',
    async (status) => {
      const { outcome } = await pollWith(answers(200, { status }), { deadlineMs: 60_000 });
      expect(outcome).toMatchObject({ state: 'uncertain', why: 'deadline', payment: { status, state: 'pending' } });
    },
  );

  test.each<[string, Trick]>([
    ['cut connections', lost(fetchFailed('ECONNRESET'))],
    ['names not found', lost(fetchFailed('ENOTFOUND'))],
    ['429', answers(429, gateway.rateLimited)],
    ['408', answers(408)],
    ['500 without a body', answers(500)],
    ['500 INTERNAL_PROCESSING_ERROR', answers(500, wallet.internal)],
    ['503', answers(503)],
    ['pages with 200', answers(200, html)],
    ['empty 404s', answers(404)],
    ['redirects', answers(302)],
    ['JSON that is no status', answers(200, { ok: true })],
  ])('not at %s: it waits and goes on, one try per read', async (_, trick) => {
    const { outcome, seconds } = await pollWith(trick);
    expect(outcome).toMatchObject({ state: 'uncertain', why: 'deadline', reads: seconds.length });
    expect(outcome).not.toHaveProperty('payment');
    // The last read comes when it is owed, however short after the one before.
    expect(Math.min(...gapsOf(seconds).slice(0, -1))).toBeGreaterThan(1.5);

    const world = createClientWorld();
    const { referenceId } = await world.client.requestToPay(request);
    world.trick('status', trick, trick, trick);
    await expect(world.client.pollUntilFinal(referenceId)).resolves.toMatchObject({ state: 'successful', reads: 4 });
  });

  test('not at a token call that fails for the moment', async () => {
    const world = createClientWorld();
    const { referenceId } = await world.client.requestToPay(request);
    const other = world.newClient();
    world.trick('token', answers(503), answers(503), answers(503), answers(503), answers(200, html));
    await expect(other.pollUntilFinal(referenceId)).resolves.toMatchObject({ state: 'successful' });
  });

  test.each<[string, Trick, string]>([
    ['401, after a renewal', answers(401), 'unauthorized'],
    ['403', answers(403, gateway.forbidden), 'forbidden'],
    ['404 of the gateway', answers(404, gateway.notFound), 'rejected'],
    ['400', answers(400), 'rejected'],
    ['500 with a final code', answers(500, { code: 'NOT_ALLOWED' }), 'rejected'],
  ])('at once with an error at %s', async (_, trick, code) => {
    const { outcome, seconds, world } = await pollWith(trick);
    expect(outcome).toMatchObject({ code, referenceId: expect.any(String) });
    expect(new Set(seconds).size).toBe(1);
    expect(world.sent('create')).toEqual([]);
  });

  test('with bad credentials at once', async () => {
    const world = createClientWorld();
    world.trickAll('token', answers(401));
    await expect(world.client.pollUntilFinal(crypto.randomUUID())).rejects.toMatchObject({ code: 'unauthorized' });
    expect(world.sent('token')).toHaveLength(1);
  });

  test('Retry-After of a 429 is waited for, up to 30 s', async () => {
    for (const [seconds, wanted] of [
      ['12', 12],
      ['3600', 30],
    ] as const) {
      const world = createClientWorld();
      const { referenceId } = await world.client.requestToPay(request);
      world.trick('status', answers(429, undefined, { 'Retry-After': seconds }));
      await world.client.pollUntilFinal(referenceId);
      const [first = 0, second = 0] = world.sent('status').map(({ atMs }) => atMs / 1_000);
      expect(second - first).toBeGreaterThanOrEqual(wanted);
      expect(second - first).toBeLessThan(wanted + 1);
    }
  });
});

describe('not found', () => {
  const notFound = answers(404, wallet.notFound);

  test('is pending while the poll goes on, and why at its end', async () => {
    const { outcome, seconds } = await pollWith(notFound);
    expect(outcome).toMatchObject({ state: 'uncertain', why: 'not-found', reads: seconds.length });
    expect(seconds.length).toBeGreaterThan(10);
  });

  test('for a while is nothing: the payment found after it ends the poll as usual', async () => {
    const world = createClientWorld();
    world.sandbox.fault({ on: 'requestToPay', lagMs: 100_000 });
    const { referenceId } = await world.client.requestToPay(request);
    await expect(world.client.pollUntilFinal(referenceId)).resolves.toMatchObject({ state: 'successful' });
  });

  test('is not why when the last one came within the grace', async () => {
    const { outcome } = await pollWith(notFound, { deadlineMs: 60_000 });
    expect(outcome).toMatchObject({ state: 'uncertain', why: 'deadline' });
    const { outcome: later } = await pollWith(notFound, { deadlineMs: 60_000, notFoundGraceMs: 30_000 });
    expect(later).toMatchObject({ why: 'not-found' });
  });

  test('is not why when fewer than three reads said so', async () => {
    const world = createClientWorld();
    world.trick('status', notFound, notFound);
    world.trickAll('status', answers(503));
    await expect(world.client.pollUntilFinal(crypto.randomUUID(), { notFoundGraceMs: 0 })).resolves.toMatchObject({
      why: 'deadline',
    });
  });

  test('is why when three reads of many said so, the last of them after the grace', async () => {
    const world = createClientWorld();
    world.trick('status', notFound, notFound, ...Array.from({ length: 8 }, () => answers(503)), notFound);
    world.trickAll('status', answers(503));
    await expect(world.client.pollUntilFinal(crypto.randomUUID())).resolves.toMatchObject({ why: 'not-found' });
  });

  test('is not why when any read found it', async () => {
    const world = createClientWorld();
    world.trick('status', pending);
    world.trickAll('status', notFound);
    await expect(world.client.pollUntilFinal(crypto.randomUUID())).resolves.toMatchObject({
      why: 'deadline',
      payment: { status: 'PENDING' },
    });
  });
});

describe('checkNow', () => {
  test('says whether there is a poll', async () => {
    const world = createClientWorld();
    const { referenceId } = await world.client.requestToPay(request);
    expect(world.client.checkNow(referenceId)).toBe(false);
    const poll = world.client.pollUntilFinal(referenceId);
    expect(world.client.checkNow(crypto.randomUUID())).toBe(false);
    expect(world.client.checkNow(referenceId.toUpperCase())).toBe(true);
    await poll;
    expect(world.client.checkNow(referenceId)).toBe(false);
    expect(world.newClient().checkNow(referenceId)).toBe(false);
  });

  test('makes the poll read at once', async () => {
    const world = createClientWorld();
    const { referenceId } = await world.client.requestToPay(request);
    const startedAtMs = world.clock.now();
    const poll = world.client.pollUntilFinal(referenceId, { schedule: 'callback-first' });
    world.client.checkNow(referenceId);
    await expect(poll).resolves.toMatchObject({ state: 'successful', reads: 1, elapsedMs: 0 });
    expect(world.clock.now()).toBe(startedAtMs);
  });

  test('reads at most once a second per payment, however often it is called', async () => {
    const world = createClientWorld();
    const id = crypto.randomUUID();
    world.trickAll('status', pending);
    const startedAtMs = world.clock.now();
    const poll = world.client.pollUntilFinal(id, { schedule: 'callback-first', deadlineMs: 30_000 });
    for (let call = 0; call < 100; call++) {
      world.client.checkNow(id);
      await world.clock.sleep(100);
      world.client.checkNow(id);
    }
    await poll;
    const seconds = secondsOf(world, startedAtMs);
    expect(seconds[0]).toBe(0);
    expect(seconds.length).toBeGreaterThanOrEqual(10);
    expect(seconds.length).toBeLessThanOrEqual(13);
    expect(Math.min(...gapsOf(seconds).slice(1))).toBeGreaterThanOrEqual(1);
  });

  test('during a read leads to one more read, a second after the first', async () => {
    const world = createClientWorld();
    const id = crypto.randomUUID();
    world.trick('status', (arrive, signal) => {
      world.client.checkNow(id);
      return pending(arrive, signal);
    });
    world.trickAll('status', pending);
    await world.client.pollUntilFinal(id, {
      schedule: { firstMs: 10_000, factor: 1, maxMs: 10_000 },
      deadlineMs: 19_000,
    });
    const gaps = gapsOf(world.sent('status').map(({ atMs }) => atMs)).slice(1);
    expect(gaps[0]).toBe(1_000);
  });

  test('reaches a poll within collect', async () => {
    const world = createClientWorld({}, { approval: 'manual' });
    const collecting = world.client.collect(request, { schedule: 'callback-first' });
    const { referenceId } = await world.sandbox.nextPayment();
    world.sandbox.approve(referenceId);
    for (let turn = 0; turn < 10 && !world.client.checkNow(referenceId); turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    const result = await collecting;
    expect(result).toMatchObject({ state: 'successful', elapsedMs: 0 });
  });
});

describe('the options of a poll', () => {
  test('onUpdate runs after each read that found the payment, and is awaited', async () => {
    const world = createClientWorld();
    const { referenceId } = await world.client.requestToPay(request);
    world.trick('status', answers(404, wallet.notFound), pending, answers(503), pending);
    const seen: string[] = [];
    let isBusy = false;
    await world.client.pollUntilFinal<PaymentStatus>(referenceId, {
      onUpdate: async ({ status }) => {
        expect(isBusy).toBe(false);
        isBusy = true;
        await world.clock.sleep(3_000);
        isBusy = false;
        seen.push(status);
      },
    });
    expect(seen).toEqual(['PENDING', 'PENDING', 'SUCCESSFUL']);
  });

  test('an error of onUpdate ends the poll with it', async () => {
    const mine = new Error('mine');
    const { outcome } = await pollWith(pending, {
      onUpdate: () => {
        throw mine;
      },
    });
    expect(outcome).toBe(mine);
  });

  test('read polls something else, by our rules', async () => {
    const world = createClientWorld();
    const id = crypto.randomUUID();
    const asked: unknown[] = [];
    const errors = ['network', 'timeout', 'rate_limited', 'unavailable', 'unexpected_response', 'not_found'] as const;
    let count = 0;
    const result = await world.client.pollUntilFinal(id, {
      read: async (referenceId, options) => {
        asked.push(referenceId);
        expect(options.signal).toBeInstanceOf(AbortSignal);
        const code = errors[count++];
        if (code !== undefined) throw new MomoError(code, 'not now');
        return count < 10 ? { state: 'pending', isFinal: false } : { state: 'failed', isFinal: true, invoice: 7 };
      },
    });
    expect(result).toMatchObject({ state: 'failed', reads: 10, payment: { invoice: 7 } });
    expect(new Set(asked)).toEqual(new Set([id]));
    expect(world.wire).toEqual([]);
  });

  test.each(['unauthorized', 'forbidden', 'rejected', 'invalid_input'] as const)(
    'a read that throws %s ends the poll with that',
    async (code) => {
      const world = createClientWorld();
      const error = await errorOf(
        world.client.pollUntilFinal(crypto.randomUUID(), {
          read: async () => {
            throw new MomoError(code, 'no');
          },
        }),
      );
      expect(error).toMatchObject({ code });
    },
  );

  test('a read that is a get of ours is tried once per read of the poll', async () => {
    const world = createClientWorld();
    world.trickAll('status', answers(503));
    const result = await world.client.pollUntilFinal(crypto.randomUUID(), {
      deadlineMs: 60_000,
      read: (id, options) => world.client.getRequestToPay(id, options),
    });
    expect(result.reads).toBe(world.sent('status').length);
  });

  test('the payment of the last read that found it comes with uncertain', async () => {
    const world = createClientWorld();
    world.trick('status', pending, answers(200, { status: 'CREATED' }));
    world.trickAll('status', answers(503));
    await expect(world.client.pollUntilFinal(crypto.randomUUID())).resolves.toMatchObject({
      state: 'uncertain',
      payment: { status: 'CREATED' },
    });
  });
});

describe('pollStep', () => {
  const id = '0b69a45f-f504-4f4c-ad7c-a5ec97c0483f';
  const observations: PollObservation[] = [
    { kind: 'none' },
    { kind: 'status', payment: { state: 'pending', isFinal: false } },
    { kind: 'not-found' },
    { kind: 'busy', retryAfterMs: 90_000 },
    { kind: 'check-now' },
    { kind: 'busy' },
  ];

  /** Plays a script of observations; the state goes through JSON each time. */
  function play(seed: number): { steps: unknown[]; largest: number } {
    let random = seed;
    let nowMs = 1_000_000;
    let state = createPollState({ referenceId: id, startedAtMs: nowMs });
    const steps: unknown[] = [];
    let largest = 0;
    let observation: PollObservation = { kind: 'none' };
    for (let count = 0; count < 300; count++) {
      const text = JSON.stringify(state);
      largest = Math.max(largest, text.length);
      const step = pollStep(JSON.parse(text) as PollState, observation, nowMs);
      expect(pollStep(JSON.parse(text) as PollState, observation, nowMs)).toEqual(step);
      expect(JSON.stringify(state)).toBe(text); // what went in is untouched
      expect(JSON.parse(JSON.stringify(step))).toEqual(step); // plain JSON comes out
      steps.push(step);
      if (step.action === 'done') return { steps, largest };
      state = step.state;
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      if (step.action === 'wait') {
        nowMs += random % 7 === 0 ? Math.floor((step.delayMs ?? 0) / 2) : (step.delayMs ?? 0);
        observation = random % 5 === 0 ? { kind: 'check-now' } : { kind: 'none' };
      } else {
        nowMs += random % 2_000;
        observation = observations[random % observations.length] ?? { kind: 'none' };
      }
    }
    return { steps, largest };
  }

  test('replayed gives the same answers, from plain JSON under 1 kB, and ends', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const first = play(seed);
      expect(play(seed).steps).toEqual(first.steps);
      expect(first.largest).toBeLessThan(1_000);
      expect(first.steps.at(-1)).toMatchObject({ action: 'done', result: { state: 'uncertain', referenceId: id } });
    }
  });

  test('carries a payment only from the observation just passed', () => {
    const startedAtMs = 1_000;
    let { state } = pollStep(createPollState({ referenceId: id, startedAtMs }), { kind: 'none' }, 4_000);
    ({ state } = pollStep(state, { kind: 'status', payment: { state: 'pending', isFinal: false } }, 4_001));
    const end = pollStep(state, { kind: 'busy' }, 700_000);
    expect(end.action).toBe('done');
    expect(end.result).not.toHaveProperty('payment');
    const withIt = pollStep(state, { kind: 'status', payment: { state: 'pending', isFinal: false } }, 700_000);
    expect(withIt.result).toMatchObject({ state: 'uncertain', payment: { state: 'pending' } });
  });

  test('takes a final status even after the deadline', () => {
    const state = createPollState({ referenceId: id, startedAtMs: 0, deadlineMs: 10_000 });
    const end = pollStep(state, { kind: 'status', payment: { state: 'successful', isFinal: true } }, 99_000);
    expect(end).toMatchObject({ action: 'done', result: { state: 'successful', elapsedMs: 99_000 } });
  });

  test.each([0, 2, undefined, '1'])('refuses a state of version %j', (version) => {
    const state = createPollState({ referenceId: id, startedAtMs: 0 });
    expect(() => pollStep({ ...state, version } as never, { kind: 'none' }, 1)).toThrow(MomoError);
  });

  test('jitter differs from reference to reference, and not from call to call', () => {
    const first = Array.from({ length: 50 }, () => crypto.randomUUID()).map((referenceId) => {
      const plan = { referenceId, startedAtMs: 0 };
      const { delayMs } = pollStep(createPollState(plan), { kind: 'none' }, 0);
      expect(pollStep(createPollState(plan), { kind: 'none' }, 0).delayMs).toBe(delayMs);
      return delayMs ?? 0;
    });
    expect(new Set(first).size).toBeGreaterThan(40);
    expect(Math.min(...first)).toBeGreaterThanOrEqual(1_600);
    expect(Math.max(...first)).toBeLessThanOrEqual(2_400);
  });
});

describe('MTN’s published test numbers, through collect', () => {
  test.each([
    ['46733123450', 'failed', 'INTERNAL_PROCESSING_ERROR'],
    ['46733123451', 'failed', 'APPROVAL_REJECTED'],
    ['46733123452', 'expired', 'EXPIRED'],
    ['46733123453', 'uncertain', undefined],
    ['46733123454', 'successful', undefined],
    ['46733123455', 'failed', 'PAYER_NOT_FOUND'],
    ['46733123456', 'failed', 'PAYEE_NOT_ALLOWED_TO_RECEIVE'],
    ['46733123457', 'failed', 'NOT_ALLOWED'],
    ['46733123458', 'failed', 'NOT_ALLOWED_TARGET_ENVIRONMENT'],
    ['46733123459', 'failed', 'INVALID_CALLBACK_URL_HOST'],
    ['46733123460', 'failed', 'INVALID_CURRENCY'],
    ['46733123461', 'failed', 'INTERNAL_PROCESSING_ERROR'],
    ['46733123462', 'failed', 'SERVICE_UNAVAILABLE'],
    ['46733123463', 'expired', 'COULD_NOT_PERFORM_TRANSACTION'],
    ['46733123464', 'failed', 'TRANSFER_TYPE_UNKNOWN'],
    ['56733123453', 'successful', undefined],
  ])('%s ends %s (%s), with the reason in either shape', async (payer, state, code) => {
    for (const reasonShape of ['object', 'string'] as const) {
      const world = createClientWorld({}, { reasonShape });
      const result = await world.client.collect({ ...request, payer });
      expect(result.state).toBe(state);
      expect(result.payment?.reason?.code).toBe(code);
    }
  });
});
