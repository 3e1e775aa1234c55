import { describe, expect, test } from 'vitest';
import type { ClientEvent, MomoCollectionsOptions } from '../../src/index.js';
import { createClientWorld, outcomeOf, request } from '../support/client-world.js';
import { answers, fetchFailed, gateway, lost, lostAnswer } from '../support/tricks.js';

const known = [
  'callId',
  'atMs',
  'operation',
  'referenceId',
  'type',
  'attempt',
  'status',
  'durationMs',
  'delayMs',
  'cause',
  'source',
  'code',
];

function createWatched(options: Partial<MomoCollectionsOptions> = {}) {
  const events: ClientEvent[] = [];
  const world = createClientWorld({ ...options, onEvent: (event) => events.push(event) });
  return { ...world, events };
}

/** The events as short words. */
function story(events: readonly ClientEvent[]): string[] {
  return events.map((event) => {
    const more = {
      request: () => (event.type === 'request' ? event.attempt : ''),
      response: () => (event.type === 'response' ? `${event.attempt} ${event.status}` : ''),
      retry: () => (event.type === 'retry' ? `${event.attempt} ${event.cause}` : ''),
      token: () => (event.type === 'token' ? event.source : ''),
      settled: () => (event.type === 'settled' ? (event.code ?? 'ok') : ''),
    }[event.type]();
    return `${event.operation} ${event.type} ${more}`;
  });
}

describe('events', () => {
  test('tell a payment from its token to its end', async () => {
    const { client, events } = createWatched();
    await client.requestToPay(request);
    expect(story(events)).toEqual([
      'createAccessToken request 1',
      'createAccessToken response 1 200',
      'createAccessToken token mtn',
      'requestToPay request 1',
      'requestToPay response 1 202',
      'requestToPay settled ok',
    ]);
  });

  test('of one call carry its id and reference; of another call, another id', async () => {
    const { client, events, clock } = createWatched();
    const { referenceId } = await client.requestToPay(request);
    const first = [...events];
    await client.requestToPay(request);
    expect(new Set(first.map(({ callId }) => callId)).size).toBe(1);
    expect(first.every((event) => event.referenceId === referenceId)).toBe(true);
    expect(first.every(({ atMs }) => atMs === clock.now())).toBe(true);
    expect(new Set(events.map(({ callId }) => callId)).size).toBe(2);
    expect(events.find(({ callId, type }) => callId !== first[0]?.callId && type === 'token')).toMatchObject({
      source: 'memory',
    });
  });

  test('tell of one token call, and of the others that wait for it', async () => {
    const { client, events } = createWatched();
    await Promise.all([client.getToken(), client.getToken()]);
    expect(story(events).filter((line) => line.includes(' token '))).toEqual([
      'createAccessToken token mtn',
      'createAccessToken token memory',
    ]);
  });

  test('of a lost answer tell of the reads that found it', async () => {
    const { client, events, trick } = createWatched();
    await client.getToken();
    events.length = 0;
    trick('create', lostAnswer());
    const { referenceId } = await client.requestToPay(request);
    const told = story(events).filter((word) => !word.includes('token'));
    expect(told[0]).toBe('requestToPay request 1');
    expect(told).toContain('getRequestToPay request 1');
    expect(told).toContain('getRequestToPay response 1 200');
    expect(told.at(-1)).toBe('requestToPay settled ok');
    expect(events.every((event) => event.referenceId === referenceId)).toBe(true);
  });

  test('of retries tell why and how long', async () => {
    const { client, events, trick } = createWatched({ random: () => 0.5 });
    await client.getToken();
    events.length = 0;
    trick('status', answers(503), lost(fetchFailed('ECONNRESET')));
    await outcomeOf(client.getRequestToPay(crypto.randomUUID()));
    expect(events.filter(({ type }) => type === 'retry')).toMatchObject([
      { operation: 'getRequestToPay', attempt: 1, delayMs: 150, cause: 'http_503' },
      { operation: 'getRequestToPay', attempt: 2, delayMs: 300, cause: 'ECONNRESET' },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'settled', code: 'not_found', durationMs: 450 });
  });

  test('of a create that waits tell why too', async () => {
    const { client, events, trick } = createWatched();
    trick('create', answers(429, gateway.rateLimited, { 'Retry-After': '7' }), lost(fetchFailed('ENOTFOUND')));
    await client.requestToPay(request);
    expect(events.filter(({ type }) => type === 'retry').map((event) => event.type === 'retry' && event.cause)).toEqual(
      ['http_429', 'ENOTFOUND'],
    );
    expect(events.filter(({ type, operation }) => type === 'request' && operation === 'requestToPay')).toHaveLength(3);
  });

  test('of an error tell its code once, at the end', async () => {
    const { client, events, trickAll } = createWatched();
    trickAll('create', answers(403, gateway.forbidden));
    await outcomeOf(client.requestToPay(request));
    await outcomeOf(client.collect(request));
    const settled = events.filter(({ type }) => type === 'settled');
    expect(settled).toMatchObject([
      { operation: 'requestToPay', code: 'forbidden' },
      { operation: 'collect', code: 'forbidden' },
    ]);
    expect(events.at(-1)).toBe(settled[1]);
  });

  test.each(['getToken', 'requestToPay', 'getRequestToPay', 'pollUntilFinal', 'collect'] as const)(
    'of %s end with one settled under its name',
    async (method) => {
      const { client, events, newClient } = createWatched();
      const { referenceId } = await newClient().requestToPay(request);
      const calls = {
        getToken: () => client.getToken(),
        requestToPay: () => client.requestToPay(request),
        getRequestToPay: () => client.getRequestToPay(referenceId),
        pollUntilFinal: () => client.pollUntilFinal(referenceId),
        collect: () => client.collect(request),
      };
      await calls[method]();
      const settled = events.filter(({ type }) => type === 'settled');
      expect(settled).toHaveLength(1);
      expect(settled[0]).toMatchObject({ operation: method, durationMs: expect.any(Number) });
      expect(settled[0]).not.toHaveProperty('code');
      expect(events.at(-1)).toBe(settled[0]);
      expect(new Set(events.map(({ callId }) => callId)).size).toBe(1);
    },
  );

  test('measure by the client’s clock', async () => {
    const { client, events, trick, clock } = createWatched();
    trick('create', async (arrive) => {
      await clock.sleep(1_234);
      return arrive();
    });
    await client.requestToPay(request);
    expect(events.find(({ type, operation }) => type === 'response' && operation === 'requestToPay')).toMatchObject({
      durationMs: 1_234,
    });
    expect(events.at(-1)).toMatchObject({ type: 'settled', durationMs: 1_234 });
  });

  test('hold only the fields of the contract, all plain', async () => {
    const { client, events, trick } = createWatched();
    trick('create', lostAnswer(), answers(429));
    trick('token', answers(503));
    await client.collect(request);
    for (const event of events) {
      for (const [name, value] of Object.entries(event)) {
        expect(known).toContain(name);
        expect(['string', 'number']).toContain(typeof value);
      }
    }
  });
});

describe('a hook', () => {
  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken hook');
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken hook'))],
    [
      'throws no error',
      () => {
        throw undefined;
      },
    ],
    ['never settles', () => new Promise(() => {})],
  ])('that %s breaks nothing', async (_, onEvent) => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    try {
      const world = createClientWorld({ onEvent: onEvent as () => void });
      world.trick('create', lostAnswer());
      await expect(world.client.collect(request)).resolves.toMatchObject({ state: 'successful' });
      await new Promise((resolve) => setTimeout(resolve, 1));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
  });

  test('that changes an event changes nothing', async () => {
    const world = createClientWorld({
      onEvent: (event) => {
        for (const name of Object.keys(event)) (event as Record<string, unknown>)[name] = 'mine';
      },
    });
    const accepted = await world.client.requestToPay(request);
    expect(accepted.referenceId).toBe(world.sandbox.payments[0]?.referenceId);
  });

  test('that calls the client again is served', async () => {
    let inner: Promise<unknown> | undefined;
    const world = createClientWorld({
      onEvent: ({ type }) => {
        if (type === 'settled' && inner === undefined) inner = world.client.requestToPay(request);
      },
    });
    await world.client.requestToPay(request);
    await inner;
    expect(world.sandbox.payments).toHaveLength(2);
  });
});
