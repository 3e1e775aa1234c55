import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type ClientEvent,
  keyValueTokenStore,
  type MomoCollectionsOptions,
  MomoError,
  memoryTokenStore,
  type StoredToken,
  type TokenStore,
} from '../../src/index.js';
import { createMomoSandbox, type Fetch } from '../../src/testing/index.js';
import { createClientWorld, errorOf, outcomeOf, request, stepOf, type Trick } from '../support/client-world.js';
import { answers, breaksInBody, fetchFailed, gateway, hangs, html, lost, response } from '../support/tricks.js';

afterEach(() => {
  vi.useRealTimers();
});

const minute = 60_000;

/** The bearer tokens of a step's calls, in order. */
function bearers(calls: readonly { headers: Readonly<Record<string, string>> }[]): string[] {
  return calls.map(({ headers }) => headers.authorization?.replace('Bearer ', '') ?? '');
}

/** A token answer in the place of MTN's own, with a token the sandbox knows. */
function withFields(fields: Readonly<Record<string, unknown>>): Trick {
  return async (arrive) => {
    const real = (await (await arrive()).json()) as Record<string, unknown>;
    const body = Object.fromEntries(Object.entries({ ...real, ...fields }).filter(([, value]) => value !== undefined));
    return response(200, body);
  };
}

describe('the token call', () => {
  test('is a POST with Basic auth, the subscription key, the environment, Content-Length 0, no body and no content type', async () => {
    const world = createClientWorld();
    const seen: { duplex: unknown; body: string; headers: Headers; method: string; url: string }[] = [];
    const client = world.newClient({
      fetch: async (input, init) => {
        const sent = new Request(input instanceof Request ? input.clone() : input, init);
        seen.push({
          ...sent,
          method: sent.method,
          url: sent.url,
          headers: sent.headers,
          body: await sent.text(),
          duplex: init,
        });
        return world.sandbox.fetch(input, init);
      },
    });
    const { subscriptionKey, apiUser, apiKey } = world.sandbox.credentials;
    await client.getToken();
    const [call] = seen;
    expect(call?.method).toBe('POST');
    expect(call?.url).toBe(`${world.sandbox.baseUrl}/collection/token/`);
    expect(call?.headers.get('authorization')).toBe(`Basic ${btoa(`${apiUser}:${apiKey}`)}`);
    expect(call?.headers.get('ocp-apim-subscription-key')).toBe(subscriptionKey);
    expect(call?.headers.get('x-target-environment')).toBe('sandbox');
    expect(call?.headers.has('content-type')).toBe(false);
    expect(call?.body).toBe('');
  });

  test('gives the token and when it ends', async () => {
    const { client, clock } = createClientWorld();
    const token = await client.getToken();
    expect(token).toEqual({ accessToken: expect.stringMatching(/^\S+$/), expiresAtMs: clock.now() + 60 * minute });
  });

  test('takes an API user that is no UUID', async () => {
    const world = createClientWorld({ apiUser: 'a-b-c' });
    world.trick('token', answers(200, { access_token: 'opaque', expires_in: 3600 }));
    await expect(world.client.getToken()).resolves.toMatchObject({ accessToken: 'opaque' });
    expect(atob(world.sent('token')[0]?.headers.authorization?.slice(6) ?? '')).toMatch(/^a-b-c:/);
  });

  test.each([
    ['a number', 1_800, 30],
    ['a numeric string', '1800', 30],
    ['missing', undefined, 60],
    ['null', null, 60],
    ['rubbish', 'soon', 60],
    ['an empty string', '', 60],
    ['nothing', 0, 60],
    ['negative', -5, 60],
    ['an object', {}, 60],
  ])('expires_in that is %s still makes a token that is used', async (_, expires_in, minutes) => {
    const world = createClientWorld();
    world.trick('token', withFields({ expires_in }));
    const { expiresAtMs } = await world.client.getToken();
    expect(expiresAtMs - world.clock.now()).toBe(minutes * minute);
    await world.client.requestToPay(request);
    expect(world.sent('token')).toHaveLength(1);
  });

  test('a slow answer of 20 s is waited for, and shared', async () => {
    const world = createClientWorld();
    world.trick('token', async (arrive) => {
      await world.clock.sleep(20_000);
      return arrive();
    });
    const accepted = await Promise.all([1, 2, 3].map(() => world.client.requestToPay(request)));
    expect(accepted.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
    expect(world.sent('token')).toHaveLength(1);
  });

  test.each<[string, Trick]>([
    ['a cut connection', lost(fetchFailed('ECONNRESET'))],
    ['a refused connection', lost(fetchFailed('ECONNREFUSED'))],
    ['a body cut short', breaksInBody(200, '{"access_')],
    ['408', answers(408)],
    ['429', answers(429)],
    ['500 without a body', answers(500)],
    ['503', answers(503)],
  ])('is tried three times after %s', async (_, trick) => {
    const world = createClientWorld();
    world.trick('token', trick, trick);
    await expect(world.client.getToken()).resolves.toBeDefined();
    expect(world.sent('token')).toHaveLength(3);
    const other = createClientWorld();
    other.trickAll('token', trick);
    const error = await errorOf(other.client.requestToPay(request));
    expect(error).toMatchObject({ isRetryable: true, referenceId: expect.any(String) });
    expect(other.sent('token')).toHaveLength(3);
    expect(other.sent('create')).toEqual([]);
  });

  test.each<[string, Trick, object]>([
    ['200 with a page', answers(200, html), { code: 'unexpected_response', isRetryable: true }],
    ['200 without a token', answers(200, { token_type: 'Bearer' }), { code: 'unexpected_response' }],
    ['200 with an empty token', answers(200, { access_token: '' }), { code: 'unexpected_response' }],
    ['200 with a token of two lines', answers(200, { access_token: 'a\r\nb: c' }), { code: 'unexpected_response' }],
    ['200 with a token that is a number', answers(200, { access_token: 7 }), { code: 'unexpected_response' }],
    ['302', answers(302, undefined, { location: 'https://evil.example/' }), { code: 'unexpected_response' }],
    ['411 with a page', answers(411, html), { code: 'rejected', status: 411 }],
    ['400', answers(400), { code: 'rejected', status: 400 }],
    ['400 with a token', answers(400, { access_token: 'x', expires_in: 3_600 }), { code: 'rejected', status: 400 }],
    ['403', answers(403, gateway.forbidden), { code: 'forbidden', status: 403 }],
    ['404 of the gateway', answers(404, gateway.notFound), { code: 'rejected', status: 404 }],
  ])('answered %s fails at once, with the reference id of the create', async (_, trick, expected) => {
    const world = createClientWorld();
    world.trickAll('token', trick);
    const error = await errorOf(world.client.requestToPay(request));
    expect(error).toMatchObject({ ...expected, referenceId: expect.any(String) });
    expect(world.sent('token')).toHaveLength(1);
    expect(world.sent('create')).toEqual([]);
  });
});

describe('bad credentials', () => {
  test.each<[string, Trick]>([
    ['401', answers(401, { error: 'unauthorized' })],
    ['401 without a body', answers(401)],
    ['500 login_failed', answers(500, { error: 'login_failed' })],
  ])('%s is unauthorized with a hint, and MTN is not asked again for 30 s', async (_, trick) => {
    const world = createClientWorld();
    world.trickAll('token', trick);
    const error = await errorOf(world.client.requestToPay(request));
    expect(error).toMatchObject({ code: 'unauthorized', isRetryable: false, referenceId: expect.any(String) });
    expect(error.message).toMatch(/apiUser|apiKey/);
    world.sandbox.advance(29_999);
    await expect(world.client.getToken()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(world.sent('token')).toHaveLength(1);
    world.sandbox.advance(1);
    await errorOf(world.client.getToken());
    expect(world.sent('token')).toHaveLength(2);
  });

  test('after the 30 s a call that works is served', async () => {
    const world = createClientWorld();
    world.trick('token', answers(401));
    await errorOf(world.client.getToken());
    world.sandbox.advance(30_001);
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted' });
  });

  test('a clock set back does not make the 30 s any longer than that', async () => {
    const world = createClientWorld();
    let shiftMs = 0;
    const clock = { now: () => world.clock.now() + shiftMs, sleep: world.clock.sleep };
    const client = world.newClient({ clock });
    world.trick('token', answers(401));
    await errorOf(client.getToken());
    shiftMs = -3_600_000;
    await expect(client.getToken()).resolves.toBeDefined();
  });

  test('1 000 calls at once make at most 2 token calls in 30 s, and each caller gets unauthorized with its own reference', async () => {
    const world = createClientWorld();
    world.trickAll('token', answers(500, { error: 'login_failed' }));
    const errors = await Promise.all(Array.from({ length: 1_000 }, () => errorOf(world.client.requestToPay(request))));
    expect(errors.every((error) => MomoError.is(error, 'unauthorized'))).toBe(true);
    expect(new Set(errors.map((error) => (error as MomoError).referenceId)).size).toBe(1_000);
    expect(world.sent('token').length).toBeLessThanOrEqual(2);
  });

  test('1 000 calls whose every token is refused make at most 2 token calls in 30 s', async () => {
    const world = createClientWorld();
    world.trickAll('create', answers(401));
    const first = await Promise.all(Array.from({ length: 500 }, () => errorOf(world.client.requestToPay(request))));
    world.sandbox.advance(10_000);
    const second = await Promise.all(Array.from({ length: 500 }, () => errorOf(world.client.requestToPay(request))));
    expect([...first, ...second].every((error) => MomoError.is(error, 'unauthorized'))).toBe(true);
    expect(world.sent('token').length).toBeLessThanOrEqual(2);
  });

  test('a token refused right after its renewal is not tried a second time by the next call', async () => {
    const world = createClientWorld();
    world.trickAll('create', answers(401));
    await errorOf(world.client.requestToPay(request));
    expect(world.sent('create')).toHaveLength(2);
    await expect(world.client.requestToPay(request)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(world.sent('create')).toHaveLength(3);
  });

  test('a token refused 31 s after its renewal is renewed again', async () => {
    const world = createClientWorld();
    world.trick('create', answers(401), answers(401));
    await errorOf(world.client.requestToPay(request));
    expect(world.sent('token')).toHaveLength(2);
    world.sandbox.advance(31_000);
    world.trick('create', answers(401));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
    expect(world.sent('token')).toHaveLength(3);
  });
});

describe('one refresh however many callers', () => {
  test.each([20, 10_000])(
    '%i payments at once on a cold client make one token call',
    async (count) => {
      const { sandbox, client } = coldClient();
      await Promise.all(Array.from({ length: count }, () => client.requestToPay(request)));
      expect(sandbox.calls.filter(({ operation }) => operation === 'createAccessToken')).toHaveLength(1);
      expect(sandbox.payments).toHaveLength(count);
    },
    30_000,
  );

  /** Straight on the sandbox: with so many calls a tapped wire is slow. */
  function coldClient() {
    const { sandbox, newClient } = createClientWorld();
    return { sandbox, client: newClient({ fetch: sandbox.fetch }) };
  }

  test('25 payments at once on a warm client make none', async () => {
    const world = createClientWorld();
    await world.client.getToken();
    await Promise.all(Array.from({ length: 25 }, () => world.client.requestToPay(request)));
    expect(world.sent('token')).toHaveLength(1);
  });

  test('a failed refresh fails all who wait, and the next call asks anew', async () => {
    const world = createClientWorld();
    world.trick('token', answers(400));
    const errors = await Promise.all([1, 2, 3].map(() => errorOf(world.client.requestToPay(request))));
    expect(errors.map((error) => (error as MomoError).code)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(new Set(errors).size).toBe(3);
    await expect(world.client.requestToPay(request)).resolves.toBeDefined();
    expect(world.sent('token')).toHaveLength(2);
  });

  test('100 calls answered 401 at once: one refresh, each call resent once, the newer token kept', async () => {
    const world = createClientWorld();
    const { accessToken: old } = await world.client.getToken();
    world.trickAll('create', async (arrive) => {
      const bearer = world.wire.at(-1)?.headers.authorization;
      return bearer === `Bearer ${old}` ? response(401) : arrive();
    });
    await Promise.all(Array.from({ length: 100 }, () => world.client.requestToPay(request)));
    expect(world.sent('token')).toHaveLength(2);
    expect(world.sandbox.payments).toHaveLength(100);
    const used = bearers(world.sent('create'));
    expect(used.filter((token) => token === old)).toHaveLength(100);
    expect(used.filter((token) => token !== old)).toHaveLength(100);
    await world.client.requestToPay(request);
    expect(world.sent('token')).toHaveLength(2);
  });

  test('a 401 that comes late, to an old token, throws no newer token away', async () => {
    const world = createClientWorld();
    let refuse = () => {};
    world.trick(
      'create',
      () =>
        new Promise((resolve) => {
          refuse = () => resolve(response(401));
        }),
    );
    const late = world.client.requestToPay(request);
    await vi.waitFor(() => expect(world.sent('create')).toHaveLength(1));
    world.trick('create', answers(401));
    await world.client.requestToPay(request); // renews
    refuse();
    await late;
    expect(world.sent('token')).toHaveLength(2);
    expect(new Set(bearers(world.sent('create'))).size).toBe(2);
  });

  test('a caller that aborts while the token is fetched does not disturb the others', async () => {
    const world = createClientWorld();
    let release = () => {};
    let aborted = false;
    world.trick('token', async (arrive, signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return arrive();
    });
    const controllers = [new AbortController(), new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => outcomeOf(world.client.requestToPay(request, { signal })));
    await vi.waitFor(() => expect(world.sent('token')).toHaveLength(1));
    controllers[0]?.abort(); // the one who started it
    await expect(calls[0]).resolves.toMatchObject({ code: 'aborted', isRetryable: true });
    controllers[2]?.abort();
    await expect(calls[2]).resolves.toMatchObject({ code: 'aborted' });
    expect(aborted).toBe(false);
    release();
    await expect(calls[1]).resolves.toMatchObject({ outcome: 'accepted' });
    expect(world.sent('token')).toHaveLength(1);
  });

  test('when the last caller aborts the token call is aborted too, and a later caller starts afresh', async () => {
    const world = createClientWorld();
    let isAborted = false;
    world.trick('token', (arrive, signal) => {
      signal.addEventListener('abort', () => {
        isAborted = true;
      });
      return hangs(arrive, signal);
    });
    const controllers = [new AbortController(), new AbortController()];
    const calls = controllers.map(({ signal }) => outcomeOf(world.client.requestToPay(request, { signal })));
    await vi.waitFor(() => expect(world.sent('token')).toHaveLength(1));
    for (const controller of controllers) controller.abort();
    await expect(Promise.all(calls)).resolves.toMatchObject([{ code: 'aborted' }, { code: 'aborted' }]);
    await vi.waitFor(() => expect(isAborted).toBe(true));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted' });
    expect(world.sent('token')).toHaveLength(2);
  });

  test('when the last caller aborts no timer is left', async () => {
    const world = createClientWorld();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval'] });
    world.trick('token', hangs);
    const controller = new AbortController();
    const call = outcomeOf(world.client.requestToPay(request, { signal: controller.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    await vi.waitUntil(() => world.sent('token').length === 1, { interval: 1 });
    controller.abort();
    await call;
    await new Promise((resolve) => setImmediate(resolve));
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a caller whose deadline passes while it waits between token tries gets timeout then, others go on', async () => {
    vi.useFakeTimers();
    const { sandbox, newClient } = createClientWorld();
    const { clock: _, ...options } = sandbox.clientOptions();
    let tries = 0;
    const client = newClient({
      ...options,
      clock: undefined,
      fetch: async (input, init) => {
        const { method, url } = new Request(input instanceof Request ? input.clone() : input, init);
        if (stepOf(method, url) === 'token' && tries++ === 0) return response(429, undefined, { 'Retry-After': '20' });
        return sandbox.fetch(input, init);
      },
    });
    const startedAtMs = Date.now();
    const hasty = outcomeOf(client.requestToPay(request, { deadlineMs: 7_000 })).then((outcome) => ({
      outcome,
      atMs: Date.now() - startedAtMs,
    }));
    const patient = outcomeOf(client.requestToPay(request));
    await vi.advanceTimersByTimeAsync(30_000);
    for (let turn = 0; turn < 20; turn++) await vi.advanceTimersByTimeAsync(1);
    expect(await hasty).toMatchObject({ outcome: { code: 'timeout', isRetryable: true }, atMs: 7_000 });
    expect(await patient).toMatchObject({ outcome: 'accepted' });
    expect(tries).toBe(2);
  });
});

describe('isolation', () => {
  test('two clients with different keys in one process each send their own key and token, always', async () => {
    const tokenStore = memoryTokenStore();
    const one = createClientWorld({ tokenStore });
    const two = createClientWorld({ tokenStore });
    await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 ? one : two).client.requestToPay(request)));
    for (const world of [one, two]) {
      const { subscriptionKey } = world.sandbox.credentials;
      expect(new Set(world.wire.map(({ headers }) => headers['ocp-apim-subscription-key']))).toEqual(
        new Set([subscriptionKey]),
      );
      expect(world.sent('token')).toHaveLength(1);
    }
    const [ofOne, ofTwo] = [one, two].map((world) => new Set(bearers(world.sent('create'))));
    expect(ofOne?.size).toBe(1);
    expect(ofTwo).not.toEqual(ofOne);
  });

  test('a store key is a hash of address, environment, user, API key and subscription key: any other one, another key', async () => {
    const keys = new Set<string>();
    const secrets = ['the-subscription', 'the-user', 'the-api-key'];
    const base = {
      subscriptionKey: 'the-subscription',
      apiUser: 'the-user',
      apiKey: 'the-api-key',
      targetEnvironment: 'mtnuganda',
      baseUrl: 'https://one.example',
    };
    const variants: Partial<MomoCollectionsOptions>[] = [
      {},
      { subscriptionKey: 'other' },
      { apiUser: 'other' },
      { apiKey: 'other' },
      { targetEnvironment: 'mtnghana' },
      { baseUrl: 'https://two.example' },
      { apiUser: 'the-user-the', apiKey: 'api-key' },
    ];
    const store: TokenStore = {
      get: async (key) => {
        keys.add(key);
        return undefined;
      },
      set: async () => {},
      delete: async () => {},
    };
    const fetch: Fetch = async () => response(200, { access_token: 'x', expires_in: 3600 });
    for (const variant of variants) {
      await createClientWorld()
        .newClient({ ...base, ...variant, tokenStore: store, fetch })
        .getToken();
    }
    expect(keys.size).toBe(variants.length);
    for (const key of keys) for (const secret of secrets) expect(key).not.toContain(secret);
    await createClientWorld()
      .newClient({ ...base, baseUrl: 'https://one.example/', tokenStore: store, fetch })
      .getToken();
    expect(keys.size).toBe(variants.length);
  });

  test('a client with a wrong key never borrows the token of the right one', async () => {
    const tokenStore = memoryTokenStore();
    const world = createClientWorld({ tokenStore });
    await world.client.requestToPay(request);
    const wrong = world.newClient({ tokenStore, apiKey: 'wrong' });
    await expect(wrong.requestToPay(request)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(world.sandbox.payments).toHaveLength(1);
  });
});

describe('renewal', () => {
  test('is 10 minutes before the end, not sooner', async () => {
    const world = createClientWorld();
    await world.client.getToken();
    world.sandbox.advance(50 * minute - 1);
    await world.client.getToken();
    expect(world.sent('token')).toHaveLength(1);
    world.sandbox.advance(1);
    await world.client.getToken();
    expect(world.sent('token')).toHaveLength(2);
  });

  test('of a token that lives 10 minutes is at half its life', async () => {
    const world = createClientWorld();
    world.trickAll('token', withFields({ expires_in: 600 }));
    await world.client.getToken();
    world.sandbox.advance(5 * minute - 1);
    await world.client.getToken();
    expect(world.sent('token')).toHaveLength(1);
    world.sandbox.advance(1);
    await world.client.getToken();
    expect(world.sent('token')).toHaveLength(2);
  });

  test('of a token that lives 2 s does not loop', async () => {
    const world = createClientWorld();
    world.trickAll('token', withFields({ expires_in: 2 }));
    await world.client.requestToPay(request);
    await world.client.requestToPay(request);
    expect(world.sent('token')).toHaveLength(1);
    expect(world.sandbox.payments).toHaveLength(2);
  });

  test('comes when the clock jumped ahead', async () => {
    const world = createClientWorld();
    await world.client.requestToPay(request);
    world.sandbox.advance(24 * 60 * minute);
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 1 });
    expect(world.sent('token')).toHaveLength(2);
  });

  test('comes when the clock was set back by more than a life, for the age of the token is unknown', async () => {
    const world = createClientWorld();
    let shiftMs = 0;
    const client = world.newClient({ clock: { now: () => world.clock.now() + shiftMs, sleep: world.clock.sleep } });
    await client.getToken();
    shiftMs = -2 * 60 * minute;
    await client.requestToPay(request);
    expect(world.sent('token')).toHaveLength(2);
    await client.requestToPay(request);
    expect(world.sent('token')).toHaveLength(2);
  });

  test.each([
    ['MTN', undefined],
    ['a store', memoryTokenStore()],
  ])(
    'because of age is none because of a refusal: a token of %s, renewed in time, is renewed again by a 401',
    async (_, tokenStore) => {
      const world = createClientWorld();
      if (tokenStore) await world.newClient({ tokenStore }).getToken();
      const client = world.newClient({ tokenStore });
      await client.getToken();
      world.sandbox.advance(51 * minute);
      world.trick('create', answers(401));
      await expect(client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
      expect(world.sent('token')).toHaveLength(3);
    },
  );

  test('a step back of the clock by up to a minute renews nothing', async () => {
    const world = createClientWorld();
    let shiftMs = 0;
    const client = world.newClient({ clock: { now: () => world.clock.now() + shiftMs, sleep: world.clock.sleep } });
    await client.getToken();
    for (shiftMs of [-2_000, -60_000]) await client.getToken();
    expect(world.sent('token')).toHaveLength(1);
    shiftMs = -60_001;
    await client.getToken();
    expect(world.sent('token')).toHaveLength(2);
  });

  test('a token that expired at MTN although our clock says otherwise is renewed by the 401', async () => {
    const world = createClientWorld();
    const frozenAtMs = world.clock.now();
    const client = world.newClient({ clock: { now: () => frozenAtMs, sleep: world.clock.sleep } });
    await client.requestToPay(request);
    world.sandbox.advance(2 * 60 * minute);
    await expect(client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
    expect(world.sent('token')).toHaveLength(2);
  });
});

/** A store that keeps its promises, and counts. */
function plainStore(initial?: StoredToken) {
  const tokens = new Map<string, StoredToken>();
  const log: string[] = [];
  const store: TokenStore = {
    get: async (key) => {
      log.push('get');
      return tokens.get(key) ?? initial;
    },
    set: async (key, token) => {
      log.push('set');
      tokens.set(key, token);
    },
    delete: async (key) => {
      log.push('delete');
      tokens.delete(key);
    },
  };
  return { store, tokens, log };
}

describe('a token store', () => {
  test('carries a token from one client to the next', async () => {
    const { store, tokens } = plainStore();
    const world = createClientWorld({ tokenStore: store });
    const token = await world.client.getToken();
    const events: ClientEvent[] = [];
    const next = world.newClient({ tokenStore: store, onEvent: (event) => events.push(event) });
    await expect(next.getToken()).resolves.toEqual(token);
    expect(world.sent('token')).toHaveLength(1);
    expect(events.find(({ type }) => type === 'token')).toMatchObject({ source: 'store' });
    expect([...tokens.values()]).toEqual([
      { accessToken: token.accessToken, expiresAtMs: token.expiresAtMs, issuedAtMs: world.clock.now() },
    ]);
  });

  test('is asked once, however many calls', async () => {
    const { store, log } = plainStore();
    const world = createClientWorld({ tokenStore: store });
    await Promise.all(Array.from({ length: 50 }, () => world.client.requestToPay(request)));
    await world.client.requestToPay(request);
    expect(log.filter((word) => word === 'set')).toHaveLength(1);
    expect(log.filter((word) => word === 'get').length).toBeLessThanOrEqual(2);
  });

  test('is looked at again for a later token, which another process may have got', async () => {
    const tokenStore = memoryTokenStore();
    const world = createClientWorld({ tokenStore });
    await world.client.getToken();
    world.sandbox.advance(51 * minute);
    const token = await world.newClient({ tokenStore }).getToken();
    await expect(world.client.getToken()).resolves.toEqual(token);
    expect(world.sent('token')).toHaveLength(2);
  });

  test('whose token is about to end gives way to a new one', async () => {
    const world = createClientWorld();
    const { store } = plainStore({ accessToken: 'old', expiresAtMs: world.clock.now() + 9 * minute });
    await world.newClient({ tokenStore: store }).requestToPay(request);
    expect(world.sent('token')).toHaveLength(1);
    expect(bearers(world.sent('create'))).not.toContain('old');
  });

  test('whose token MTN refuses has it deleted, and a new one set', async () => {
    const world = createClientWorld();
    const { store, log, tokens } = plainStore();
    const client = world.newClient({ tokenStore: store });
    const { accessToken: first } = await client.getToken();
    log.length = 0;
    world.trick('create', answers(401));
    await client.requestToPay(request);
    expect(log.filter((word) => word !== 'get')).toEqual(['delete', 'set']);
    expect([...tokens.values()].map(({ accessToken }) => accessToken)).not.toContain(first);
  });

  test('that has a newer token than the one refused keeps it: it is used, not deleted', async () => {
    const world = createClientWorld();
    const { store, log } = plainStore();
    const [one, two] = [world.newClient({ tokenStore: store }), world.newClient({ tokenStore: store })];
    await one.getToken();
    await two.getToken();
    world.trick('create', answers(401));
    await one.requestToPay(request); // has renewed it
    expect(world.sent('token')).toHaveLength(2);
    log.length = 0;
    world.trick('create', answers(401));
    await two.requestToPay(request);
    expect(world.sent('token')).toHaveLength(2);
    expect(log).not.toContain('delete');
    const used = bearers(world.sent('create'));
    expect(used[3]).toBe(used[1]);
  });

  test.each<[string, Partial<TokenStore>]>([
    ['get rejects', { get: () => Promise.reject(new Error('down')) }],
    [
      'get throws at once',
      {
        get: () => {
          throw new Error('down');
        },
      },
    ],
    ['set rejects', { set: () => Promise.reject(new Error('read-only')) }],
    [
      'set throws at once',
      {
        set: () => {
          throw new Error('read-only');
        },
      },
    ],
    ['delete rejects', { delete: () => Promise.reject(new Error('down')) }],
    ['lock rejects', { lock: () => Promise.reject(new Error('down')) }],
    ['release rejects', { lock: async () => () => Promise.reject(new Error('down')) }],
    ['lock gives something odd', { lock: async () => 'locked' as never }],
    ['get gives a string', { get: async () => 'token' as never }],
    ['get gives null', { get: async () => null as never }],
    ['get gives an empty token', { get: async () => ({ accessToken: '', expiresAtMs: 9e15 }) }],
    ['get gives a token of two lines', { get: async () => ({ accessToken: 'a\r\nX: y', expiresAtMs: 9e15 }) }],
    ['get gives an end that is text', { get: async () => ({ accessToken: 'a', expiresAtMs: '9' as never }) }],
    ['get gives NaN', { get: async () => ({ accessToken: 'a', expiresAtMs: Number.NaN }) }],
    ['get gives an old token', { get: async () => ({ accessToken: 'a', expiresAtMs: 1 }) }],
    [
      'get gives a token from the future',
      { get: async () => ({ accessToken: 'a', issuedAtMs: 8e15, expiresAtMs: 9e15 }) },
    ],
    ['the methods give no promises', { get: (() => undefined) as never, set: (() => undefined) as never }],
  ])('whose %s is passed by', async (_, broken) => {
    const { store } = plainStore();
    const world = createClientWorld({ tokenStore: { ...store, ...broken } });
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 1 });
    expect(world.sent('token')).toHaveLength(1);
    world.trick('create', answers(401));
    await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
  });

  test('that gives the refused token for ever is passed by', async () => {
    const world = createClientWorld();
    const bad = { accessToken: 'refused-by-mtn', expiresAtMs: world.clock.now() + 50 * minute };
    const store: TokenStore = { get: async () => bad, set: async () => {}, delete: async () => {} };
    const client = world.newClient({ tokenStore: store });
    await expect(client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 2 });
    await expect(client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted', attempts: 1 });
    expect(world.sent('token')).toHaveLength(1);
  });

  test('that makes up another token each time costs a call at most, not the shop', async () => {
    const world = createClientWorld();
    let count = 0;
    const store: TokenStore = {
      get: async () => ({ accessToken: `made-up-${count++}`, expiresAtMs: world.clock.now() + 50 * minute }),
      set: async () => {},
      delete: async () => {},
    };
    const client = world.newClient({ tokenStore: store });
    const outcomes = [];
    for (let call = 0; call < 5; call++) outcomes.push(await outcomeOf(client.requestToPay(request)));
    expect(outcomes.filter((outcome) => !(outcome instanceof Error)).length).toBeGreaterThanOrEqual(1);
  });

  test.each(['get', 'set', 'lock', 'release'])('whose %s hangs is passed by after a second', async (hanging) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    let hungAtMs: number | undefined;
    const hang = () => {
      hungAtMs ??= Date.now();
      return new Promise<never>(() => {});
    };
    const broken: Record<string, Partial<TokenStore>> = {
      get: { get: hang },
      set: { set: hang },
      lock: { lock: hang },
      release: { lock: async () => hang },
    };
    const { store } = plainStore();
    const world = createClientWorld({ tokenStore: { ...store, ...broken[hanging] } });
    const call = world.client.requestToPay(request);
    let settledAtMs: number | undefined;
    void call.then(() => {
      settledAtMs = Date.now();
    });
    while (hungAtMs === undefined) await new Promise((resolve) => setImmediate(resolve));
    while (settledAtMs === undefined && Date.now() - hungAtMs < 5_000) {
      await vi.advanceTimersByTimeAsync(50);
      for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect(call).resolves.toMatchObject({ outcome: 'accepted' });
    expect((settledAtMs ?? 0) - hungAtMs).toBeLessThanOrEqual(1_100);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that hangs does not hold up an abort', { retry: 3 }, async () => {
    const { store } = plainStore();
    const world = createClientWorld({ tokenStore: { ...store, get: () => new Promise<never>(() => {}) } });
    const controller = new AbortController();
    const call = errorOf(world.client.requestToPay(request, { signal: controller.signal }));
    const startedAt = performance.now();
    controller.abort();
    await expect(call).resolves.toMatchObject({ code: 'aborted', isRetryable: true });
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});

describe('a lock', () => {
  test('lets one of two clients ask MTN', async () => {
    const tokenStore = memoryTokenStore();
    const world = createClientWorld({ tokenStore });
    const other = world.newClient({ tokenStore });
    const [a, b] = await Promise.all([world.client.getToken(), other.getToken()]);
    expect(a).toEqual(b);
    expect(world.sent('token')).toHaveLength(1);
  });

  test('held by a dead process is waited for 5 s, the store read every 250 ms, then MTN is asked', async () => {
    const world = createClientWorld();
    const readsAtMs: number[] = [];
    const store: TokenStore = {
      get: async () => {
        readsAtMs.push(world.clock.now());
        return undefined;
      },
      set: async () => {},
      delete: async () => {},
      lock: async () => undefined,
    };
    const client = world.newClient({ tokenStore: store });
    const startedAtMs = world.clock.now();
    await expect(client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted' });
    expect((world.sent('token')[0]?.atMs ?? 0) - startedAtMs).toBe(5_000);
    const after = readsAtMs.map((atMs) => atMs - startedAtMs);
    expect(after).toEqual(Array.from({ length: 21 }, (_, index) => index * 250));
  });

  test('held by a living process: its token is used as soon as it is written', async () => {
    const world = createClientWorld();
    const { accessToken, expiresAtMs } = await world.client.getToken();
    const startedAtMs = world.clock.now();
    const store: TokenStore = {
      get: async () => (world.clock.now() - startedAtMs >= 1_400 ? { accessToken, expiresAtMs } : undefined),
      set: async () => {},
      delete: async () => {},
      lock: async () => undefined,
    };
    const events: ClientEvent[] = [];
    const client = world.newClient({ tokenStore: store, onEvent: (event) => events.push(event) });
    await client.requestToPay(request);
    expect(world.sent('token')).toHaveLength(1);
    expect((world.sent('create')[0]?.atMs ?? 0) - startedAtMs).toBe(1_500);
    expect(events.find(({ type }) => type === 'token')).toMatchObject({ source: 'store' });
  });

  test('is released, also when MTN refuses', async () => {
    for (const trick of [undefined, answers(401), answers(400)]) {
      let held = 0;
      const { store } = plainStore();
      const world = createClientWorld({
        tokenStore: {
          ...store,
          lock: async (_key, ttlMs) => {
            expect(ttlMs).toBeGreaterThan(0);
            held++;
            return async () => {
              held--;
            };
          },
        },
      });
      world.trick('token', trick);
      await outcomeOf(world.client.getToken());
      expect(held).toBe(0);
    }
  });

  test('is released when the last caller aborts', async () => {
    let held = 0;
    const { store } = plainStore();
    const world = createClientWorld({
      tokenStore: {
        ...store,
        lock: async () => {
          held++;
          return async () => {
            held--;
          };
        },
      },
    });
    world.trick('token', hangs);
    const controller = new AbortController();
    const call = errorOf(world.client.getToken({ signal: controller.signal }));
    const other = errorOf(world.client.requestToPay(request, { signal: controller.signal }));
    await vi.waitFor(() => expect(world.sent('token')).toHaveLength(1));
    expect(held).toBe(1);
    controller.abort();
    await Promise.all([call, other]);
    await vi.waitFor(() => expect(held).toBe(0));
  });

  test('of the memory store ends by itself, is per key, and is not freed by a late owner', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const store = memoryTokenStore();
    const first = await store.lock?.('a', 1_000);
    expect(first).toBeTypeOf('function');
    expect(await store.lock?.('a', 1_000)).toBeUndefined();
    expect(await store.lock?.('b', 1_000)).toBeTypeOf('function');
    vi.setSystemTime(Date.now() + 1_001);
    const second = await store.lock?.('a', 1_000);
    expect(second).toBeTypeOf('function');
    await first?.();
    expect(await store.lock?.('a', 1_000)).toBeUndefined();
    await second?.();
    expect(await store.lock?.('a', 1_000)).toBeTypeOf('function');
  });
});

describe('keyValueTokenStore', () => {
  function cloudflare() {
    const map = new Map<string, string>();
    const ttls: number[] = [];
    return {
      map,
      ttls,
      kv: {
        get: async (key: string) => map.get(key) ?? null,
        put: async (key: string, value: string, { expirationTtl }: { expirationTtl: number }) => {
          if (!Number.isInteger(expirationTtl) || expirationTtl < 60) throw new Error('Invalid expiration_ttl');
          ttls.push(expirationTtl);
          map.set(key, value);
        },
        delete: async (key: string) => void map.delete(key),
      },
    };
  }

  test('keeps a token for the next client, no longer than it lives', async () => {
    const { kv, ttls } = cloudflare();
    const world = createClientWorld({ tokenStore: keyValueTokenStore(kv) });
    await world.client.requestToPay(request);
    await world.newClient({ tokenStore: keyValueTokenStore(kv) }).requestToPay(request);
    expect(world.sent('token')).toHaveLength(1);
    expect(ttls).toHaveLength(1);
    expect(ttls[0]).toBeLessThanOrEqual(3_600);
    expect(ttls[0]).toBeGreaterThan(3_000);
  });

  test('gives Cloudflare no less than its 60 s', async () => {
    const { kv, ttls } = cloudflare();
    const store = keyValueTokenStore(kv);
    await store.set('k', { accessToken: 'a', issuedAtMs: 0, expiresAtMs: 5_000 });
    await store.set('k', { accessToken: 'a', expiresAtMs: Date.now() - 5_000 });
    expect(ttls).toEqual([60, 60]);
    expect(await store.get('k')).toMatchObject({ accessToken: 'a' });
    await store.delete('k');
    expect(await store.get('k')).toBeUndefined();
  });

  test.each(['not json', '{"accessToken":1}', 'null', '""', '{}', '{"accessToken":"a","expiresAtMs":"soon"}'])(
    'a value that is no token (%s) is passed by, and written over',
    async (rubbish) => {
      const { kv, map } = cloudflare();
      const world = createClientWorld({
        tokenStore: keyValueTokenStore({ ...kv, get: async (key) => map.get(key) ?? rubbish }),
      });
      await expect(world.client.requestToPay(request)).resolves.toMatchObject({ outcome: 'accepted' });
      expect(map.size).toBe(1);
    },
  );
});

test('a client without a store asks again when it is new', async () => {
  const sandbox = createMomoSandbox();
  const world = createClientWorld();
  await world.client.getToken();
  await world.newClient().getToken();
  expect(world.sent('token')).toHaveLength(2);
  expect(sandbox.calls).toEqual([]);
});
