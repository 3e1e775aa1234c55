import { describe, expect, test } from 'vitest';
import { MomoError } from '../../src/index.js';
import { memoryPaymentStore, PaymentLedger, type PaymentStore } from '../../src/ledger/index.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import {
  crashing,
  createFakeMtn,
  createHandClock,
  hourMs,
  minuteMs,
  openFakeShop,
  openShop,
  order,
} from './support.js';

const stores: readonly [string, () => PaymentStore][] = [
  ['memory', memoryPaymentStore],
  ['SQLite', () => sqlitePaymentStore(':memory:')],
];

/** Where one waits until another lets it go on. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

/** A process that dies while it charges, and the one that comes after. */
async function crash(store: PaymentStore, at: Parameters<typeof crashing>[1], send?: Error) {
  const mtn = createFakeMtn();
  const clock = createHandClock();
  if (send) mtn.nextSend(send);
  const first = new PaymentLedger({ client: mtn, clock, store: crashing(store, at) });
  await expect(first.charge(order)).rejects.toThrow('the process is dead');
  const ledger = new PaymentLedger({ client: mtn, clock, store });
  const [row] = await store.find('', order.externalId);
  return { mtn, clock, ledger, row, id: String(row?.payment.id) };
}

describe.each(stores)('after a crash, with the store on %s', (_name, makeStore) => {
  test('what was stored and not sent is sent, under the same id and with the same body', async () => {
    const { mtn, clock, ledger, row, id } = await crash(makeStore(), (method) => method === 'commit');
    expect(mtn.sends).toEqual([]);
    clock.advance(31_000);
    await ledger.pollDue();
    expect(mtn.sends).toMatchObject([{ referenceId: id }]);
    expect(JSON.parse(mtn.sends[0]?.body ?? '')).toEqual({ ...JSON.parse(row?.sending.body ?? ''), referenceId: id });
    expect((await ledger.get(id))?.state).toBe('pending');
  });

  test('what was stored and not sent is given up after 120 s: failed, never_sent, and nothing left', async () => {
    const { mtn, clock, ledger, id } = await crash(makeStore(), (method) => method === 'commit');
    clock.advance(119_999);
    expect((await ledger.get(id))?.state).toBe('created');
    clock.advance(1);
    await ledger.pollDue();
    expect(await ledger.get(id)).toMatchObject({ state: 'failed', reason: { code: 'never_sent' } });
    expect(mtn.sends).toEqual([]);
    const events: string[] = [];
    await ledger.deliverEvents(({ type }) => events.push(type));
    expect(events).toEqual(['payment.failed']);
    // Nothing ever left, and MTN knows nothing: a next attempt is safe.
    mtn.says('not-found');
    expect((await ledger.charge({ ...order, attempt: 2 })).attempt).toBe(2);
  });

  test('what may have been sent is read, not sent again, while MTN has it', async () => {
    // The begin is written, MTN takes it, and the answer is lost with the process.
    const { mtn, clock, ledger, id } = await crash(makeStore(), (method, call) => method === 'commit' && call === 2);
    expect(mtn.sends).toHaveLength(1);
    clock.advance(31_000);
    await ledger.pollDue();
    expect((await ledger.get(id))?.state).toBe('pending');
    expect(mtn.sends).toHaveLength(1);
  });

  test('what may have been sent and MTN does not know is sent again at most twice, and never after 120 s', async () => {
    const store = makeStore();
    const unknown = new MomoError('outcome_unknown', 'no answer', { referenceId: crypto.randomUUID() });
    const { mtn, clock, ledger, id } = await crash(store, (method, call) => method === 'commit' && call === 2, unknown);
    mtn.says('not-found');
    mtn.nextSend(unknown, unknown, unknown, unknown);
    const sentAt: number[] = [];
    const startedAtMs = clock.now();
    for (let second = 0; second < 600; second++) {
      const before = mtn.sends.length;
      clock.advance(1_000);
      await ledger.pollDue();
      if (mtn.sends.length > before) sentAt.push(clock.now() - startedAtMs);
    }
    expect(sentAt.length).toBeGreaterThan(0);
    expect(mtn.sends.length).toBeLessThanOrEqual(3);
    expect(Math.min(...sentAt)).toBeGreaterThanOrEqual(30_000);
    expect(Math.max(...sentAt)).toBeLessThan(120_000);
    expect(new Set(mtn.sends.map(({ body }) => body)).size).toBe(1);
    expect(await ledger.get(id)).toMatchObject({ state: 'uncertain', review: [{ reason: 'uncertain' }] });
  });

  test('what may have been sent and is older than 120 s is uncertain, and read on', async () => {
    const { mtn, clock, ledger, id } = await crash(makeStore(), (method, call) => method === 'commit' && call === 2);
    mtn.says('not-found');
    clock.advance(120_000);
    await ledger.pollDue();
    expect(await ledger.get(id)).toMatchObject({ state: 'uncertain', review: [{ why: 'not-found' }] });
    expect(mtn.sends).toHaveLength(1);
    mtn.says('successful');
    clock.advance(5 * minuteMs);
    await ledger.pollDue();
    expect((await ledger.get(id))?.state).toBe('successful');
  });
});

describe('a send', () => {
  test('that surely did not arrive is tried again until 120 s are over, then it is never_sent', async () => {
    const { ledger, mtn, pass, state } = openFakeShop();
    const refused = () => new MomoError('network', 'connection refused', { isRetryable: true });
    mtn.nextSend(...Array.from({ length: 100 }, refused));
    const { id } = await ledger.charge(order);
    expect(await state(id)).toBe('created');
    await pass(119_000, 1_000);
    expect(mtn.sends.length).toBeGreaterThan(10);
    expect(mtn.reads).toEqual([]);
    await pass(2_000, 1_000);
    expect(await ledger.get(id)).toMatchObject({ state: 'failed', reason: { code: 'never_sent' } });
  });

  test('that MTN refuses is a failed payment with MTN’s reason, not an error', async () => {
    const { ledger, sandbox, told } = openShop();
    sandbox.fault({ on: 'requestToPay', status: 500, body: { code: 'NOT_ALLOWED', message: 'no' } });
    const payment = await ledger.charge(order);
    expect(payment).toMatchObject({ state: 'failed', reason: { code: 'NOT_ALLOWED' } });
    expect(await told()).toEqual(['failed']);
    expect((await ledger.charge({ ...order, attempt: 2 })).state).toBe('submitted');
  });

  test('of which MTN has another payment under the same id is a case for a person', async () => {
    const { ledger, mtn, reasons } = openFakeShop();
    mtn.nextSend(new MomoError('reference_conflict', 'another amount'));
    expect((await ledger.charge(order)).state).toBe('uncertain');
    expect(await reasons()).toEqual(['mismatch']);
  });

  test('that fails with anything but an error of ours may have arrived', async () => {
    const { ledger, mtn } = openFakeShop();
    mtn.nextSend(new TypeError('what is this'));
    expect((await ledger.charge(order)).state).toBe('submitted');
  });

  test('that is aborted beforehand stores nothing; later an abort ends only the waiting', async () => {
    const { ledger, mtn, store } = openFakeShop();
    const signal = AbortSignal.abort();
    await expect(ledger.charge(order, { signal })).rejects.toMatchObject({ code: 'aborted' });
    expect(await store.find('', order.externalId)).toEqual([]);

    const controller = new AbortController();
    const send = mtn.requestToPay;
    mtn.requestToPay = async (...given) => {
      await send(...given);
      controller.abort();
      throw new MomoError('outcome_unknown', 'aborted', { referenceId: given[0].referenceId });
    };
    expect((await ledger.charge(order, { signal: controller.signal })).state).toBe('submitted');
  });

  test.each([
    ['refused', 'unauthorized'],
    ['never left', 'network'],
  ] as const)(
    'that was %s, as a process learns that was asleep meanwhile, says nothing of the send of another',
    async (_what, code) => {
      const shop = openFakeShop();
      const { ledger, mtn, clock, state, pass } = shop;
      const other = new PaymentLedger({ client: mtn, clock, store: shop.store });
      const { requestToPay } = mtn;
      mtn.says('not-found');
      mtn.requestToPay = async (request) => {
        mtn.requestToPay = requestToPay;
        for (let seconds = 0; seconds < 60; seconds += 2) {
          clock.advance(2_000);
          await other.pollDue();
        }
        expect(mtn.sends).toHaveLength(1);
        throw new MomoError(code, 'no', { referenceId: request.referenceId });
      };
      const { id } = await ledger.charge(order);
      expect(await state(id)).toBe('submitted');
      expect((await shop.store.get(id))?.sending).toMatchObject({ mayHaveArrived: true, sends: 2 });
      await pass(11 * minuteMs, 5_000);
      expect(await state(id)).toBe('uncertain');
      mtn.says('successful');
      await pass(hourMs, 5 * minuteMs);
      expect(await state(id)).toBe('successful');
      expect(mtn.sends.length).toBeLessThanOrEqual(2);
    },
  );

  test('that may take for ever is looked after by others all the same, should its process die', async () => {
    const store = memoryPaymentStore();
    const dead = openFakeShop({ store: crashing(store, (method, call) => method === 'commit' && call === 2) });
    await dead.ledger.charge(order, { deadlineMs: Number.POSITIVE_INFINITY }).catch(() => undefined);
    const { ledger, clock } = openFakeShop({ store, client: dead.mtn, clock: dead.clock });
    dead.mtn.says('successful');
    clock.advance(2 * minuteMs);
    expect(await ledger.pollDue()).toEqual({ swept: 1, changed: 1, failed: 0 });
  });

  test('is not begun any more by a process that slept for 120 s after it had stored it', async () => {
    const [mtn, clock, kept] = [createFakeMtn(), createHandClock(), memoryPaymentStore()];
    const store: PaymentStore = {
      ...kept,
      async insert(...given) {
        const isInserted = await kept.insert(...given);
        clock.advance(120_000);
        return isInserted;
      },
    };
    const ledger = new PaymentLedger({ client: mtn, clock, store });
    expect(await ledger.charge(order)).toMatchObject({ state: 'failed', reason: { code: 'never_sent' } });
    expect(mtn.sends).toEqual([]);
    clock.advance(hourMs);
    expect(await ledger.pollDue()).toMatchObject({ swept: 0 });
  });

  test('is not given up as never sent when another process began it in that very moment', async () => {
    const [mtn, clock, kept] = [createFakeMtn(), createHandClock(), memoryPaymentStore()];
    const begin = gate();
    const answer = gate();
    const begun = gate();
    const slowStore: PaymentStore = {
      ...kept,
      async commit(...given) {
        await begin.opened;
        return kept.commit(...given);
      },
    };
    const slowClient = {
      ...mtn,
      async requestToPay(): Promise<never> {
        begun.open();
        await answer.opened;
        throw new MomoError('outcome_unknown', 'no answer');
      },
    };
    const charging = new PaymentLedger({ client: slowClient, clock, store: slowStore }).charge(order);
    // The row is there, its lease runs out, and another process finds it too old.
    while ((await kept.find('', order.externalId)).length === 0) await Promise.resolve();
    clock.advance(121_000);
    let isFirst = true;
    const sweeping = new PaymentLedger({
      client: mtn,
      clock,
      store: {
        ...kept,
        async commit(...given) {
          if (isFirst) {
            isFirst = false;
            begin.open();
            await begun.opened;
          }
          return kept.commit(...given);
        },
      },
    });
    await sweeping.pollDue();
    answer.open();
    const { id } = await charging;
    // It may be ringing: that is not "failed".
    expect((await sweeping.get(id))?.state).not.toBe('failed');
    mtn.says('successful');
    clock.advance(hourMs);
    await sweeping.pollDue();
    expect((await sweeping.get(id))?.state).toBe('successful');
  });

  test('has its row stored before it leaves: id, body, callback URL, base URL and environment', async () => {
    const { ledger, sandbox, store } = openShop();
    sandbox.fault({ on: 'requestToPay', drop: 'before', code: 'ECONNREFUSED', times: Number.POSITIVE_INFINITY });
    const { id } = await ledger.charge(order);
    const row = await store.get(id);
    expect(row?.payment).toMatchObject({ state: 'created', baseUrl: sandbox.baseUrl, targetEnvironment: 'sandbox' });
    expect(row?.sending).toMatchObject({ callbackUrl: expect.stringContaining(`https://shop.example/momo/${id}/`) });
    expect(JSON.parse(row?.sending.body ?? '')).toMatchObject({ amount: '12.50', externalId: 'order-1' });
  });
});

describe('a next attempt', () => {
  test('is made only when MTN says, just now, that the one before failed or expired', async () => {
    const { ledger, mtn, state } = openFakeShop();
    await expect(ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject({ code: 'invalid_input' });
    const { id } = await ledger.charge(order);
    for (const word of ['pending', 'not-found', 'successful'] as const) {
      mtn.says(word, id);
      await expect(ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject({ code: 'invalid_transition' });
    }
    expect(await state(id)).toBe('successful');
    mtn.says('no-answer', id);
    await expect(ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(mtn.sends).toHaveLength(1);
  });

  test('is refused when an earlier attempt was paid after all', async () => {
    const { ledger, mtn, pass } = openFakeShop();
    const first = await ledger.charge(order);
    mtn.says('expired', first.id);
    await pass(5_000);
    const second = await ledger.charge({ ...order, attempt: 2 });
    mtn.says('failed', second.id);
    await pass(5_000);
    mtn.says('successful', first.id);
    await pass(61 * minuteMs, minuteMs);
    await expect(ledger.charge({ ...order, attempt: 3 })).rejects.toMatchObject({
      code: 'invalid_transition',
      referenceId: first.id,
    });
    expect(mtn.sends).toHaveLength(2);
  });

  test('that two ask for at once is made once', async () => {
    const { ledger, mtn } = openFakeShop();
    const first = await ledger.charge(order);
    mtn.says('failed', first.id);
    const [a, b] = await Promise.all([1, 2].map(() => ledger.charge({ ...order, attempt: 2 })));
    expect(b?.id).toBe(a?.id);
    expect(mtn.sends).toHaveLength(2);
  });
});
