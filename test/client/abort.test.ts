import { afterEach, describe, expect, test, vi } from 'vitest';
import { MomoCollections, type MomoCollectionsOptions, MomoError, type TokenStore } from '../../src/index.js';
import { createMomoSandbox } from '../../src/testing/index.js';
import { request, type Step, stepOf, type Trick } from '../support/client-world.js';
import { flush, passTimeUntil, useFakeTime, watch } from '../support/fake-time.js';
import { answers, fetchFailed, hangs, hangsDeaf, hangsInBody, lost } from '../support/tricks.js';

/**
 * An abort, and a deadline, at every place where a call waits. On the default clock and fake timers: the call settles at
 * once, with the right code, and leaves no timer behind.
 */

afterEach(() => {
  vi.useRealTimers();
});

type Ending = { readonly aborted: object; readonly deadline: object | undefined };

interface Place {
  readonly name: string;
  readonly tricks?: Partial<Record<Step, readonly (Trick | undefined)[]>>;
  readonly store?: (here: () => void) => Partial<TokenStore>;
  /** Starts the call; it stays at the place until it is ended. */
  start(
    client: MomoCollections,
    options: { signal?: AbortSignal; deadlineMs?: number },
    here: () => void,
  ): Promise<unknown>;
  /** Is it there? Default: when a trick that hangs was met, or `here` was called. */
  readonly isThere?: (met: readonly Step[]) => boolean;
  readonly ending: Ending;
  /** Long enough to get there. */
  readonly deadlineMs?: number;
}

const id = '0b69a45f-f504-4f4c-ad7c-a5ec97c0483f';
const nothingLeft: Ending = {
  aborted: { code: 'aborted', isRetryable: true },
  deadline: { code: 'timeout', isRetryable: true },
};
const mayHaveLeft: Ending = {
  aborted: { code: 'outcome_unknown', isRetryable: false },
  deadline: { code: 'outcome_unknown', isRetryable: false },
};
const polling: Ending = { aborted: { code: 'aborted' }, deadline: undefined };

const create = (client: MomoCollections, options: object) => client.requestToPay(request, options);
const read = (client: MomoCollections, options: object) => client.getRequestToPay(id, options);
const poll = (client: MomoCollections, options: object) => client.pollUntilFinal(id, options);
const reset = lost(fetchFailed('ECONNRESET'));
const forever = () => new Promise<never>(() => {});

const places: readonly Place[] = [
  {
    name: 'the token call',
    tricks: { token: [hangs] },
    start: (client, options) => client.getToken(options),
    ending: nothingLeft,
  },
  { name: 'the token call of a create', tricks: { token: [hangs] }, start: create, ending: nothingLeft },
  { name: 'the token call of a create, deaf', tricks: { token: [hangsDeaf] }, start: create, ending: nothingLeft },
  { name: 'the body of the token call', tricks: { token: [hangsInBody(200)] }, start: create, ending: nothingLeft },
  {
    name: 'the wait between token calls',
    tricks: { token: [answers(429, undefined, { 'Retry-After': '30' })] },
    start: create,
    isThere: (met) => met.length > 0,
    ending: { aborted: nothingLeft.aborted, deadline: { code: 'timeout', isRetryable: true } },
    deadlineMs: 10_000,
  },
  {
    name: 'the token store',
    store: (here) => ({
      get: () => {
        here();
        return forever();
      },
    }),
    start: create,

    ending: nothingLeft,
    deadlineMs: 500,
  },
  {
    name: 'the lock of the token store',
    store: (here) => ({
      lock: () => {
        here();
        return forever();
      },
    }),
    start: create,

    ending: nothingLeft,
    deadlineMs: 500,
  },
  {
    name: 'the wait for the lock of another',
    store: (here) => ({
      lock: async () => {
        here();
        return undefined;
      },
    }),
    start: create,

    ending: nothingLeft,
    deadlineMs: 2_100,
  },
  { name: 'the create', tricks: { create: [hangs] }, start: create, ending: mayHaveLeft },
  { name: 'the create, deaf', tricks: { create: [hangsDeaf] }, start: create, ending: mayHaveLeft },
  { name: 'the body of the create', tricks: { create: [hangsInBody(500)] }, start: create, ending: mayHaveLeft },
  {
    name: 'the wait after a 429 of a create',
    tricks: { create: [answers(429, undefined, { 'Retry-After': '30' })] },
    start: create,
    isThere: (met) => met.includes('create'),
    ending: { aborted: { referenceId: expect.any(String) }, deadline: { code: 'rate_limited' } },
    deadlineMs: 10_000,
  },
  {
    name: 'the wait before the probe',
    tricks: { create: [reset] },
    start: create,
    isThere: (met) => met.includes('create'),
    ending: mayHaveLeft,
    deadlineMs: 1_500,
  },
  { name: 'the probe', tricks: { create: [reset], status: [hangs] }, start: create, ending: mayHaveLeft },
  {
    name: 'the token call of a probe',
    tricks: { create: [reset], status: [answers(401)], token: [undefined, hangs] },
    start: create,
    ending: mayHaveLeft,
  },
  { name: 'the status read', tricks: { status: [hangs] }, start: read, ending: nothingLeft },
  { name: 'the status read, deaf', tricks: { status: [hangsDeaf] }, start: read, ending: nothingLeft },
  { name: 'the body of the status read', tricks: { status: [hangsInBody(200)] }, start: read, ending: nothingLeft },
  {
    name: 'the wait between status reads',
    tricks: { status: [answers(503, undefined, { 'Retry-After': '30' })] },
    start: read,
    isThere: (met) => met.includes('status'),
    ending: { aborted: nothingLeft.aborted, deadline: { code: 'unavailable', isRetryable: true } },
    deadlineMs: 10_000,
  },
  { name: 'the first wait of a poll', start: poll, isThere: () => true, ending: polling, deadlineMs: 600_000 },
  { name: 'the read of a poll', tricks: { status: [hangs] }, start: poll, ending: polling },
  { name: 'the read of a poll, deaf', tricks: { status: [hangsDeaf] }, start: poll, ending: polling },
  {
    name: 'a later wait of a poll',
    tricks: { status: [reset] },
    start: poll,
    isThere: (met) => met.includes('status'),
    ending: polling,
    deadlineMs: 600_000,
  },
  {
    name: 'the read of your own of a poll',
    start: (client, options, here) =>
      client.pollUntilFinal(id, {
        ...options,
        read: () => {
          here();
          return forever();
        },
      }),
    ending: polling,
  },
  {
    name: 'onUpdate of a poll',
    tricks: { status: [answers(200, { status: 'PENDING' })] },
    start: (client, options, here) =>
      client.pollUntilFinal(id, {
        ...options,
        onUpdate: () => {
          here();
          return forever();
        },
      }),
    ending: polling,
  },
  {
    name: 'onReference of collect',
    start: (client, options, here) =>
      client.collect(request, {
        ...options,
        onReference: () => {
          here();
          return forever();
        },
      }),
    ending: nothingLeft,
  },
  {
    name: 'the token call of collect',
    tricks: { token: [hangs] },
    start: (client, options) => client.collect(request, options),
    ending: nothingLeft,
  },
  {
    name: 'the create of collect',
    tricks: { create: [hangs] },
    start: (client, options) => client.collect(request, options),
    ending: { aborted: { code: 'aborted', isRetryable: false }, deadline: undefined },
  },
  {
    name: 'the probe of collect',
    tricks: { create: [reset], status: [hangs] },
    start: (client, options) => client.collect(request, options),
    ending: { aborted: { code: 'aborted', isRetryable: false }, deadline: undefined },
  },
  {
    name: 'the poll of collect',
    tricks: { status: [hangs] },
    start: (client, options) => client.collect(request, options),
    ending: { aborted: { code: 'aborted', isRetryable: false }, deadline: undefined },
  },
];

function setUp(place: Place, more: Partial<MomoCollectionsOptions> = {}) {
  useFakeTime();
  const sandbox = createMomoSandbox({ now: () => Date.now() });
  const { clock: _, ...own } = sandbox.clientOptions();
  const met: Step[] = [];
  let isHere = false;
  const here = () => {
    isHere = true;
  };
  const queues = new Map(Object.entries(place.tricks ?? {}).map(([step, tricks]) => [step as Step, [...tricks]]));
  const client = new MomoCollections({
    ...own,
    ...(place.store === undefined
      ? {}
      : {
          tokenStore: { get: async () => undefined, set: async () => {}, delete: async () => {}, ...place.store(here) },
        }),
    timeoutMs: 3_600_000,
    fetch: async (input, init) => {
      const sent = input instanceof Request ? input : new Request(input, init);
      const step = stepOf(sent.method, sent.url);
      const trick = queues.get(step)?.shift();
      const signal = init?.signal ?? sent.signal;
      met.push(step);
      if (trick !== undefined && queues.get(step)?.length === 0) here();
      return trick === undefined ? own.fetch(input, init) : trick(() => own.fetch(input, init), signal);
    },
    ...more,
  });
  return { client, here, met, isThere: () => (place.isThere === undefined ? isHere : place.isThere(met)) };
}

/** Time passes until the call is there; not for a store, whose key is hashed outside of any clock. */
async function arrive(isThere: () => boolean, { store }: Place): Promise<void> {
  if (store === undefined) return passTimeUntil(isThere);
  while (!isThere()) await flush(1);
}

describe.each(places)('at $name', (place) => {
  test('an abort ends the call at once, and leaves no timer', async () => {
    const { client, here, isThere } = setUp(place);
    const controller = new AbortController();
    const call = watch(place.start(client, { signal: controller.signal, deadlineMs: 3_600_000 }, here));
    await arrive(isThere, place);
    await flush();
    expect(call).toEqual({});
    const abortedAtMs = Date.now();
    controller.abort(new Error('the user left'));
    await flush();
    expect(call.outcome).toMatchObject(place.ending.aborted);
    expect(MomoError.is(call.outcome)).toBe(true);
    expect((call.settledAtMs ?? 0) - abortedAtMs).toBeLessThan(50);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('the deadline ends the call in time, and leaves no timer', async () => {
    const { client, here, isThere } = setUp(place);
    const deadlineMs = place.deadlineMs ?? 100_000;
    const startedAtMs = Date.now();
    const call = watch(place.start(client, { deadlineMs }, here));
    await arrive(isThere, place);
    await passTimeUntil(() => call.settledAtMs !== undefined);
    expect((call.settledAtMs ?? 0) - startedAtMs).toBeLessThanOrEqual(deadlineMs + 50);
    if (place.ending.deadline !== undefined) expect(call.outcome).toMatchObject(place.ending.deadline);
    else expect(call.outcome).toMatchObject({ state: 'uncertain' });
    await flush();
    expect(vi.getTimerCount()).toBe(0);
  });
});

test('a call in the queue of status reads that is aborted leaves it, and the others go on', async () => {
  useFakeTime();
  const place: Place = { name: '', start: read, ending: nothingLeft };
  const { client, met } = setUp(place, { maxStatusReadsPerSecond: 1 });
  const controller = new AbortController();
  const calls = [undefined, controller.signal, undefined].map((signal) =>
    watch(client.getRequestToPay(id, signal === undefined ? {} : { signal })),
  );
  await passTimeUntil(() => calls[0]?.settledAtMs !== undefined, { stepMs: 1 });
  expect(calls[1]).toEqual({});
  controller.abort();
  await flush();
  expect(calls[1]?.outcome).toMatchObject({ code: 'aborted', referenceId: id });
  const beforeMs = Date.now();
  await passTimeUntil(() => calls[2]?.settledAtMs !== undefined, { stepMs: 1 });
  expect(Date.now() - beforeMs).toBeLessThan(1_100);
  expect(met.filter((step) => step === 'status')).toHaveLength(2);
  expect(vi.getTimerCount()).toBe(0);
});

test('a call in the queue of status reads ends at its deadline', async () => {
  useFakeTime();
  const place: Place = { name: '', start: read, ending: nothingLeft };
  const { client } = setUp(place, { maxStatusReadsPerSecond: 1 });
  const startedAtMs = Date.now();
  const calls = Array.from({ length: 5 }, () => watch(client.getRequestToPay(id, { deadlineMs: 2_500 })));
  await passTimeUntil(() => calls.every(({ settledAtMs }) => settledAtMs !== undefined), { stepMs: 1 });
  expect(Date.now() - startedAtMs).toBeLessThanOrEqual(2_550);
  const codes = calls.map(({ outcome }) => (outcome as MomoError).code);
  expect(codes).toEqual(['not_found', 'not_found', 'not_found', 'timeout', 'timeout']);
  expect(vi.getTimerCount()).toBe(0);
});
