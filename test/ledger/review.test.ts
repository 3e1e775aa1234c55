import { describe, expect, test } from 'vitest';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import { hourMs, minuteMs, openFakeShop, openShop, order } from './support.js';

const by = { by: 'Amina', note: 'Looked at it' };

describe('what needs a person', () => {
  test('time runs out without a word: uncertain, read for 7 days at 5, 15, 60 minutes and every 6 hours, and never failed', async () => {
    const { ledger, mtn, clock, pass, state, reasons, told } = openFakeShop();
    const { id } = await ledger.charge(order);
    await pass(10 * minuteMs, 1_000);
    expect(await state(id)).toBe('uncertain');
    expect(await reasons()).toEqual(['uncertain']);
    expect((await ledger.review())[0]).toMatchObject({ id, why: 'deadline', payment: { id } });

    const sinceMs = clock.now();
    const readAt: number[] = [];
    mtn.during = async () => void readAt.push(Math.round((clock.now() - sinceMs) / minuteMs));
    await pass(9 * 24 * hourMs, minuteMs);
    const every6Hours = Array.from({ length: 27 }, (_, index) => 60 + (index + 1) * 360);
    expect(readAt).toEqual([5, 15, 60, ...every6Hours]);
    expect(await state(id)).toBe('uncertain');
    expect(await told()).toEqual(['review']);
  });

  test('MTN knows no such payment: uncertain, and why is not-found', async () => {
    const { ledger, mtn, pass, state } = openFakeShop();
    mtn.says('not-found');
    const { id } = await ledger.charge(order);
    await pass(10 * minuteMs, 1_000);
    expect(await state(id)).toBe('uncertain');
    expect(await ledger.review()).toMatchObject([{ reason: 'uncertain', why: 'not-found' }]);
  });

  test('it leaves the list by itself when MTN says a last word', async () => {
    const { ledger, mtn, pass, state, reasons, told } = openFakeShop();
    const { id } = await ledger.charge(order);
    await pass(10 * minuteMs, 1_000);
    mtn.says('successful');
    await pass(6 * minuteMs, minuteMs);
    expect(await state(id)).toBe('successful');
    expect(await reasons()).toEqual([]);
    expect(await told()).toEqual(['review', 'successful']);
  });

  test('paid after it had expired: successful, with its receipt, and in review', async () => {
    const { ledger, mtn, pass, state, reasons } = openFakeShop();
    mtn.says('expired');
    const { id } = await ledger.charge(order);
    await pass(5_000);
    expect(await state(id)).toBe('expired');
    mtn.says('successful');
    await pass(61 * minuteMs, minuteMs);
    expect(await state(id)).toBe('successful');
    expect(await ledger.receipt(id)).toMatchObject({ status: 'paid' });
    expect(await reasons()).toEqual(['late_success']);
  });

  test('the read an hour after expiry is made again until MTN answers it', async () => {
    const { ledger, mtn, pass, state } = openFakeShop();
    mtn.says('expired');
    const { id } = await ledger.charge(order);
    await pass(5_000);
    mtn.says('no-answer');
    await pass(61 * minuteMs, minuteMs);
    mtn.says('successful');
    await pass(10 * minuteMs, minuteMs);
    expect(await state(id)).toBe('successful');
  });

  test('two successes for one order: the second has no receipt and no payment.successful', async () => {
    const { ledger, mtn, pass, told } = openFakeShop();
    mtn.says('expired');
    const first = await ledger.charge(order);
    await pass(5_000);
    const second = await ledger.charge({ ...order, attempt: 2 });
    mtn.says('successful');
    await pass(5_000);
    await pass(61 * minuteMs, minuteMs);
    expect(await ledger.get(second.id)).toMatchObject({ state: 'successful', review: [] });
    expect(await ledger.get(first.id)).toMatchObject({
      state: 'successful',
      review: [{ reason: 'double_payment', otherIds: [second.id] }],
    });
    expect(await ledger.receipt(first.id)).toBeUndefined();
    expect(await ledger.receipt(second.id)).toMatchObject({ referenceId: second.id });
    expect((await told()).filter((type) => type === 'successful')).toHaveLength(1);

    // The money goes back, and then the question is closed.
    await ledger.markRefunded(first.id, { amount: '12.50', reference: 'T-1', approvedBy: 'Jean', ...by });
    await ledger.resolve(first.id, { state: 'refunded', ...by });
    expect(await ledger.review()).toEqual([]);
    expect(await ledger.receipt(first.id)).toBeUndefined();
  });

  test('MTN contradicts itself after failed: held as uncertain until a person decides, whatever MTN says then', async () => {
    const { ledger, mtn, pass, state, reasons, told } = openFakeShop();
    mtn.says('failed');
    const { id } = await ledger.charge(order);
    await pass(5_000);
    expect(await state(id)).toBe('failed');
    mtn.says('successful');
    await expect(ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject({ code: 'invalid_transition' });
    expect(await state(id)).toBe('uncertain');
    expect(await reasons()).toEqual(['contradiction']);
    await pass(24 * hourMs, 10 * minuteMs);
    expect(await state(id)).toBe('uncertain');
    expect(await ledger.receipt(id)).toBeUndefined();

    await ledger.resolve(id, { state: 'successful', ...by });
    expect(await ledger.get(id)).toMatchObject({
      state: 'successful',
      review: [],
      notes: [{ closed: ['contradiction'] }],
    });
    expect(await told()).toEqual(['failed', 'review', 'successful']);
  });

  test('paid after failed, and another amount: two questions, two events, on SQLite too', async () => {
    const { ledger, sandbox, readsShow, state, reasons, told } = openShop({ store: sqlitePaymentStore(':memory:') });
    const payment = await ledger.charge(order);
    readsShow(payment, 'FAILED');
    await ledger.handleCallback(sandbox.forgeCallback(payment.id));
    expect(await state(payment.id)).toBe('failed');
    readsShow(payment, 'SUCCESSFUL', { amount: '1' });
    await ledger.handleCallback(sandbox.forgeCallback(payment.id));
    expect(await state(payment.id)).toBe('uncertain');
    expect(await reasons()).toEqual(['mismatch', 'contradiction']);
    expect(await told()).toEqual(['failed', 'review', 'review']);
  });

  test('MTN takes a send after a person gave the payment up: it asks again', async () => {
    const { ledger, mtn, pass, state, reasons } = openFakeShop();
    const send = mtn.requestToPay;
    mtn.says('not-found');
    mtn.requestToPay = async (...given) => {
      mtn.requestToPay = async () => Promise.reject(new Error('no answer'));
      // A send that hangs for longer than the payment's time.
      await pass(700_000, 10_000);
      const [{ referenceId }] = given;
      await ledger.resolve(referenceId, { state: 'failed', ...by });
      expect(await state(referenceId)).toBe('failed');
      return send(...given);
    };
    const { id } = await ledger.charge(order);
    expect(await state(id)).toBe('uncertain');
    expect(await reasons()).toEqual(['contradiction']);
  });

  test('MTN contradicts itself after successful: it stays successful, and asks', async () => {
    const { ledger, sandbox, readsShow, state, reasons } = openShop();
    const payment = await ledger.charge(order);
    sandbox.approve(payment.id);
    await ledger.handleCallback(sandbox.forgeCallback(payment.id));
    readsShow(payment, 'FAILED');
    await ledger.handleCallback(sandbox.forgeCallback(payment.id));
    expect(await state(payment.id)).toBe('successful');
    expect(await reasons()).toEqual(['contradiction']);
    await expect(ledger.resolve(payment.id, { state: 'failed', ...by })).rejects.toMatchObject({
      code: 'invalid_transition',
    });
    await ledger.resolve(payment.id, { state: 'successful', ...by });
    expect(await reasons()).toEqual([]);
  });

  test.each([
    ['another amount', { amount: '12.49' }, { field: 'amount', wanted: '12.50', actual: '12.49' }],
    ['no amount', { amount: undefined }, { field: 'amount', wanted: '12.50' }],
    ['another currency', { currency: 'USD' }, { field: 'currency', wanted: 'EUR', actual: 'USD' }],
    [
      'another payer',
      { payer: { partyIdType: 'MSISDN', partyId: '46733999777' } },
      { field: 'payer', wanted: '********888', actual: '********777' },
    ],
    ['another order', { externalId: 'order-2' }, { field: 'externalId', wanted: 'order-1', actual: 'order-2' }],
  ])('MTN says paid, but with %s: a mismatch, and no receipt', async (_what, over, difference) => {
    const { ledger, sandbox, pass, readsShow, state, told } = openShop();
    const payment = await ledger.charge(order);
    const stop = readsShow(payment, 'SUCCESSFUL', over, Number.POSITIVE_INFINITY);
    await pass(5_000);
    expect(await state(payment.id)).toBe('uncertain');
    expect(await ledger.review()).toMatchObject([{ reason: 'mismatch', differences: [difference] }]);
    expect(await ledger.receipt(payment.id)).toBeUndefined();
    expect(await told()).toEqual(['review']);

    const refused = { code: 'invalid_transition', referenceId: payment.id };
    await expect(ledger.resolve(payment.id, { state: 'successful', ...by })).rejects.toMatchObject(refused);
    expect((await ledger.audit(payment.id)).some(({ action }) => action === 'refuse')).toBe(true);
    // Should MTN come to its senses, a person's word and MTN's together do.
    stop();
    sandbox.approve(payment.id);
    expect((await ledger.resolve(payment.id, { state: 'successful', ...by })).state).toBe('successful');
    expect(await ledger.receipt(payment.id)).toMatchObject({ amount: '12.50' });
  });

  test('two orders of the same payer and amount in the same moment are flagged too', async () => {
    const { ledger, reasons, told } = openFakeShop({ duplicateWindowMs: 10 * minuteMs });
    const [first, second] = await Promise.all([
      ledger.charge({ ...order, externalId: 'order-1' }),
      ledger.charge({ ...order, externalId: 'order-2' }),
    ]);
    expect(await reasons()).toContain('suspected_duplicate');
    const [item] = await ledger.review();
    expect(item?.otherIds).toEqual([item?.id === first.id ? second.id : first.id]);
    expect(await told()).toContain('review');
  });

  test('the same payer and amount shortly before: flagged, and charged all the same', async () => {
    const { ledger, mtn, reasons, clock } = openFakeShop({ duplicateWindowMs: 10 * minuteMs });
    const first = await ledger.charge(order);
    const second = await ledger.charge({ ...order, externalId: 'order-2', amount: '12.5' });
    await ledger.charge({ ...order, externalId: 'order-3', amount: '13' });
    await ledger.charge({ ...order, externalId: 'order-4', payer: '46733999777' });
    expect(await ledger.review()).toMatchObject([
      { id: second.id, reason: 'suspected_duplicate', otherIds: [first.id] },
    ]);
    expect(mtn.sends).toHaveLength(4);
    clock.advance(11 * minuteMs);
    await ledger.charge({ ...order, externalId: 'order-5' });
    expect(await reasons()).toEqual(['suspected_duplicate']);
  });
});

describe('resolving', () => {
  async function uncertain() {
    const shop = openFakeShop();
    const { id } = await shop.ledger.charge(order);
    await shop.pass(10 * minuteMs, 1_000);
    return { ...shop, id };
  }

  test.each(['pending', 'not-found', 'failed', 'expired'] as const)(
    'as successful is refused while MTN says %s',
    async (word) => {
      const { ledger, mtn, id } = await uncertain();
      mtn.says(word);
      await expect(ledger.resolve(id, { state: 'successful', ...by })).rejects.toMatchObject({
        code: 'invalid_transition',
      });
      expect(await ledger.receipt(id)).toBeUndefined();
      const refusal = (await ledger.audit(id)).find(({ action }) => action === 'refuse');
      expect(refusal).toMatchObject({ direction: 'inbound-from-app', by: 'Amina', note: 'Looked at it' });
    },
  );

  test('of any kind is refused while MTN does not answer, and that is written down', async () => {
    const { ledger, mtn, id, state } = await uncertain();
    mtn.says('no-answer');
    for (const wanted of ['successful', 'failed', 'expired'] as const) {
      await expect(ledger.resolve(id, { state: wanted, ...by })).rejects.toMatchObject({ code: 'unavailable' });
    }
    expect(await state(id)).toBe('uncertain');
    const lines = (await ledger.audit(id)).filter(({ action }) => action === 'refuse');
    expect(lines.map(({ outcome }) => outcome)).toEqual(['unavailable', 'unavailable', 'unavailable']);
  });

  test('as failed is refused while the payer may still pay, and what MTN said is not lost', async () => {
    const { ledger, mtn, id, state, told } = await uncertain();
    await expect(ledger.resolve(id, { state: 'failed', ...by })).rejects.toThrow('may still pay');
    mtn.says('successful');
    await expect(ledger.resolve(id, { state: 'failed', ...by })).rejects.toThrow('has paid');
    expect(await state(id)).toBe('successful');
    expect(await told()).toEqual(['review', 'successful']);
  });

  test('as failed is taken when MTN knows nothing of it; a next attempt still needs MTN’s word', async () => {
    const { ledger, mtn, id, told } = await uncertain();
    mtn.says('not-found');
    expect(await ledger.resolve(id, { state: 'failed', ...by })).toMatchObject({ state: 'failed', review: [] });
    expect(await told()).toEqual(['review', 'failed']);
    await expect(ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject({ code: 'invalid_transition' });
    mtn.says('failed');
    expect((await ledger.charge({ ...order, attempt: 2 })).attempt).toBe(2);
  });

  test('as expired is read once more after an hour too', async () => {
    const { ledger, mtn, id, pass, state } = await uncertain();
    mtn.says('not-found');
    await ledger.resolve(id, { state: 'expired', ...by });
    mtn.says('successful');
    await pass(61 * minuteMs, minuteMs);
    expect(await state(id)).toBe('successful');
  });

  test.each(['not-found', 'expired'] as const)(
    'as failed while MTN says %s is read once more after an hour: paid after all, it is a case again',
    async (word) => {
      const { ledger, mtn, id, pass, state, reasons } = await uncertain();
      mtn.says(word);
      await ledger.resolve(id, { state: 'failed', ...by });
      mtn.says('successful');
      await pass(59 * minuteMs, minuteMs);
      expect(await state(id)).toBe('failed');
      mtn.says('no-answer');
      await pass(2 * minuteMs, minuteMs);
      mtn.says('successful');
      await pass(6 * minuteMs, minuteMs);
      expect(await state(id)).toBe('uncertain');
      expect(await reasons()).toEqual(['contradiction']);
    },
  );

  test.each(['not-found', 'failed'] as const)('as failed is read no more when MTN says %s then', async (word) => {
    const { ledger, mtn, id, pass, state } = await uncertain();
    mtn.says(word);
    await ledger.resolve(id, { state: 'failed', ...by });
    const before = mtn.reads.length;
    await pass(3 * hourMs, 10 * minuteMs);
    expect(await state(id)).toBe('failed');
    expect(mtn.reads.length - before).toBe(word === 'failed' ? 0 : 1);
  });

  test('as failed is refused when MTN says something newer meanwhile', async () => {
    const { ledger, mtn, id, state, clock } = await uncertain();
    mtn.says('not-found');
    mtn.during = async () => {
      mtn.during = undefined;
      mtn.says('pending');
      clock.advance(5 * minuteMs);
      await ledger.pollDue();
    };
    await expect(ledger.resolve(id, { state: 'failed', ...by })).rejects.toMatchObject({
      code: 'invalid_transition',
      message: expect.stringContaining('changed while'),
    });
    expect(await state(id)).toBe('uncertain');
    expect((await ledger.audit(id)).at(-1)).toMatchObject({ action: 'read' });
    expect((await ledger.audit(id)).map(({ action }) => action)).toContain('refuse');
  });

  test('a mismatch that MTN calls paid closes as failed only, and is no success even later', async () => {
    const { ledger, mtn, pass, state, reasons } = openFakeShop();
    const { id } = await ledger.charge(order);
    const { getRequestToPay } = mtn;
    mtn.getRequestToPay = async (referenceId) => ({ ...(await getRequestToPay(referenceId)), amount: '10.00' });
    mtn.says('successful');
    await pass(5_000);
    expect(await reasons()).toEqual(['mismatch']);
    const refused = { code: 'invalid_transition' };
    await expect(ledger.resolve(id, { state: 'successful', ...by })).rejects.toMatchObject(refused);
    await expect(
      ledger.markRefunded(id, { amount: '10', reference: 'T-1', by: 'A', approvedBy: 'B' }),
    ).rejects.toMatchObject(refused);
    await ledger.resolve(id, { state: 'failed', ...by });
    expect(await reasons()).toEqual([]);
    await expect(ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject(refused);
    await pass(3 * hourMs, 10 * minuteMs);
    expect(await ledger.receipt(id)).toBeUndefined();
    expect(await state(id)).toBe('uncertain');
    expect(await reasons()).toEqual(['mismatch', 'contradiction']);
  });

  test('what is on its way yet cannot be given up', async () => {
    const { ledger, mtn } = openFakeShop({ duplicateWindowMs: hourMs });
    await ledger.charge(order);
    mtn.says('not-found');
    const { id } = await ledger.charge({ ...order, externalId: 'order-2' });
    await expect(ledger.resolve(id, { state: 'failed', ...by })).rejects.toThrow('has not said the last word');
  });

  test('what nothing is open about is refused', async () => {
    const { ledger, mtn, pass } = openFakeShop();
    mtn.says('failed');
    const { id } = await ledger.charge(order);
    await pass(5_000);
    await expect(ledger.resolve(id, { state: 'failed', ...by })).rejects.toThrow('nothing is open');
  });

  test('needs a state, a name and a reason', async () => {
    const { ledger, id } = await uncertain();
    await expect(ledger.resolve(id, { state: 'paid', by: ' ', note: '' } as never)).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'state' }, { path: 'by' }, { path: 'note' }],
    });
    await expect(ledger.resolve('order-1', { state: 'failed', ...by })).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('news that is late', () => {
  test('a slow read that says pending does not contradict what was learnt meanwhile', async () => {
    const { ledger, mtn, pass, state, reasons, clock } = openFakeShop();
    const { id } = await ledger.charge(order);
    mtn.during = async () => {
      mtn.during = undefined;
      mtn.says('failed');
      clock.advance(40_000); // the lease is over: somebody else reads it
      await ledger.pollDue();
    };
    await pass(5_000);
    expect(await state(id)).toBe('failed');
    expect(await reasons()).toEqual([]);
  });

  test('two processes that learn of the success at once write one receipt', async () => {
    const { ledger, mtn, clock, told } = openFakeShop();
    const { id } = await ledger.charge(order);
    mtn.says('successful');
    mtn.during = async () => {
      mtn.during = undefined;
      clock.advance(40_000);
      await ledger.pollDue();
    };
    clock.advance(5_000);
    await ledger.pollDue();
    expect((await ledger.get(id))?.state).toBe('successful');
    expect(await told()).toEqual(['successful']);
  });
});
