import { describe, expect, test } from 'vitest';
import { createMomoSandbox, type Fault, fixtures } from '../../src/testing/index.js';
import { createMerchant } from '../support/merchant.js';

const balance = '/collection/v1_0/account/balance';

describe('faults', () => {
  test('answer instead of working, in the order they were set, and are used up', async () => {
    const { sandbox, requestToPay } = createMerchant();
    sandbox.fault({ on: 'requestToPay', times: 2, status: 503 });
    sandbox.fault({ on: 'requestToPay', status: 500, body: fixtures.error.internal });
    sandbox.fault({ on: 'getBalance', status: 418 });
    const seen = [];
    for (let sent = 0; sent < 4; sent += 1) {
      const { status, text } = await requestToPay();
      seen.push([status, text]);
    }
    expect(seen).toEqual([
      [503, ''],
      [503, ''],
      [500, JSON.stringify(fixtures.error.internal)],
      [202, ''],
    ]);
    expect(sandbox.payments).toHaveLength(1);
  });

  test('a body alone is answered with 200: text as it is, with its own type', async () => {
    const { sandbox, call } = createMerchant();
    await call('GET', balance);
    sandbox.fault({ on: 'getBalance', body: fixtures.requestRejectedHtml });
    sandbox.fault({ on: 'getBalance', body: '{"half":' });
    sandbox.fault({ on: 'getBalance', body: 'x', headers: { 'Content-Type': 'text/plain' } });
    const seen = [];
    for (let sent = 0; sent < 3; sent += 1) {
      const response = await call('GET', balance);
      seen.push([response.status, response.headers.get('content-type'), await response.text()]);
    }
    expect(seen).toEqual([
      [200, 'text/html', fixtures.requestRejectedHtml],
      [200, 'application/json', '{"half":'],
      [200, 'text/plain', 'x'],
    ]);
  });

  test('headers alone are added to the normal answer', async () => {
    const { sandbox, call } = createMerchant();
    sandbox.fault({ on: 'getBalance', headers: { 'Retry-After': '7' } });
    const response = await call('GET', balance);
    expect([response.status, response.headers.get('retry-after')]).toEqual([200, '7']);
    expect(await response.json()).toEqual(fixtures.balance);
  });

  test('a dropped connection fails as in Node: before, nothing is done; after, it is', async () => {
    const { sandbox, requestToPay } = createMerchant();
    const referenceId = crypto.randomUUID();
    sandbox.fault({ on: 'requestToPay', drop: 'before', code: 'ECONNREFUSED' });
    sandbox.fault({ on: 'requestToPay', drop: 'after' });
    const refused = await requestToPay({}, { referenceId }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TypeError);
    expect(refused).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED' } });
    expect(sandbox.payments).toEqual([]);
    await expect(requestToPay({}, { referenceId })).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(sandbox.payments).toEqual([expect.objectContaining({ referenceId, posts: 1 })]);
    expect((await requestToPay({}, { referenceId })).status).toBe(409);
    const sent = sandbox.calls.filter(({ operation }) => operation === 'requestToPay');
    expect(sent.map(({ status, dropped }) => [status, dropped])).toEqual([
      [undefined, 'before'],
      [undefined, 'after'],
      [409, undefined],
    ]);
  });

  test('with a status, `after` means: done, but that is the answer', async () => {
    const { sandbox, requestToPay } = createMerchant();
    sandbox.fault({ on: 'requestToPay', drop: 'after', status: 504 });
    expect((await requestToPay()).status).toBe(504);
    expect(sandbox.payments).toHaveLength(1);
  });

  test('a call that hangs ends only by its abort, with the reason, and moves no time', async () => {
    const { sandbox, call } = createMerchant();
    const { clock } = sandbox.clientOptions();
    await call('GET', balance);
    const atMs = clock.now();
    sandbox.fault({ on: '*', drop: 'hang' });
    const controller = new AbortController();
    const reason = new Error('too long');
    const hanging = call('GET', balance, { signal: controller.signal });
    await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await expect(hanging).rejects.toBe(reason);
    expect(clock.now()).toBe(atMs);
  });

  test('an abort ends a late answer, and an aborted request never starts', async () => {
    const { sandbox, requestToPay } = createMerchant({ now: () => 0 });
    sandbox.fault({ on: 'requestToPay', delayMs: 60_000 });
    const controller = new AbortController();
    const late = requestToPay({}, { signal: controller.signal });
    await sandbox.nextPayment(); // the work is done, the answer under way
    controller.abort();
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
    const calls = sandbox.calls.length;
    await expect(requestToPay({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
    expect(sandbox.calls).toHaveLength(calls);
  });

  test('a lag keeps an accepted payment unseen for a while', async () => {
    const { sandbox, requestToPay, read } = createMerchant();
    sandbox.fault({ on: 'requestToPay', lagMs: 5000 });
    const { referenceId, status } = await requestToPay();
    expect(status).toBe(202);
    expect(await read(referenceId)).toEqual({ status: 404, body: fixtures.error.notFound });
    expect((await requestToPay({}, { referenceId })).status).toBe(409);
    sandbox.advance(5000);
    expect((await read(referenceId)).body.status).toBe('SUCCESSFUL');
  });

  test('getToken is the token call, * is every call, Infinity lasts until cancelled', async () => {
    const { sandbox, getToken, call } = createMerchant();
    sandbox.fault({ on: 'getToken', drop: 'before' });
    await expect(getToken()).rejects.toThrow('fetch failed');
    await getToken();
    const cancel = sandbox.fault({ on: '*', times: Number.POSITIVE_INFINITY, status: 500 });
    const { fetch, baseUrl } = sandbox;
    for (const path of ['/collection/token/', '/nowhere', balance]) {
      expect((await fetch(`${baseUrl}${path}`)).status).toBe(500);
    }
    cancel();
    expect((await call('GET', balance)).status).toBe(200);
  });

  test.each<[string, Fault, RegExp]>([
    [
      'an unknown operation',
      { on: 'requestToPlay' as never, status: 500 },
      /on must be \* or one of createAccessToken/,
    ],
    ['no effect', { on: '*' }, /does nothing/],
    ['times 0', { on: '*', times: 0, status: 500 }, /times must be 1 or more/],
    ['status 100', { on: '*', status: 100 }, /status must be/],
    ['a body JSON cannot write', { on: '*', body: 1n }, /body must be text/],
    ['a header HTTP does not know', { on: '*', headers: { 'a b': 'c' } }, /headers must be/],
    ['a negative delay', { on: '*', delayMs: -1 }, /delayMs must be/],
    ['an answer to a hanging call', { on: '*', drop: 'hang', status: 500 }, /drop must be after/],
    ['a cause without a drop', { on: '*', status: 500, code: 'ECONNRESET' }, /code needs drop/],
    ['a misspelt field', { on: '*', status: 500, time: 2 } as Fault, /time is no part of a fault/],
    ['a field nobody may set', { on: '*', status: 500, id: 7 } as Fault, /id is no part of a fault/],
    ['a cause that is no word', { on: '*', drop: 'after', code: {} as never }, /code must be a word/],
    ['headers that are none', { on: '*', headers: 5 as never }, /headers must be/],
    ['a lag of a read', { on: 'getRequestToPay', lagMs: 1 }, /lagMs needs a create/],
  ])('%s is refused', (_name, fault, message) => {
    expect(() => createMomoSandbox().fault(fault)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: expect.stringMatching(message) }),
    );
  });
});
