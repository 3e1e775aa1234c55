import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { compareAmounts, MomoError } from '../../src/index.js';
import { type ClientWorld, createClientWorld, outcomeOf, request, type Trick } from '../support/client-world.js';
import {
  answers,
  answersAfter,
  breaksInBody,
  breaksInBodyAfter,
  fetchFailed,
  gateway,
  hangs,
  hangsAfter,
  hangsInBody,
  html,
  lost,
  lostAnswer,
  wallet,
} from '../support/tricks.js';

/**
 * Every fault at every step of a create, each with and without an id of the caller's: at most one payment, an honest
 * ending, in time. The sandbox knows the truth; the client only sees what the fault lets through.
 */

interface Fault {
  readonly name: string;
  /** The fault in the place of the exchange: the sandbox sees nothing. */
  readonly instead: Trick;
  /** The fault after the sandbox did its work. Only where MTN is not lying: an answer that refuses after it took it is. */
  readonly after?: Trick;
  /** Surely not a byte has left. */
  readonly isUnsent?: boolean;
  /** Runs into the attempt's timeout, which is real time. */
  readonly hangs?: boolean;
  /** One of many alike: only at the first send. */
  readonly isVariant?: boolean;
}

function unsent(code: string, more?: Readonly<Record<string, unknown>>): Fault {
  return { name: code, instead: lost(fetchFailed(code, more)), isUnsent: true };
}

function dropped(code: string): Fault {
  return { name: code, instead: lost(fetchFailed(code)), after: lostAnswer(fetchFailed(code)) };
}

/** An answer that says nothing of the payment: it may have arrived or not. */
function vague(name: string, status: number, body?: unknown, headers?: Readonly<Record<string, string>>): Fault {
  return { name, instead: answers(status, body, headers), after: answersAfter(status, body, headers) };
}

/** An answer that says that nothing was created. */
function clear(name: string, status: number, body?: unknown, headers?: Readonly<Record<string, string>>): Fault {
  return { name, instead: answers(status, body, headers) };
}

function asVariant(fault: Fault): Fault {
  return { ...fault, isVariant: true };
}

const rejectingCodes = [
  'PAYEE_NOT_FOUND',
  'NOT_ALLOWED',
  'NOT_ALLOWED_TARGET_ENVIRONMENT',
  'INVALID_CALLBACK_URL_HOST',
  'INVALID_CURRENCY',
  'NOT_ENOUGH_FUNDS',
  'PAYER_LIMIT_REACHED',
  'PAYEE_NOT_ALLOWED_TO_RECEIVE',
  'RESOURCE_NOT_FOUND',
];
const openCodes = [
  'INTERNAL_PROCESSING_ERROR',
  'PAYMENT_NOT_APPROVED',
  'APPROVAL_REJECTED',
  'EXPIRED',
  'TRANSACTION_CANCELED',
  'RESOURCE_ALREADY_EXIST',
  'COULD_NOT_PERFORM_TRANSACTION',
];

const faults: readonly Fault[] = [
  unsent('ECONNREFUSED'),
  unsent('ENOTFOUND'),
  asVariant(unsent('EAI_AGAIN')),
  asVariant(unsent('UND_ERR_CONNECT_TIMEOUT')),
  unsent('CERT_HAS_EXPIRED'),
  asVariant(unsent('DEPTH_ZERO_SELF_SIGNED_CERT')),
  dropped('ECONNRESET'),
  asVariant(dropped('EPIPE')),
  asVariant(dropped('UND_ERR_SOCKET')),
  asVariant(dropped('UND_ERR_HEADERS_TIMEOUT')),
  { name: 'an error without a code', instead: lost(new TypeError('Load failed')), after: lostAnswer(new TypeError()) },
  { name: 'reset before the body', instead: breaksInBody(200), after: breaksInBodyAfter('', undefined, 200) },
  { name: 'reset in the body', instead: breaksInBody(200, '{"a'), after: breaksInBodyAfter('{"a', undefined, 200) },
  asVariant({ name: 'reset in the body of a 400', instead: breaksInBody(400, '{"co') }),
  asVariant({
    name: 'reset in the body of a 409',
    instead: breaksInBody(409, '{"co'),
    after: breaksInBodyAfter('{', undefined, 409),
  }),
  { name: 'hang', instead: hangs, after: hangsAfter, hangs: true },
  asVariant({ name: 'hang in the body', instead: hangsInBody(200), hangs: true }),
  vague('200 HTML', 200, html),
  vague('200 JSON', 200, { ok: true }),
  asVariant(vague('200 empty', 200)),
  asVariant({
    name: '200 JSON that looks like a failed payment',
    instead: answers(200, { status: 'FAILED', reason: 'EXPIRED' }),
  }),
  asVariant(vague('201', 201)),
  asVariant(vague('204', 204)),
  vague('302', 302, undefined, { location: 'https://elsewhere.example/' }),
  asVariant(vague('307', 307, undefined, { location: '/elsewhere' })),
  clear('400 empty', 400),
  asVariant(clear('400 of the wallet', 400, { code: 'VALIDATION_ERROR', message: 'no' })),
  asVariant(clear('400 HTML', 400, html)),
  clear('401', 401),
  asVariant(clear('401 of the gateway', 401, gateway.invalidKey)),
  asVariant(clear('401 of the login', 401, { error: 'invalid_token' })),
  clear('403 of the gateway', 403, gateway.forbidden),
  clear('404 of the gateway', 404, gateway.notFound),
  vague('404 empty', 404),
  vague('404 of the wallet', 404, wallet.notFound),
  vague('408', 408),
  { name: '409', instead: answers(409, wallet.alreadyExists) },
  asVariant(clear('411 HTML', 411, html)),
  clear('415', 415, gateway.internal),
  clear('429', 429, gateway.rateLimited),
  clear('429 with Retry-After', 429, gateway.rateLimited, { 'Retry-After': '7' }),
  asVariant(clear('429 with Retry-After of an hour', 429, undefined, { 'Retry-After': '3600' })),
  clear('500 PAYER_NOT_FOUND', 500, { code: 'PAYER_NOT_FOUND', message: 'Payee does not exist' }),
  ...rejectingCodes.map((code) => asVariant(clear(`500 ${code}`, 500, { code, message: 'no' }))),
  asVariant(clear('500 login_failed', 500, { error: 'login_failed' })),
  vague('500 SERVICE_UNAVAILABLE', 500, wallet.unavailable),
  ...openCodes.map((code) => asVariant(vague(`500 ${code}`, 500, { code, message: 'maybe' }))),
  vague('500 empty', 500),
  vague('500 of a new code', 500, { code: 'SOMETHING_NEW', message: 'who knows' }),
  asVariant(vague('500 of the gateway', 500, gateway.internal)),
  asVariant(vague('502 HTML', 502, html)),
  vague('503 empty', 503),
  asVariant(vague('503 of the wallet', 503, wallet.unavailable)),
  vague('504', 504),
];

interface Step {
  readonly name: string;
  readonly isFor: (fault: Fault, isCallersId: boolean) => boolean;
  /** The payment that the sandbox holds under the caller's id before the call. */
  readonly before?: 'same' | 'foreign';
  /** Reads say 404 for so long after the create arrived. */
  readonly lagMs?: number;
  /** Only with the default deadline. */
  readonly isLong?: boolean;
  play(world: ClientWorld, fault: Fault): void;
}

const common = (fault: Fault) => fault.isVariant !== true;
const any = () => true;
const arrived = (fault: Fault) => fault.after !== undefined;
const lostSend = lost(fetchFailed('ECONNRESET'));

const steps: readonly Step[] = [
  // Waiting for a token that many share is bounded in real time; see token.test.ts for its deadlines.
  { name: 'the token call', isLong: true, isFor: any, play: (world, { instead }) => world.trick('token', instead) },
  {
    name: 'every token call',
    isLong: true,
    isFor: common,
    play: (world, { instead }) => world.trickAll('token', instead),
  },
  {
    name: 'the token call after a 401',
    isLong: true,
    isFor: common,
    play(world, { instead }) {
      world.trick('create', answers(401));
      world.trick('token', undefined);
      world.trickAll('token', instead);
    },
  },
  { name: 'the first send', isFor: any, play: (world, { instead }) => world.trick('create', instead) },
  { name: 'every send', isFor: common, play: (world, { instead }) => world.trickAll('create', instead) },
  {
    name: 'the first send, which arrived',
    isFor: arrived,
    play: (world, { after }) => world.trick('create', after),
  },
  {
    name: 'the first send, which arrived and stays unseen for 45 s',
    lagMs: 45_000,
    isFor: (fault) => arrived(fault) && common(fault),
    play: (world, { after }) => world.trick('create', after),
  },
  {
    name: 'the first send and all reads of an hour, which arrived',
    lagMs: 3_600_000,
    isFor: (fault) => arrived(fault) && common(fault),
    play: (world, { after }) => world.trickAll('create', after),
  },
  {
    name: 'the first send, of an id MTN has',
    before: 'same',
    isFor: (_, isCallersId) => isCallersId,
    play: (world, { instead }) => world.trick('create', instead),
  },
  {
    name: 'every send, of an id MTN has',
    before: 'same',
    isFor: (fault, isCallersId) => isCallersId && common(fault),
    play: (world, { instead }) => world.trickAll('create', instead),
  },
  {
    name: "the first send, of an id MTN has for another's payment",
    before: 'foreign',
    isFor: (fault, isCallersId) => isCallersId && common(fault),
    play: (world, { instead }) => world.trick('create', instead),
  },
  {
    name: 'the resend after a refused connection',
    isFor: common,
    play: (world, { instead }) => world.trick('create', lost(fetchFailed('ECONNREFUSED')), instead),
  },
  {
    name: 'the resend after a 401',
    isFor: common,
    play: (world, { instead }) => world.trick('create', answers(401), instead),
  },
  {
    name: 'the resend after a 429',
    isFor: common,
    play: (world, { instead }) => world.trick('create', answers(429), instead),
  },
  {
    name: 'the resend after a send that was lost',
    isFor: any,
    play: (world, { instead }) => world.trick('create', lostSend, instead),
  },
  {
    name: 'the resend after a send that was lost, which arrived',
    isFor: arrived,
    play: (world, { after }) => world.trick('create', lostSend, after),
  },
  {
    name: 'both resends after a send that was lost',
    isFor: common,
    play: (world, { instead }) => world.trick('create', lostSend, instead, instead),
  },
  {
    name: 'the resend after a lost answer, the payment unseen for 45 s',
    lagMs: 45_000,
    isFor: any,
    play: (world, { instead }) => world.trick('create', lostAnswer(), instead),
  },
  {
    name: 'every resend after a lost answer, the payment unseen for an hour',
    lagMs: 3_600_000,
    isFor: common,
    play(world, { instead }) {
      world.trick('create', lostAnswer());
      world.trickAll('create', instead);
    },
  },
  {
    name: 'the first status read, after a lost answer',
    isFor: any,
    play(world, { instead }) {
      world.trick('create', lostAnswer());
      world.trick('status', instead);
    },
  },
  {
    name: 'the first status read, after a lost send',
    isFor: common,
    play(world, { instead }) {
      world.trick('create', lostSend);
      world.trick('status', instead);
    },
  },
  {
    name: 'every status read, after a lost answer',
    isFor: common,
    play(world, { instead }) {
      world.trick('create', lostAnswer());
      world.trickAll('status', instead);
    },
  },
  {
    name: 'every status read, after a lost send',
    isFor: common,
    play(world, { instead }) {
      world.trick('create', lostSend);
      world.trickAll('status', instead);
    },
  },
  {
    name: 'the first status read, after a 409',
    before: 'same',
    isFor: (fault, isCallersId) => isCallersId && common(fault),
    play: (world, { instead }) => world.trick('status', instead),
  },
  {
    // Where the read is refused too, or says "not found", the contract lets the refusal stand.
    name: 'every status read, after a refusal of an id MTN has',
    before: 'same',
    isFor: (fault, isCallersId) => isCallersId && common(fault) && !/^(401|403|404 of)/.test(fault.name),
    play(world, { instead }) {
      world.trick('create', answers(500, { code: 'NOT_ALLOWED' }));
      world.trickAll('status', instead);
    },
  },
];

interface Case {
  readonly step: Step;
  readonly fault: Fault;
  readonly isCallersId: boolean;
  readonly deadlineMs: number;
}

const cases: Case[] = steps.flatMap((step) =>
  faults.flatMap((fault) =>
    [false, true].flatMap((isCallersId) =>
      step.isFor(fault, isCallersId)
        ? (fault.hangs || step.isLong ? [120_000] : [120_000, 7_000]).map((deadlineMs) => ({
            step,
            fault,
            isCallersId,
            deadlineMs,
          }))
        : [],
    ),
  ),
);

const neverRetryable = ['outcome_unknown', 'invalid_input', 'unauthorized', 'forbidden', 'reference_conflict'];

/** Runs one case; what comes back is what was wrong. */
async function violationsOf({ step, fault, isCallersId, deadlineMs }: Case): Promise<string[]> {
  const timeoutMs = fault.hangs ? 150 : 30_000;
  const world = createClientWorld({ timeoutMs });
  const { sandbox, client, clock } = world;
  const referenceId = isCallersId ? crypto.randomUUID() : undefined;
  const wanted = { ...request, ...(referenceId === undefined ? {} : { referenceId }) };
  if (step.before !== undefined) {
    await world.newClient().requestToPay(step.before === 'same' ? wanted : { ...wanted, amount: '99' });
  }
  if (step.lagMs !== undefined) sandbox.fault({ on: 'requestToPay', lagMs: step.lagMs });
  const sentBefore = world.sent('create').length;
  let unsentCount = 0;
  const instead: Trick = (arrive, signal) => {
    if (fault.isUnsent && world.wire.at(-1)?.step === 'create') unsentCount++;
    return fault.instead(arrive, signal);
  };
  step.play(world, { ...fault, instead });

  const startedAtMs = clock.now();
  const outcome = await outcomeOf(client.requestToPay(wanted, { deadlineMs }));
  const elapsedMs = clock.now() - startedAtMs;

  const wrong: string[] = [];
  const check = (isFine: boolean, what: string) => {
    if (!isFine) wrong.push(`${what} [${outcome instanceof MomoError ? outcome.code : inspect(outcome)}]`);
  };
  const sent = world.sent('create').slice(sentBefore);
  const ids = new Set(sent.map(({ headers }) => headers['x-reference-id']));
  const id = (outcome as { referenceId?: string }).referenceId ?? '';
  check(id !== '' && (referenceId === undefined || id === referenceId), 'the caller has the reference id');
  check(ids.size <= 1 && [...ids].every((sentId) => sentId === id), 'one reference id on the wire, the one returned');
  const shapes = new Set(
    sent.map(({ url, body, headers: { authorization: _, ...headers } }) => JSON.stringify([url, body, headers])),
  );
  check(shapes.size <= 1, 'every send is the same but for its token');
  check(elapsedMs <= deadlineMs, `settled in time (took ${elapsedMs} ms)`);
  const isOurs = (amount: string) => compareAmounts(amount, '12.50') === 0;
  const holdsOurs = () => sandbox.payments.some((held) => held.referenceId === id && isOurs(held.amount));
  check(sandbox.payments.length <= 1, 'at most one payment');

  if (!(outcome instanceof Error)) {
    check(holdsOurs(), 'accepted means that MTN has it');
    check(outcome.attempts === sent.length, `attempts counts the sends (${sent.length})`);
    return wrong;
  }
  check(MomoError.is(outcome), 'the error is typed');
  if (!MomoError.is(outcome)) return wrong;
  check(outcome.message.includes(id), 'the message names the reference');
  const shown = inspect(outcome, { depth: 20, showHidden: true });
  const { subscriptionKey, apiKey } = sandbox.credentials;
  check(![subscriptionKey, apiKey].some((secret) => shown.includes(secret)), 'no key in the error');
  const hasLeft = sent.length > unsentCount;
  // Of an id that an earlier call has sent, these say only that this call did not get through.
  const isOfThisCall = step.before === 'same' && ['network', 'rate_limited'].includes(outcome.code);
  if (outcome.code === 'outcome_unknown') check(hasLeft, 'outcome_unknown although not a byte has left');
  else if (!isOfThisCall) check(!holdsOurs(), 'a refusal while MTN holds the payment');
  if (neverRetryable.includes(outcome.code)) check(!outcome.isRetryable, 'this code is never retryable');
  if (hasLeft && !isCallersId) check(!outcome.isRetryable, 'not retryable once bytes have left under an id of ours');

  // Doing as the error says must not charge twice, and must find what MTN holds.
  world.trickAll('token', undefined);
  world.trickAll('create', undefined);
  world.trickAll('status', undefined);
  if (outcome.isRetryable) {
    const again = await outcomeOf(world.newClient().requestToPay(wanted));
    const expected = step.before === 'foreign' ? 'reference_conflict' : undefined;
    check(sandbox.payments.length === 1, 'calling again as told makes one payment');
    check((again as { code?: string }).code === expected, 'calling again as told works');
  } else if (outcome.code === 'outcome_unknown' && holdsOurs()) {
    sandbox.advance(3_600_000);
    const found = await world.newClient().pollUntilFinal(id);
    check(found.state === 'successful', 'polling the reference finds the payment');
  }
  return wrong;
}

test('whatever goes wrong at whatever step: one payment at most, an honest ending, and in time', async () => {
  const seen: Record<string, number> = {};
  const wrong: string[] = [];
  const queue = [...cases];
  const work = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { step, fault, isCallersId, deadlineMs } = next;
      const name = `${fault.name} at ${step.name}, ${isCallersId ? "the caller's id" : 'an id of ours'}, ${deadlineMs} ms`;
      for (const violation of await violationsOf(next)) wrong.push(`${name}: not so: ${violation}`);
      seen[step.name] = (seen[step.name] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 16 }, work));
  console.log(`fault grid: ${cases.length} cases (${faults.length} faults, ${steps.length} steps)`);
  expect(Object.values(seen).reduce((a, b) => a + b, 0)).toBe(cases.length);
  expect(cases.length).toBeGreaterThan(1_500);
  expect(wrong).toEqual([]);
}, 120_000);
