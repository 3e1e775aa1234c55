import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMomoSandbox } from '../../src/testing/index.js';
import { createMerchant } from '../support/merchant.js';
import { settle } from '../support/settle.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('virtual time', () => {
  test('starts at the real one, stands still, and moves by advance', () => {
    vi.useFakeTimers({ now: 1_750_000_000_000 });
    const sandbox = createMomoSandbox();
    const { clock } = sandbox.clientOptions();
    vi.setSystemTime(1_760_000_000_000);
    expect(clock.now()).toBe(1_750_000_000_000);
    sandbox.advance(1500);
    expect(clock.now()).toBe(1_750_000_001_500);
    for (const ms of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => sandbox.advance(ms)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    }
  });

  test.each(['real', 'fake'])(
    'waits are skipped in the order of their ends, ties in order of arrival (%s timers)',
    async (kind) => {
      if (kind === 'fake') vi.useFakeTimers();
      const { clock } = createMomoSandbox().clientOptions();
      const startedAtMs = clock.now();
      const woken: string[] = [];
      async function sleep(name: string, ms: number) {
        await clock.sleep(ms);
        woken.push(`${name} ${clock.now() - startedAtMs}`);
      }
      async function twice() {
        await sleep('first', 10);
        await sleep('again', 10);
      }
      await Promise.all([sleep('late', 86_400_000), sleep('tie', 20), twice(), sleep('now', 0)]);
      expect(woken).toEqual(['now 0', 'first 10', 'tie 20', 'again 20', 'late 86400000']);
    },
  );

  test('an abort ends a wait at once, with its reason', async () => {
    const { clock } = createMomoSandbox({ approval: 'manual' }).clientOptions();
    const reason = new Error('enough');
    await expect(clock.sleep(1000, AbortSignal.abort(reason))).rejects.toBe(reason);
    const controller = new AbortController();
    const sleeping = clock.sleep(1000, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
  });

  test('time does not move while a request is being read', async () => {
    const { sandbox, call } = createMerchant();
    await call('GET', '/collection/v1_0/account/balance');
    const { clock, fetch, baseUrl } = sandbox.clientOptions();
    const startedAtMs = clock.now();
    let finish = () => {};
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        finish = () => controller.close();
      },
    });
    const slow = fetch(`${baseUrl}/collection/token/`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    const sleeping = clock.sleep(5000);
    await settle();
    expect(clock.now()).toBe(startedAtMs);
    finish();
    await slow;
    await sleeping;
    expect(clock.now()).toBe(startedAtMs + 5000);
  });

  test('a late answer takes no real time, and comes in its turn', async () => {
    const { sandbox, call } = createMerchant();
    await call('GET', '/collection/v1_0/account/balance');
    const { clock } = sandbox.clientOptions();
    const startedAtMs = clock.now();
    const order: string[] = [];
    sandbox.fault({ on: 'getBalance', delayMs: 15_000 });
    await Promise.all([
      call('GET', '/collection/v1_0/account/balance').then(() => order.push(`answer ${clock.now() - startedAtMs}`)),
      clock.sleep(20_000).then(() => order.push('later')),
      clock.sleep(10_000).then(() => order.push('sooner')),
    ]);
    expect(order).toEqual(['sooner', 'answer 15000', 'later']);
  });
});

describe('a `now` of the user', () => {
  test('is the time, with what was advanced on top', () => {
    let nowMs = 1000;
    const sandbox = createMomoSandbox({ now: () => nowMs });
    const { clock } = sandbox.clientOptions();
    sandbox.advance(5);
    nowMs = 2000;
    expect(clock.now()).toBe(2005);
  });

  test('waits of clients are skipped all the same, late answers are really late', async () => {
    vi.useFakeTimers();
    const { sandbox, call } = createMerchant({ now: () => 1000 });
    const { clock } = sandbox.clientOptions();
    await clock.sleep(60_000);
    expect(clock.now()).toBe(61_000);
    await call('GET', '/collection/v1_0/account/balance');
    sandbox.fault({ on: 'getBalance', delayMs: 3000 });
    let isAnswered = false;
    const answer = call('GET', '/collection/v1_0/account/balance').then(() => {
      isAnswered = true;
    });
    await settle();
    await vi.advanceTimersByTimeAsync(2999);
    expect(isAnswered).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await answer;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('the payer loses patience by it, also when nobody comes by', async () => {
    vi.useFakeTimers();
    const delivered = vi.fn(async (_request: Request) => new Response());
    const { sandbox, requestToPay } = createMerchant({
      approval: 'manual',
      now: () => Date.now(),
      callbacks: { fetch: delivered },
    });
    const headers = { 'X-Callback-Url': 'https://merchant.example/cb' };
    await requestToPay({}, { headers });
    await vi.advanceTimersByTimeAsync(299_999);
    expect(sandbox.payments[0]?.status).toBe('PENDING');
    await vi.advanceTimersByTimeAsync(2);
    expect(sandbox.payments[0]).toMatchObject({ status: 'FAILED', reason: { code: 'EXPIRED' } });
    await vi.advanceTimersByTimeAsync(1);
    await settle();
    expect(delivered).toHaveBeenCalledTimes(1);
  });

  test('a frozen one that is moved by hand counts when somebody looks', async () => {
    let nowMs = 0;
    const { requestToPay, read } = createMerchant({ approval: 'manual', now: () => nowMs });
    const { referenceId } = await requestToPay();
    nowMs = 299_999;
    expect((await read(referenceId)).body.status).toBe('PENDING');
    nowMs = 300_000;
    expect((await read(referenceId)).body).toMatchObject({ status: 'FAILED', reason: { code: 'EXPIRED' } });
  });
});
