import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCallbackHandler, createCallbackUrl, MomoError, signatureSchemes } from '../../src/callback/index.js';
import { forgeCallbackBody, forgeCallbackRequest } from '../../src/testing/forge/index.js';
import {
  deferred,
  genuine,
  otherReferenceId,
  payment,
  recorded,
  referenceId,
  relaySecret,
  signedUrl,
  startMs,
  type TestPayment,
  until,
  urlSecret,
} from './support.js';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: startMs });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const signature = { scheme: signatureSchemes.momoProxy, secrets: relaySecret };
const body = JSON.stringify(forgeCallbackBody('request-to-pay'));

describe('what it takes', () => {
  it.each(['POST', 'PUT'])('%s', async (method) => {
    const { handler, log } = recorded();
    const response = await handler(await forgeCallbackRequest(body, { method, url: await signedUrl() }));
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(log.successful).toEqual([payment()]);
  });

  it.each(['application/json; charset=utf-8', 'application/json', 'text/plain', null])(
    'content type %s',
    async (contentType) => {
      const { handler, log } = recorded();
      await handler(await forgeCallbackRequest(body, { contentType, url: await signedUrl() }));
      expect(log.successful).toHaveLength(1);
    },
  );

  it('a byte order mark, a query, another host', async () => {
    const { handler, log } = recorded();
    const url = (await signedUrl()).replace('pay.example.com/momo', '10.0.0.7:8080/behind/proxy');
    await handler(await forgeCallbackRequest(`\ufeff${body}`, { url: `${url}?from=mtn` }));
    expect(log.successful).toHaveLength(1);
  });

  it.each([
    ['momo-proxy', signatureSchemes.momoProxy, 'momo-proxy'],
    ['mecash', signatureSchemes.meCash, 'mecash'],
    ['mecash-event-log', signatureSchemes.meCashSha256, 'mecash'],
  ] as const)('%s, signed, with the reference found by resolveReference', async (shape, scheme, source) => {
    const sources: string[] = [];
    const { handler, log } = recorded({
      signature: { scheme, secrets: ['another-secret-0123456789', relaySecret] },
      resolveReference: async (callback) => {
        sources.push(callback.source);
        return callback.externalId === 'order-7' ? referenceId : undefined;
      },
    });
    const forged = forgeCallbackBody(shape, shape === 'momo-proxy' ? { referenceId: undefined } : {});
    const request = await forgeCallbackRequest(forged, { sign: { scheme, secret: relaySecret } });
    expect((await handler(request)).status).toBe(200);
    expect(sources).toEqual([source]);
    expect(log).toMatchObject({ reads: [referenceId], successful: [{ state: 'successful' }] });
  });

  it("the reference of the URL before resolveReference's before the body's", async () => {
    const resolveReference = vi.fn(() => otherReferenceId);
    const both = recorded({ urlSecrets: urlSecret, signature, resolveReference });
    await both.handler(await genuine());
    expect(both.log.reads).toEqual([referenceId]);
    expect(resolveReference).not.toHaveBeenCalled();

    const sign = { scheme: signature.scheme, secret: relaySecret };
    const proxied = () => forgeCallbackRequest(forgeCallbackBody('momo-proxy', { referenceId }), { sign });
    await both.handler(await proxied());
    expect(both.log.reads).toEqual([referenceId, otherReferenceId]);

    const bodyOnly = recorded({ signature, resolveReference: () => 'order-7' });
    await bodyOnly.handler(await proxied());
    expect(bodyOnly.log.reads).toEqual([referenceId]);
  });
});

describe('what it answers to the authenticated', () => {
  it('405 with what is allowed', async () => {
    const { handler, log } = recorded();
    for (const method of ['GET', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS']) {
      const response = await handler(await forgeCallbackRequest(body, { method, url: await signedUrl() }));
      expect([response.status, response.headers.get('allow'), await response.text()]).toEqual([405, 'POST, PUT', '']);
    }
    expect(log.rejected[0]).toEqual({ status: 405, why: 'method' });
  });

  it('400 for a malformed body, without a word about it', async () => {
    const { handler, log } = recorded();
    for (const broken of ['', '{', '[]', '{"status":5}', '{"status":"A","amount":"-1"}']) {
      const response = await handler(await forgeCallbackRequest(broken, { url: await signedUrl() }));
      expect([response.status, await response.text()]).toEqual([400, '']);
    }
    expect(log.rejected).toEqual(Array(5).fill({ status: 400, why: 'malformed' }));
    expect(log.reads).toEqual([]);
  });

  it('413 while the body still streams, and by its announced length', async () => {
    const { handler, log } = recorded();
    let pulled = 0;
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(10_000));
        },
        cancel() {
          isCancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const init = { method: 'POST', body: endless, duplex: 'half' } as RequestInit;
    expect((await handler(new Request(await signedUrl(), init))).status).toBe(413);
    expect(isCancelled).toBe(true);
    expect(pulled).toBeLessThan(10);

    const announced = await forgeCallbackRequest('{}', {
      url: await signedUrl(),
      headers: { 'content-length': '65537' },
    });
    expect((await handler(announced)).status).toBe(413);
    expect(log.rejected).toEqual(Array(2).fill({ status: 413, why: 'too-large' }));
  });

  it('408 for a body that takes over 10 s, however it drips', async () => {
    const { handler, log } = recorded();
    const dripping = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 4_000));
        controller.enqueue(new Uint8Array(1));
      },
    });
    const init = { method: 'POST', body: dripping, duplex: 'half' } as RequestInit;
    const answered = handler(new Request(await signedUrl(), init));
    await until(() => vi.getTimerCount() >= 2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await answered).status).toBe(408);
    expect(log.rejected).toEqual([{ status: 408, why: 'too-slow' }]);
    await vi.advanceTimersByTimeAsync(4_000);
  });

  it('400 for a body that breaks off, or that something read before', async () => {
    const { handler, log } = recorded();
    const broken = new ReadableStream({
      start(controller) {
        controller.error(new Error('reset'));
      },
    });
    const init = { method: 'POST', body: broken, duplex: 'half' } as RequestInit;
    expect((await handler(new Request(await signedUrl(), init))).status).toBe(400);
    const used = await genuine();
    await used.text();
    expect((await handler(used)).status).toBe(400);
    expect(log.rejected).toEqual(Array(2).fill({ status: 400, why: 'unreadable' }));
  });

  it('200 for what is not confirmed: not found, unavailable, mismatch, not final, no reference at all', async () => {
    const fail = (error: unknown) => () => {
      throw error;
    };
    const cases: [string, Parameters<typeof recorded>[0]][] = [
      ['not-found', { read: fail(new MomoError('not_found', 'x')) }],
      ['unavailable', { read: fail(new MomoError('unavailable', 'x')) }],
      ['unavailable', { expected: fail(new Error('the database is down')) }],
      ['not-found', { expected: async () => undefined }],
      ['mismatch', { read: () => payment({ amount: '1' }) }],
      ['not-final', { read: () => payment({ state: 'pending' }) }],
    ];
    for (const [verdict, options] of cases) {
      const { handler, log } = recorded({ urlSecrets: urlSecret, ...options });
      expect((await handler(await genuine())).status).toBe(200);
      expect(log.unconfirmed).toMatchObject([{ verdict, callback: { source: 'mtn' } }]);
      expect(log).toMatchObject({ successful: [], unsuccessful: [], rejected: [] });
    }
    const sign = { scheme: signature.scheme, secret: relaySecret };
    const unresolved = recorded({ signature, resolveReference: () => undefined });
    const request = () => forgeCallbackRequest(forgeCallbackBody('request-to-pay'), { sign });
    expect((await unresolved.handler(await request())).status).toBe(200);
    expect((await unresolved.handler(await request())).status).toBe(200);
    expect(unresolved.log.unconfirmed).toMatchObject([{ verdict: 'not-found' }]);
    const failing = recorded({ signature, resolveReference: fail(new Error('x')) });
    expect((await failing.handler(await request())).status).toBe(200);
    expect(failing.log.unconfirmed).toMatchObject([{ verdict: 'unavailable' }]);
  });

  it('500 when a hook throws, at once or later, and tells onReject with the error', async () => {
    for (const hook of [
      () => {
        throw new Error('down');
      },
      async () => {
        throw new Error('down');
      },
    ]) {
      const { handler, log } = recorded({ onSuccessful: hook });
      const response = await handler(await genuine());
      expect([response.status, await response.text()]).toEqual([500, '']);
      expect(log.rejected).toEqual([{ status: 500, why: 'hook-failed', error: new Error('down') }]);
    }
    const unconfirmed = recorded({
      read: () => payment({ state: 'pending' }),
      onUnconfirmed: () => Promise.reject('x'),
    });
    expect((await unconfirmed.handler(await genuine())).status).toBe(500);
  });

  it('the same, whatever onReject does', async () => {
    for (const onReject of [
      () => {
        throw new Error('x');
      },
      () => Promise.reject(new Error('x')),
      () => new Promise(() => {}),
    ]) {
      const { handler } = recorded({ onReject });
      expect((await handler(await forgeCallbackRequest(body))).status).toBe(404);
    }
  });

  it('200, when the optional hooks are missing', async () => {
    const only = { urlSecrets: urlSecret, onSuccessful: () => {} };
    for (const state of ['failed', 'pending'] as const) {
      const handler = createCallbackHandler({ ...only, read: () => payment({ state }) });
      expect((await handler(await genuine())).status).toBe(200);
    }
  });
});

describe('time', () => {
  it('answers 200 after 1.5 s of read, expected and hooks together, and goes on', async () => {
    const slowRead = deferred<TestPayment>();
    const slowHook = deferred<void>();
    const events: string[] = [];
    const { handler, log } = recorded({
      read: () => slowRead.promise,
      onSuccessful: async (_payment, { eventId }) => {
        await slowHook.promise;
        events.push(eventId);
      },
    });
    const answered = handler(await genuine());
    await until(() => log.reads.length === 1);
    await vi.advanceTimersByTimeAsync(1_499);
    let isAnswered = false;
    void answered.then(() => {
      isAnswered = true;
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(isAnswered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect((await answered).status).toBe(200);
    slowRead.resolve(payment());
    slowHook.resolve();
    await until(() => events.length === 1);
  });

  it('tells onReject of a hook that fails after the answer, and a resend runs it again', async () => {
    const slow = deferred<void>();
    let runs = 0;
    const { handler, log } = recorded({
      onSuccessful: () => {
        runs += 1;
        return runs === 1 ? slow.promise : undefined;
      },
    });
    const answered = handler(await genuine());
    await until(() => runs === 1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect((await answered).status).toBe(200);
    slow.reject(new Error('down'));
    await until(() => log.rejected.length === 1);
    expect(log.rejected).toMatchObject([{ status: 200, why: 'hook-failed' }]);
    expect((await handler(await genuine())).status).toBe(200);
    expect(runs).toBe(2);
  });

  it('with waitUntil answers first and confirms after', async () => {
    const slow = deferred<TestPayment>();
    const { handler, log } = recorded({ read: () => slow.promise });
    const waited: Promise<unknown>[] = [];
    const context = {
      waitUntil(this: unknown, work: Promise<unknown>) {
        expect(this).toBe(context);
        waited.push(work);
      },
    };
    expect((await handler(await genuine(), context)).status).toBe(200);
    expect(log.successful).toEqual([]);
    slow.resolve(payment());
    await Promise.all(waited);
    expect(log.successful).toHaveLength(1);
    expect((await handler(await forgeCallbackRequest('{', { url: await signedUrl() }), context)).status).toBe(400);
  });

  it('gives waitUntil a promise that never rejects', async () => {
    const { handler, log } = recorded({ onSuccessful: () => Promise.reject(new Error('down')) });
    const waited: Promise<unknown>[] = [];
    await handler(await genuine(), { waitUntil: (work) => void waited.push(work) });
    await Promise.all(waited);
    expect(log.rejected).toMatchObject([{ status: 200, why: 'hook-failed' }]);
  });

  it('manages with a context that has no waitUntil, or one that refuses', async () => {
    for (const context of [
      { params: {} },
      {
        waitUntil: () => {
          throw new Error('too late');
        },
      },
    ]) {
      const { handler, log } = recorded();
      expect((await handler(await genuine(), context as never)).status).toBe(200);
      expect(log.successful).toHaveLength(1);
    }
  });

  it("uses the caller's clock", async () => {
    const { handler, log } = recorded({ urlSecrets: urlSecret, now: () => startMs + 2 * 86_400_000 });
    expect((await handler(await genuine())).status).toBe(404);
    expect(log.rejected).toEqual([{ status: 404, why: 'unauthenticated' }]);
  });
});

describe('bursts', () => {
  it('1 000 duplicates in parallel: one read, one hook, the same answer for all', async () => {
    const { handler, log } = recorded();
    const requests = await Promise.all(Array.from({ length: 1_000 }, () => genuine()));
    const answers = await Promise.all(requests.map((request) => handler(request)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(log.reads).toHaveLength(1);
    expect(log.successful).toHaveLength(1);
  });

  it('1 000 duplicates whose hook fails: it runs once, all get 500, and the resend runs it again', async () => {
    let runs = 0;
    const { handler } = recorded({
      onSuccessful: () => {
        runs += 1;
        if (runs === 1) throw new Error('down');
      },
    });
    const requests = await Promise.all(Array.from({ length: 1_000 }, () => genuine()));
    const answers = await Promise.all(requests.map((request) => handler(request)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([500]));
    expect(runs).toBe(1);
    expect((await handler(await genuine())).status).toBe(200);
    expect(runs).toBe(2);
  });

  it('mixed claims: each is judged by its own, on one read', async () => {
    const { handler, log } = recorded();
    const amounts = ['150', '1', '150.00', '2', '1'];
    const requests = await Promise.all(amounts.map((amount) => genuine({ amount })));
    await Promise.all(requests.map((request) => handler(request)));
    expect(log.reads).toHaveLength(1);
    expect(log.successful).toHaveLength(1);
    expect(log.unconfirmed).toMatchObject([{ verdict: 'mismatch' }, { verdict: 'mismatch' }]);
    expect(new Set(log.eventIds).size).toBe(3);
  });

  it('a pending read and 1 000 later ones: one more read at the end of the window, no more', async () => {
    let state: TestPayment['state'] = 'pending';
    const { handler, log } = recorded({ read: () => payment({ state }) });
    await handler(await genuine());
    state = 'successful';
    await vi.advanceTimersByTimeAsync(1_000);
    const requests = await Promise.all(Array.from({ length: 1_000 }, () => genuine()));
    const answers = Promise.all(requests.map((request) => handler(request)));
    await until(() => vi.getTimerCount() === 2_000);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(new Set((await answers).map(({ status }) => status))).toEqual(new Set([200]));
    expect(log.reads).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_500);
    await until(() => log.successful.length === 1);
    expect(log.reads).toHaveLength(2);
  });

  it('a pending read and nobody after it: no timer, no second read', async () => {
    const { handler, log } = recorded({ read: () => payment({ state: 'pending' }) });
    await handler(await genuine());
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log.reads).toHaveLength(1);
  });

  it('still pending at the end: said once for each read', async () => {
    const { handler, log } = recorded({ read: () => payment({ state: 'pending' }) });
    await handler(await genuine());
    const later = [handler(await genuine()), handler(await genuine())];
    await until(() => vi.getTimerCount() === 4);
    await vi.advanceTimersByTimeAsync(5_000);
    await Promise.all(later);
    await until(() => log.unconfirmed.length === 2);
    expect(log.reads).toHaveLength(2);
    expect(new Set(log.eventIds).size).toBe(2);
  });

  it('reads again after 5 s, and a late duplicate of a final one changes nothing', async () => {
    const { handler, log } = recorded();
    await handler(await genuine());
    await vi.advanceTimersByTimeAsync(4_999);
    await handler(await genuine({ status: 'FAILED' }));
    expect(log.reads).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(180_000);
    expect((await handler(await genuine({ status: 'PENDING' }))).status).toBe(200);
    expect(log.reads).toHaveLength(2);
    expect(log.successful).toHaveLength(1);
    expect(log.unsuccessful).toEqual([]);
  });

  it('expired, then approved late: two events', async () => {
    let state: TestPayment['state'] = 'expired';
    const { handler, log } = recorded({ read: () => payment({ state }) });
    await handler(await genuine());
    state = 'successful';
    await vi.advanceTimersByTimeAsync(5_000);
    await handler(await genuine());
    expect(log.eventIds).toEqual([`${referenceId}:expired`, `${referenceId}:successful`]);
  });

  it('two payments at once: each its own read', async () => {
    const { handler, log } = recorded({ read: () => payment({ referenceId: undefined }) });
    await Promise.all([handler(await genuine()), handler(await genuine({}, otherReferenceId))]);
    expect(log.reads.sort()).toEqual([referenceId, otherReferenceId].sort());
    expect(log.successful).toHaveLength(2);
  });

  it('runs a hook again that has been away for a minute: it was cut off', async () => {
    let runs = 0;
    const { handler } = recorded({
      onSuccessful: () => {
        runs += 1;
        return runs === 1 ? new Promise(() => {}) : undefined;
      },
    });
    const cut = handler(await genuine());
    await until(() => runs === 1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect((await cut).status).toBe(200);
    const tooEarly = handler(await genuine());
    await until(() => vi.getTimerCount() === 1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect((await tooEarly).status).toBe(200);
    expect(runs).toBe(1);
    expect((await handler(await genuine())).status).toBe(200);
    expect(runs).toBe(2);
  });
});

describe('set-up', () => {
  const good = { urlSecrets: urlSecret, read: () => payment(), onSuccessful: () => {} };

  it.each<[string, object]>([
    ['', { urlSecrets: undefined }],
    ['urlSecrets', { urlSecrets: '' }],
    ['urlSecrets', { urlSecrets: [] }],
    ['urlSecrets', { urlSecrets: [urlSecret, 'short'] }],
    [
      'urlSecrets',
      { urlSecrets: [relaySecret, urlSecret], signature: { ...signature, secrets: ['x'.repeat(16), relaySecret] } },
    ],
    ['signature.secrets', { signature: { ...signature, secrets: 'short' } }],
    ['signature.scheme', { signature: { secrets: relaySecret } }],
    ['signature.scheme', { signature: null }],
    ['read', { read: undefined }],
    ['onSuccessful', { onSuccessful: undefined }],
  ])('names a wrong %s (%#), and prints no secret', (path, options) => {
    let error: unknown;
    try {
      createCallbackHandler({ ...good, ...options } as never);
    } catch (caught) {
      error = caught;
    }
    expect(MomoError.is(error, 'invalid_input') && error.issues.map((issue) => issue.path)).toContain(path);
    expect(inspect(error, { depth: null })).not.toContain(relaySecret);
  });

  it('keeps to what it was given, whatever happens to the object later', async () => {
    const options = { ...good, urlSecrets: [urlSecret] };
    const handler = createCallbackHandler(options);
    options.urlSecrets[0] = 'another-secret-0123456789';
    expect((await handler(await genuine())).status).toBe(200);
  });

  it('shows no secret when printed', () => {
    const handler = createCallbackHandler({ ...good, signature });
    const printed = inspect(handler, { depth: null, showHidden: true }) + String(handler) + JSON.stringify({ handler });
    expect(printed).not.toContain(urlSecret);
    expect(printed).not.toContain(relaySecret);
  });
});

describe('an expected that knows no such payment', () => {
  it.each([[[]], [false], [''], ['x'], [0], [true], [null], [undefined]])(
    'gives %j: nothing is read, and no hook is told of success',
    async (record) => {
      const referenceId = crypto.randomUUID();
      const secret = 'a secret of the shop, long enough';
      let reads = 0;
      let successes = 0;
      const verdicts: string[] = [];
      const handler = createCallbackHandler({
        urlSecrets: secret,
        read: async () => {
          reads += 1;
          return { state: 'successful' as const, amount: '5', currency: 'EUR' };
        },
        expected: () => record as never,
        onSuccessful: () => {
          successes += 1;
        },
        onUnconfirmed: ({ verdict }) => {
          verdicts.push(verdict);
        },
      });
      const url = await createCallbackUrl({
        baseUrl: 'https://pay.example.com/momo',
        referenceId,
        secret,
        expiresAtMs: Date.now() + 60_000,
      });
      const body = JSON.stringify({ status: 'SUCCESSFUL', amount: '5', currency: 'EUR' });
      expect((await handler(new Request(url, { method: 'POST', body }))).status).toBe(200);
      expect({ reads, successes, verdicts }).toEqual({ reads: 0, successes: 0, verdicts: ['not-found'] });
    },
  );
});

describe('onReceived', () => {
  it('sees each authenticated callback before anything is read, twins too', async () => {
    const seen: string[] = [];
    const { handler, log } = recorded({
      onReceived: (callback, { referenceId: id }) => {
        seen.push(`${id} ${callback.claimedStatus} after ${log.reads.length} reads`);
      },
    });
    const url = await signedUrl();
    await handler(await forgeCallbackRequest(body, { url }));
    await handler(await forgeCallbackRequest(body, { url }));
    expect(seen).toEqual([`${referenceId} SUCCESSFUL after 0 reads`, `${referenceId} SUCCESSFUL after 1 reads`]);
    expect(log.successful).toHaveLength(1);
  });

  it('sees nothing that is not authenticated or not well-formed', async () => {
    const onReceived = vi.fn();
    const { handler } = recorded({ onReceived });
    const url = await signedUrl();
    await handler(await forgeCallbackRequest(body, { url: url.slice(0, -1) }));
    await handler(await forgeCallbackRequest('{}', { url }));
    await handler(await forgeCallbackRequest('no JSON', { url }));
    await handler(await forgeCallbackRequest(JSON.stringify({ status: 'x'.repeat(70_000) }), { url }));
    expect(onReceived).not.toHaveBeenCalled();
  });

  it('that throws makes it a 500, and nothing is read; a resend is received again', async () => {
    let isDown = true;
    const { handler, log } = recorded({
      onReceived: async () => {
        if (isDown) throw new Error('the database is down');
      },
    });
    const url = await signedUrl();
    expect((await handler(await forgeCallbackRequest(body, { url }))).status).toBe(500);
    expect(log.reads).toEqual([]);
    expect(log.rejected).toMatchObject([{ status: 500, why: 'hook-failed' }]);
    isDown = false;
    expect((await handler(await forgeCallbackRequest(body, { url }))).status).toBe(200);
    expect(log.successful).toHaveLength(1);
  });
});
