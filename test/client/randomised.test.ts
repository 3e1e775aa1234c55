import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareAmounts, MomoError, type PollResult } from '../../src/index.js';
import {
  type ClientWorld,
  createClientWorld,
  outcomeOf,
  request,
  type Step,
  type Trick,
} from '../support/client-world.js';
import {
  answers,
  answersAfter,
  breaksInBody,
  breaksInBodyAfter,
  fetchFailed,
  gateway,
  html,
  lost,
  lostAnswer,
  wallet,
} from '../support/tricks.js';

/**
 * Any mix of faults, delays and lag, on any number of calls, driven the way a shop drives the client: the same intent
 * again where an error says that it may. The sandbox knows what really happened.
 */

const runs = Number(process.env.MOMO_RUNS ?? 1_000);
const seed = Number(process.env.MOMO_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** A fault that may or may not let the call arrive, or, alone, one that never does. */
const openFaults: Readonly<Record<string, [instead: Trick, after: Trick]>> = {
  ECONNRESET: [lost(fetchFailed('ECONNRESET')), lostAnswer()],
  'no code': [lost(new TypeError('Load failed')), lostAnswer(new TypeError('Load failed'))],
  'cut body': [breaksInBody(200, '{"sta'), breaksInBodyAfter('{"sta', undefined, 200)],
  '200 HTML': [answers(200, html), answersAfter(200, html)],
  '302': [answers(302), answersAfter(302)],
  '404 empty': [answers(404), answersAfter(404)],
  '408': [answers(408), answersAfter(408)],
  '500 internal': [answers(500, wallet.internal), answersAfter(500, wallet.internal)],
  '500 new': [answers(500, { code: 'NEW' }), answersAfter(500, { code: 'NEW' })],
  '503': [answers(503), answersAfter(503)],
  '504': [answers(504, gateway.internal), answersAfter(504, gateway.internal)],
};
const closedFaults: Readonly<Record<string, Trick>> = {
  ECONNREFUSED: lost(fetchFailed('ECONNREFUSED')),
  ENOTFOUND: lost(fetchFailed('ENOTFOUND')),
  CERT_HAS_EXPIRED: lost(fetchFailed('CERT_HAS_EXPIRED')),
  '400': answers(400),
  '401': answers(401),
  '403': answers(403, gateway.forbidden),
  '404 gateway': answers(404, gateway.notFound),
  '429': answers(429),
  '429 for 40 s': answers(429, undefined, { 'Retry-After': '40' }),
  '500 refused': answers(500, { code: 'NOT_ENOUGH_FUNDS' }),
};

interface Mishap {
  readonly step: Step;
  readonly name: string;
  readonly arrives: boolean;
  /** How late the answer comes, in virtual milliseconds. */
  readonly delayMs: number;
}

function toTrick({ step, name, arrives, delayMs }: Mishap, world: ClientWorld): Trick | undefined {
  const open = openFaults[name];
  // MTN's read does not say "not found", or refuse, what it has: that would be a lie, not a fault.
  const trick = open === undefined ? closedFaults[name] : open[arrives && step !== 'status' ? 1 : 0];
  if (trick === undefined && delayMs === 0) return undefined;
  return async (arrive, signal) => {
    const late = async () => {
      const answer = await arrive();
      await world.clock.sleep(delayMs, signal);
      return answer;
    };
    return trick === undefined ? late() : trick(late, signal);
  };
}

const mishap = (step: Step): fc.Arbitrary<Mishap> =>
  fc.record({
    step: fc.constant(step),
    name: fc.oneof(
      { weight: 2, arbitrary: fc.constant('none') },
      { weight: 4, arbitrary: fc.constantFrom(...Object.keys(openFaults)) },
      { weight: 2, arbitrary: fc.constantFrom(...Object.keys(closedFaults)) },
    ),
    arrives: fc.boolean(),
    delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 25_000 })),
  });

const scene = fc.record({
  create: fc.array(mishap('create'), { maxLength: 6 }),
  token: fc.array(mishap('token'), { maxLength: 2 }),
  status: fc.array(mishap('status'), { maxLength: 12 }),
  lagMs: fc.integer({ min: 0, max: 60_000 }),
  isCallersId: fc.boolean(),
  method: fc.constantFrom('requestToPay', 'collect'),
  payer: fc.constantFrom('46733999888', '46733123450', '46733123452', '46733123453', '46733123454', '46733123455'),
});

function isFailure(result: unknown): result is PollResult & { state: 'failed' | 'expired' } {
  return typeof result === 'object' && result !== null && /failed|expired/.test((result as PollResult).state);
}

test(`random mishaps: one payment per intent, and no failure that MTN did not speak of (${runs} runs, seed ${seed})`, async () => {
  console.log(`randomised: ${runs} runs, seed ${seed} (MOMO_RUNS and MOMO_SEED set them)`);
  const ends: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(scene, async ({ create, token, status, lagMs, isCallersId, method, payer }) => {
      const world = createClientWorld();
      const { sandbox, client } = world;
      sandbox.fault({ on: 'requestToPay', times: Number.POSITIVE_INFINITY, lagMs });
      for (const each of [...create, ...token, ...status]) world.trick(each.step, toTrick(each, world));
      const referenceId = isCallersId ? crypto.randomUUID() : undefined;
      const wanted = { ...request, payer, ...(referenceId === undefined ? {} : { referenceId }) };
      const call = async () =>
        outcomeOf<unknown>(method === 'collect' ? client.collect(wanted) : client.requestToPay(wanted));

      // A shop calls again only where the error says that it may.
      let outcome = await call();
      for (let again = 0; again < 5 && MomoError.is(outcome) && outcome.isRetryable; again++) outcome = await call();
      const word = MomoError.is(outcome)
        ? outcome.code
        : ((outcome as PollResult).state ?? (outcome as { outcome?: string }).outcome);
      ends[word] = (ends[word] ?? 0) + 1;

      const { payments } = sandbox;
      expect(payments.length, 'one payment per intent').toBeLessThanOrEqual(1);
      const held = payments[0];
      const id = (outcome as { referenceId?: string }).referenceId;
      expect(id, 'every ending has the reference id').toMatch(/^[0-9a-f-]{36}$/);
      if (held !== undefined) {
        expect(id).toBe(held.referenceId);
        expect(compareAmounts(held.amount, '12.5')).toBe(0);
      }
      if (outcome instanceof Error) {
        expect(MomoError.is(outcome)).toBe(true);
        const { code } = outcome as MomoError;
        // A read refused while polling says nothing of the payment, nor does a fault of the way there.
        const mayHold = method === 'collect' ? ['unauthorized', 'forbidden', 'rejected'] : ['outcome_unknown'];
        if (held !== undefined) expect(mayHold).toContain(code);
      } else if (method === 'requestToPay') {
        expect(held, 'accepted means that MTN has it').toBeDefined();
      }
      const isHeldFailed = held?.status === 'FAILED';
      if (isFailure(outcome)) expect(isHeldFailed, 'failed means that MTN said so').toBe(true);
      if ((outcome as PollResult).state === 'successful') expect(held?.status).toBe('SUCCESSFUL');

      // Once the mishaps are over, the reference id tells the truth.
      if (held !== undefined) {
        sandbox.advance(120_000);
        const fresh = createFresh(world);
        const truth = await fresh.pollUntilFinal(held.referenceId);
        const wantedState = { SUCCESSFUL: /successful/, FAILED: /failed|expired/, PENDING: /uncertain/, CREATED: /./ };
        expect(truth.state).toMatch(wantedState[sandbox.payments[0]?.status ?? 'CREATED']);
      }
    }),
    { numRuns: runs, seed, interruptAfterTimeLimit: 540_000, markInterruptAsFailure: true },
  );
  console.log('randomised: endings', ends);
}, 600_000);

/** A client straight on the sandbox, past all tricks. */
function createFresh({ sandbox, newClient }: ClientWorld) {
  return newClient({ fetch: sandbox.fetch });
}
