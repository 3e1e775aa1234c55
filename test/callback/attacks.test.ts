import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseCallback, signatureSchemes, verifySignature } from '../../src/callback/index.js';
import { forgeCallbackBody, forgeCallbackRequest, signCallbackBody } from '../../src/testing/forge/index.js';
import {
  dayMs,
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
} from './support.js';

// What an attacker can try, and what it gets: never `onSuccessful`, unless MTN's status read says so for this very
// payment, its amount and its currency.

const scheme = signatureSchemes.momoProxy;
const sign = { scheme, secret: relaySecret };
const signature = { scheme, secrets: relaySecret };
const successful = (overrides = {}) => forgeCallbackBody('request-to-pay', overrides);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: startMs });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('a stranger who forges SUCCESSFUL', () => {
  const strangers: [string, () => Promise<Request>][] = [
    ['bare', () => forgeCallbackRequest(successful())],
    ['with the reference id in the body', () => forgeCallbackRequest(successful({ referenceId }))],
    [
      'with the reference id in a path without signature',
      () => forgeCallbackRequest(successful(), { url: `https://pay.example.com/momo/${referenceId}` }),
    ],
    [
      'with a made-up path signature',
      () =>
        forgeCallbackRequest(successful(), {
          url: `https://pay.example.com/momo/${referenceId}/${startMs + dayMs}/AAAAAAAAAAAAAAAAAAAAAA`,
        }),
    ],
    [
      "with another payment's signature",
      async () =>
        forgeCallbackRequest(successful(), {
          url: (await signedUrl(otherReferenceId)).replace(otherReferenceId, referenceId),
        }),
    ],
    [
      'with an expired URL made to look fresh',
      async () =>
        forgeCallbackRequest(successful(), {
          url: (await signedUrl(referenceId, startMs - 1)).replace(String(startMs - 1), String(startMs + dayMs)),
        }),
    ],
    [
      'with an expired URL',
      async () => forgeCallbackRequest(successful(), { url: await signedUrl(referenceId, startMs - 1) }),
    ],
    [
      'with a signature by the URL secret',
      async () => forgeCallbackRequest(successful({ referenceId }), { headers: { [scheme.header]: 'a'.repeat(64) } }),
    ],
    ['in the events of meCash', () => forgeCallbackRequest(forgeCallbackBody('mecash', { referenceId }))],
  ];

  it.each(strangers)('%s: an empty 404, no read, no hook', async (_name, forge) => {
    const { handler, log } = recorded();
    const response = await handler(await forge());
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
    expect([...response.headers]).toEqual([]);
    expect(log).toMatchObject({ reads: [], successful: [], unsuccessful: [], unconfirmed: [] });
  });

  it.each(strangers)('%s: the same 404 where signatures are taken too', async (_name, forge) => {
    const { handler, log } = recorded({ urlSecrets: 'url-secret-of-the-tests-0123456789', signature });
    expect((await handler(await forge())).status).toBe(404);
    expect(log).toMatchObject({ reads: [], successful: [] });
  });

  it('learns the same from every mistake: method, size, broken JSON, unknown reference', async () => {
    const { handler } = recorded({ urlSecrets: 'url-secret-of-the-tests-0123456789', signature });
    const probes = [
      forgeCallbackRequest(successful(), { method: 'GET' }),
      forgeCallbackRequest(successful(), { method: 'DELETE' }),
      forgeCallbackRequest('{"status":'),
      forgeCallbackRequest('x'.repeat(100_000)),
      forgeCallbackRequest('x'.repeat(100_000), { headers: { [scheme.header]: 'a'.repeat(64) } }),
      forgeCallbackRequest('{"status":', { headers: { [scheme.header]: 'a'.repeat(64) } }),
      forgeCallbackRequest('', { headers: { [scheme.header]: 'x'.repeat(10_000) } }),
    ];
    for (const probe of probes) {
      const response = await handler(await probe);
      expect([response.status, await response.text(), [...response.headers]]).toEqual([404, '', []]);
    }
  });
});

describe('somebody with the right URL', () => {
  it('claims another amount: mismatch', async () => {
    const { handler, log } = recorded();
    expect((await handler(await genuine({ amount: '1' }))).status).toBe(200);
    expect(log).toMatchObject({ successful: [], unconfirmed: [{ verdict: 'mismatch' }] });
  });

  it('claims success of a payment that MTN says failed: onUnsuccessful', async () => {
    const { handler, log } = recorded({ read: () => payment({ state: 'failed' }) });
    await handler(await genuine());
    expect(log).toMatchObject({ successful: [], unsuccessful: [{ state: 'failed' }] });
  });

  it('claims success of a payment that MTN says is pending: not-final', async () => {
    const { handler, log } = recorded({ read: () => payment({ state: 'pending' }) });
    await handler(await genuine());
    expect(log).toMatchObject({ successful: [], unconfirmed: [{ verdict: 'not-final' }] });
  });

  it('names another, paid reference in the body: the URL decides what is read, and it is a mismatch', async () => {
    const { handler, log } = recorded();
    await handler(await genuine({ referenceId: otherReferenceId }));
    expect(log).toMatchObject({ reads: [referenceId], successful: [], unconfirmed: [{ verdict: 'mismatch' }] });
  });

  it('paid 1 EUR for an order of 150, and says so: mismatch with what was expected', async () => {
    const { handler, log } = recorded({
      read: () => payment({ amount: '1' }),
      expected: () => ({ amount: '150', currency: 'EUR' }),
    });
    await handler(await genuine({ amount: '1' }));
    expect(log).toMatchObject({ successful: [], unconfirmed: [{ verdict: 'mismatch' }] });
  });

  it('paid in another currency: mismatch', async () => {
    const { handler, log } = recorded({
      read: () => payment({ currency: 'UGX' }),
      expected: () => ({ amount: '150', currency: 'EUR' }),
    });
    await handler(await genuine({ currency: 'UGX' }));
    expect(log).toMatchObject({ successful: [], unconfirmed: [{ verdict: 'mismatch' }] });
  });

  it('uses the URL of a payment that is not ours: not-found, without a read', async () => {
    const { handler, log } = recorded({ expected: () => undefined });
    expect((await handler(await genuine())).status).toBe(200);
    expect(log).toMatchObject({ reads: [], successful: [], unconfirmed: [{ verdict: 'not-found' }] });
  });

  it('hides the amount by a duplicate key: the last one counts, and the read decides', async () => {
    const { handler, log } = recorded();
    const body = '{"status":"SUCCESSFUL","amount":"150","amount":"1","currency":"EUR"}';
    await handler(await forgeCallbackRequest(body, { url: await signedUrl() }));
    expect(log).toMatchObject({ successful: [], unconfirmed: [{ verdict: 'mismatch' }] });
  });

  it('leaves everything out of the body: MTN and your record decide alone', async () => {
    const { handler, log } = recorded({
      read: () => payment({ amount: '1' }),
      expected: () => ({ amount: '150', currency: 'EUR' }),
    });
    await handler(await forgeCallbackRequest('{"status":"SUCCESSFUL"}', { url: await signedUrl() }));
    expect(log).toMatchObject({ successful: [], unconfirmed: [{ verdict: 'mismatch' }] });
  });

  it('sends keys that aim at prototypes: nothing is polluted, nothing is gained', async () => {
    const { handler, log } = recorded({ read: () => payment({ state: 'pending' }) });
    const body =
      '{"status":"SUCCESSFUL","__proto__":{"state":"successful"},"constructor":{"prototype":{"state":"successful"}}}';
    expect((await handler(await forgeCallbackRequest(body, { url: await signedUrl() }))).status).toBe(200);
    expect(log.successful).toEqual([]);
    expect(({} as { state?: string }).state).toBeUndefined();
  });
});

describe('a poisoned relay, whose signature is valid', () => {
  it('signs what anyone posted: the read decides', async () => {
    const { handler, log } = recorded({ signature, read: () => payment({ state: 'pending' }) });
    const request = await forgeCallbackRequest(forgeCallbackBody('momo-proxy', { referenceId }), { sign });
    expect((await handler(request)).status).toBe(200);
    expect(log).toMatchObject({ successful: [], unconfirmed: [{ verdict: 'not-final' }] });
  });

  it('signs a paid reference for another order: mismatch with what was expected', async () => {
    const { handler, log } = recorded({ signature, expected: () => ({ externalId: 'order-9' }) });
    await handler(await forgeCallbackRequest(forgeCallbackBody('momo-proxy', { referenceId }), { sign }));
    expect(log).toMatchObject({ successful: [], unconfirmed: [{ verdict: 'mismatch' }] });
  });

  it('has its message changed on the way, by one byte: 404', async () => {
    const { handler, log } = recorded({ signature });
    const body = JSON.stringify(forgeCallbackBody('momo-proxy', { referenceId }));
    const header = await signCallbackBody(body, sign);
    const changed = body.replace('150', '151');
    expect((await handler(await forgeCallbackRequest(changed, { headers: { [scheme.header]: header } }))).status).toBe(
      404,
    );
    expect(log.reads).toEqual([]);
  });

  it('signs with the secret of a scheme that is not configured: 404', async () => {
    const { handler } = recorded({ signature });
    const other = { scheme: signatureSchemes.meCash, secret: relaySecret };
    expect((await handler(await forgeCallbackRequest(forgeCallbackBody('mecash'), { sign: other }))).status).toBe(404);
  });

  it('never verifies by a signature for another hash or a cut one', async () => {
    const body = '{"status":"SUCCESSFUL"}';
    const whole = await signCallbackBody(body, { scheme: { ...scheme, hash: 'SHA-512' }, secret: relaySecret });
    for (const cut of [whole, whole.slice(0, 64), whole.slice(64)]) {
      expect(await verifySignature({ body, signature: cut, secrets: relaySecret, scheme })).toBe(false);
    }
  });
});

describe('resolveReference alone, which authenticates nobody', () => {
  it('answers everything with the same empty 200, and still believes only the read', async () => {
    const { handler, log } = recorded({
      resolveReference: (callback) => (callback.externalId === 'order-7' ? referenceId : undefined),
      read: () => payment({ state: 'pending' }),
    });
    const probes = [
      forgeCallbackRequest(successful()),
      forgeCallbackRequest(successful({ externalId: 'order-8' })),
      forgeCallbackRequest('{"status":'),
      forgeCallbackRequest('x'.repeat(100_000)),
      forgeCallbackRequest(successful(), { method: 'GET' }),
    ];
    for (const probe of probes) {
      const response = await handler(await probe);
      expect([response.status, await response.text(), [...response.headers]]).toEqual([200, '', []]);
    }
    await until(() => log.unconfirmed.length === 2);
    expect(log.successful).toEqual([]);
    expect(log.rejected).toEqual([
      { status: 200, why: 'malformed' },
      { status: 200, why: 'too-large' },
      { status: 200, why: 'method' },
    ]);
  });
});

describe('somebody who comes just before the genuine callback', () => {
  it('claims another amount: the genuine one shares the read, not the verdict', async () => {
    const { handler, log } = recorded();
    await handler(await genuine({ amount: '1' }));
    await handler(await genuine());
    expect(log.reads).toHaveLength(1);
    expect(log.unconfirmed).toMatchObject([{ verdict: 'mismatch' }]);
    expect(log.successful).toHaveLength(1);
  });

  it('makes the handler read too early: the genuine one causes one more read', async () => {
    let state: TestPayment['state'] = 'pending';
    const { handler, log } = recorded({ read: () => payment({ state }) });
    await handler(await genuine());
    state = 'successful';
    const answered = handler(await genuine());
    await until(() => vi.getTimerCount() > 1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect((await answered).status).toBe(200);
    expect(log.successful).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(3_500);
    await until(() => log.successful.length === 1);
    expect(log.reads).toHaveLength(2);
  });

  it('starts a read that never comes back: the genuine one reads again', async () => {
    const hang = deferred<TestPayment>();
    let reads = 0;
    const { handler, log } = recorded({
      read: () => {
        reads += 1;
        return reads === 1 ? hang.promise : payment();
      },
    });
    const first = handler(await genuine());
    const second = handler(await genuine());
    await until(() => vi.getTimerCount() >= 3);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    await until(() => log.successful.length === 1);
  });

  it('has it failing: a hook that throws is run again by the resend', async () => {
    let isDown = true;
    const done: string[] = [];
    const { handler } = recorded({
      onSuccessful: (_payment, { eventId }) => {
        if (isDown) throw new Error('The database is down.');
        done.push(eventId);
      },
    });
    expect((await handler(await genuine())).status).toBe(500);
    isDown = false;
    expect((await handler(await genuine())).status).toBe(200);
    expect((await handler(await genuine())).status).toBe(200);
    expect(done).toEqual([`${referenceId}:successful`]);
  });
});

it('takes nothing from a claim into what it believes', () => {
  const callback = parseCallback(JSON.stringify(successful({ isFinal: true, state: 'successful', verdict: 'final' })));
  expect(Object.keys(callback).sort()).toEqual(
    [
      'amount',
      'claimedState',
      'claimedStatus',
      'currency',
      'externalId',
      'financialTransactionId',
      'payer',
      'raw',
      'source',
    ].sort(),
  );
});
