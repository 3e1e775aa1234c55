import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { memoryPaymentStore, type PaymentStore } from '../../src/ledger/index.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import { callbackSecret, collect, minuteMs, openFakeShop, openShop, order } from './support.js';

const stores: readonly [string, () => PaymentStore][] = [
  ['memory', memoryPaymentStore],
  ['SQLite', () => sqlitePaymentStore(':memory:')],
];

const refund = { amount: '5', reference: 'T-1', by: 'Amina', approvedBy: 'Jean', note: 'One book was sold out' };

async function paid(store?: PaymentStore) {
  const shop = openFakeShop(store ? { store } : {});
  const { id } = await shop.ledger.charge(order);
  shop.mtn.says('successful');
  await shop.pass(5_000);
  return { ...shop, id };
}

describe.each(stores)('refunds, on %s', (_name, makeStore) => {
  test('add up to the full amount, exactly, and then the state is refunded', async () => {
    const { ledger, id, told } = await paid(makeStore());
    expect(await ledger.markRefunded(id, refund)).toMatchObject({ state: 'successful', refundedAmount: '5' });
    expect(await ledger.receipt(id)).toMatchObject({ status: 'partly refunded', refundedAmount: '5' });
    await ledger.markRefunded(id, { ...refund, amount: '0.1', reference: 'T-2' });
    await ledger.markRefunded(id, { ...refund, amount: '0.2', reference: 'T-3' });
    const done = await ledger.markRefunded(id, { ...refund, amount: '7.20', reference: 'T-4' });
    expect(done.state).toBe('refunded');
    expect(Number(done.refundedAmount)).toBe(12.5);
    expect(done.refunds).toHaveLength(4);
    expect(await ledger.receipt(id)).toMatchObject({ status: 'refunded', amount: '12.50' });
    expect(await told()).toEqual(['successful', 'refunded', 'refunded', 'refunded', 'refunded']);
  });

  test('never come to more than was paid, not even at once', async () => {
    const { ledger, id } = await paid(makeStore());
    await expect(ledger.markRefunded(id, { ...refund, amount: '12.51' })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'amount' }],
    });
    const outcomes = await Promise.allSettled(
      ['A', 'B', 'C'].map((reference) => ledger.markRefunded(id, { ...refund, amount: '6', reference })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(await ledger.get(id)).toMatchObject({ state: 'successful', refundedAmount: '12' });
  });

  test('count once for each reference', async () => {
    const { ledger, id } = await paid(makeStore());
    await Promise.all([ledger.markRefunded(id, refund), ledger.markRefunded(id, { ...refund, amount: '5.00' })]);
    expect(await ledger.get(id)).toMatchObject({ refundedAmount: '5', refunds: [{ reference: 'T-1' }] });
    await expect(ledger.markRefunded(id, { ...refund, amount: '6' })).rejects.toMatchObject({
      code: 'reference_conflict',
    });
  });

  test('count once too when the reference was copied with a blank', async () => {
    const { ledger, id } = await paid(makeStore());
    await ledger.markRefunded(id, refund);
    await ledger.markRefunded(id, { ...refund, reference: ' T-1\n' });
    expect(await ledger.get(id)).toMatchObject({ refundedAmount: '5', refunds: [{ reference: 'T-1' }] });
  });
});

describe('refunds', () => {
  test('are for what was paid only', async () => {
    const { ledger } = openFakeShop();
    const { id } = await ledger.charge(order);
    await expect(ledger.markRefunded(id, refund)).rejects.toMatchObject({ code: 'invalid_transition' });
    await expect(ledger.markRefunded(crypto.randomUUID(), refund)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('need an amount, a reference, and two names', async () => {
    const { ledger, id } = await paid();
    const nothing = { amount: '-1', reference: '', by: ' ', approvedBy: undefined, note: 7 };
    await expect(ledger.markRefunded(id, nothing as never)).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'amount' }, { path: 'reference' }, { path: 'by' }, { path: 'approvedBy' }, { path: 'note' }],
    });
  });
});

describe('receipts', () => {
  test('have a number of their own, and an instant', async () => {
    const { ledger, id, clock } = await paid();
    const receipt = await ledger.receipt(id);
    expect(receipt?.number).toMatch(/^20260504-[0-9A-F]{16}$/);
    expect(receipt?.issuedAt).toBe(new Date(clock.now()).toISOString());
    expect((await ledger.get(id))?.receiptNumber).toBe(receipt?.number);
  });

  test('are for successful payments only, and unknown ids are not found', async () => {
    const { ledger, mtn, pass } = openFakeShop();
    mtn.says('failed');
    const { id } = await ledger.charge(order);
    expect(await ledger.receipt(id)).toBeUndefined();
    await pass(5_000);
    expect(await ledger.receipt(id)).toBeUndefined();
    await expect(ledger.receipt(crypto.randomUUID())).rejects.toMatchObject({ code: 'not_found' });
    await expect(ledger.audit('order-1')).rejects.toMatchObject({ code: 'not_found' });
  });
});

test('what the statement says of a payment is kept with it', async () => {
  const { ledger, id } = await paid();
  const settled = await ledger.markSettled(id, { reference: 'S-2026-05', fees: '0.25', by: 'reconciliation' });
  expect(settled).toMatchObject({ state: 'successful', settlementReference: 'S-2026-05', fees: '0.25' });
  await expect(ledger.markSettled(id, { reference: '', fees: '-1', by: '' })).rejects.toMatchObject({
    code: 'invalid_input',
    issues: [{ path: 'reference' }, { path: 'by' }, { path: 'fees' }],
  });
});

describe('the audit', () => {
  test('tells each step with its direction, its time and MTN’s answer', async () => {
    const { ledger, sandbox, pass } = openShop();
    const { id } = await ledger.charge(order);
    await ledger.handleCallback(sandbox.forgeCallback(id));
    sandbox.approve(id);
    await pass(5_000);
    await ledger.markRefunded(id, refund);
    const lines = (await ledger.audit(id)).map(({ direction, action, from, to, httpStatus, outcome, by }) =>
      [direction, action, from && `${from} → ${to}`, httpStatus, outcome, by].filter(Boolean).join(' '),
    );
    expect(lines).toEqual([
      'inbound-from-app charge',
      'outbound-to-mtn send first',
      'inbound-from-mtn send-result created → submitted 202 accepted',
      'inbound-from-mtn callback 200 PENDING',
      'inbound-from-mtn read submitted → pending 200 PENDING',
      'inbound-from-mtn read pending → successful 200 SUCCESSFUL',
      'outbound-to-app deliver delivered',
      'inbound-from-app refund T-1 Amina',
    ]);
    const reads = (await ledger.audit(id)).filter(({ action }) => action === 'read' || action === 'send-result');
    expect(reads.every(({ durationMs }) => Number(durationMs) >= 0)).toBe(true);
  });

  test('tells what MTN answered instead: the HTTP code of a refusal, of not found, of no answer', async () => {
    const { ledger, sandbox, pass } = openShop();
    sandbox.fault({ on: 'requestToPay', status: 500, body: { code: 'PAYEE_NOT_FOUND' } });
    const refused = await ledger.charge(order);
    expect((await ledger.audit(refused.id)).at(-1)).toMatchObject({
      outcome: 'rejected',
      httpStatus: 500,
      to: 'failed',
    });

    const { id } = await ledger.charge({ ...order, externalId: 'order-2' });
    sandbox.fault({ on: 'getRequestToPay', status: 503, times: 3 });
    await pass(5_000);
    expect((await ledger.audit(id)).find(({ action }) => action === 'read')).toMatchObject({
      outcome: 'unavailable',
      httpStatus: 503,
    });
  });

  test('is one list for many payments too, for an export', async () => {
    const { ledger } = openFakeShop();
    const a = await ledger.charge({ ...order, scope: 'books' });
    const b = await ledger.charge({ ...order, scope: 'toys' });
    const all = await collect(ledger.listAudit());
    expect(new Set(all.map(({ paymentId }) => paymentId))).toEqual(new Set([a.id, b.id]));
    const books = await collect(ledger.listAudit({ scope: 'books' }));
    expect(books).toEqual(await ledger.audit(a.id));
  });
});

test('no phone number, secret or signed URL is in audits, notices, errors, or the ledger itself', async () => {
  const { ledger, sandbox, notices, pass, readsShow } = openShop();
  const phone = '46733999888';
  const payment = await ledger.charge(order);
  const { url } = sandbox.forgeCallback(payment.id);
  await ledger.handleCallback(sandbox.forgeCallback(payment.id));
  sandbox.fault({
    on: 'getRequestToPay',
    status: 500,
    body: { code: phone, message: `payer ${phone} is busy` },
    times: 3,
  });
  await pass(5_000);
  readsShow(payment, `SOMETHING ${phone}`);
  await pass(5_000);
  readsShow(payment, 'SUCCESSFUL', { amount: '1' });
  await pass(minuteMs, 5_000);
  const errors: unknown[] = [];
  const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => errors.push(error));
  await attempt(ledger.charge({ ...order, payer: '46733999777' }));
  await attempt(ledger.charge({ ...order, externalId: 'order-2', amount: 'much' }));
  await attempt(ledger.resolve(payment.id, { state: 'successful', by: phone, note: `called ${phone}` }));
  await attempt(ledger.resolve(payment.id, { state: 'failed', by: `+${phone}`, note: `${phone} gets it back` }));
  await ledger
    .deliverEvents(() => {
      throw new Error('the shop is closed');
    })
    .catch((error: unknown) => errors.push(error));
  expect(errors).toHaveLength(4);

  const audit = await ledger.audit(payment.id);
  for (const thing of [audit, notices, errors, ledger]) {
    for (const text of [inspect(thing, { depth: 20, showHidden: true }), JSON.stringify(thing), String(thing)]) {
      expect(text).not.toContain(phone);
      expect(text).not.toContain('46733999777');
      expect(text).not.toContain(callbackSecret);
      expect(text).not.toContain(new URL(url).pathname.split('/').at(-1));
    }
  }
  expect(audit.length).toBeGreaterThan(8);
  expect(notices.some(({ type }) => type === 'problem')).toBe(true);
});
