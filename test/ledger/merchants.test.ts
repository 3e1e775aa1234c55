import { describe, expect, test } from 'vitest';
import { type LedgerClient, type LedgerPayment, memoryPaymentStore, PaymentLedger } from '../../src/ledger/index.js';
import { collect, createFakeMtn, createHandClock, openFakeShop, openShop, order } from './support.js';

const place = { baseUrl: 'https://proxy.momoapi.mtn.com', targetEnvironment: 'mtnrwanda' };
const otherPlace = { baseUrl: 'https://momoapi.momo.africa', targetEnvironment: 'mtnrwanda' };

describe('several merchants in one ledger', () => {
  function openMall() {
    const merchants = { books: createFakeMtn(place), toys: createFakeMtn(otherPlace) };
    const client = ({ scope }: LedgerPayment): LedgerClient => merchants[scope as 'books' | 'toys'];
    return { merchants, ...openFakeShop({ client }) };
  }

  test('each have their own client for sending and reading, also after a restart', async () => {
    const { merchants, ledger, pass } = openMall();
    const { id: book } = await ledger.charge({ ...order, scope: 'books' });
    const { id: toy } = await ledger.charge({ ...order, scope: 'toys' });
    await pass(60_000, 5_000);
    expect(merchants.books.sends.map(({ referenceId }) => referenceId)).toEqual([book]);
    expect(merchants.toys.sends.map(({ referenceId }) => referenceId)).toEqual([toy]);
    expect(new Set(merchants.books.reads)).toEqual(new Set([book]));
    expect(new Set(merchants.toys.reads)).toEqual(new Set([toy]));
  });

  test('never meet: the same order is another payment in another scope, with a receipt of its own', async () => {
    const { merchants, ledger, pass } = openMall();
    const a = await ledger.charge({ ...order, scope: 'books' });
    const b = await ledger.charge({ ...order, scope: 'toys', amount: '99' });
    expect(b.id).not.toBe(a.id);
    for (const merchant of Object.values(merchants)) merchant.says('successful');
    await pass(5_000);
    expect(await ledger.receipt(a.id)).toMatchObject({ scope: 'books', amount: '12.50' });
    expect(await ledger.receipt(b.id)).toMatchObject({ scope: 'toys', amount: '99' });
    expect(await ledger.review()).toEqual([]);
    const books = await collect(ledger.list({ scope: 'books' }));
    expect(books.map(({ id }) => id)).toEqual([a.id]);
  });

  test('whom nobody knows are refused before anything is stored', async () => {
    const { ledger, store } = openMall();
    await expect(ledger.charge({ ...order, scope: 'cars' })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'client' }],
    });
    expect(await store.find('cars', order.externalId)).toEqual([]);
  });

  test('hold nobody up when one of them is gone', async () => {
    const { ledger, store, clock, merchants, notices, pass } = openMall();
    const a = await ledger.charge({ ...order, scope: 'books' });
    const b = await ledger.charge({ ...order, scope: 'toys' });
    merchants.toys.says('successful');
    const client = ({ scope }: LedgerPayment) => {
      if (scope === 'books') throw new Error('no such merchant');
      return merchants.toys;
    };
    const later = new PaymentLedger({ client, store, clock, onEvent: (notice) => notices.push(notice) });
    clock.advance(5_000);
    await later.pollDue();
    expect(await later.get(b.id)).toMatchObject({ state: 'successful' });
    expect(await later.get(a.id)).toMatchObject({ state: 'submitted' });
    expect(notices).toContainEqual(expect.objectContaining({ type: 'problem', paymentId: a.id, action: 'read' }));
    merchants.books.says('successful');
    await pass(60_000, 5_000);
    expect(await ledger.get(a.id)).toMatchObject({ state: 'successful' });
  });
});

describe('a payment that was made elsewhere than today’s client', () => {
  test('is not read there: nothing is lost, and the notice says why', async () => {
    const store = memoryPaymentStore();
    const clock = createHandClock();
    const [before, after] = [createFakeMtn(place), createFakeMtn(otherPlace)];
    const { id } = await new PaymentLedger({ client: before, store, clock }).charge(order);
    after.says('not-found');
    const shop = openFakeShop({ client: after, store, clock });
    await shop.pass(5_000);
    expect(after.reads).toEqual([]);
    expect(await shop.state(id)).toBe('submitted');
    const problem = shop.notices.find(({ type }) => type === 'problem');
    expect(problem).toMatchObject({ paymentId: id, error: { code: 'invalid_input' } });
    expect(String(Object(problem).error.message)).toContain(place.baseUrl);

    await shop.pass(600_000, 5_000);
    expect(await shop.state(id)).toBe('uncertain');
    await expect(shop.ledger.resolve(id, { state: 'failed', by: 'Amina', note: 'not found' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(shop.ledger.charge({ ...order, attempt: 2 })).rejects.toMatchObject({ code: 'invalid_input' });
    expect(after.sends).toEqual([]);

    before.says('successful');
    const mended = openFakeShop({ client: before, store, clock });
    await mended.pass(3_600_000, 60_000);
    expect(await mended.state(id)).toBe('successful');
  });

  test('is not sent there either', async () => {
    const store = memoryPaymentStore();
    const clock = createHandClock();
    const before = createFakeMtn(place);
    const dead = {
      ...store,
      commit: async () => {
        throw new Error('the process is dead');
      },
    };
    await expect(new PaymentLedger({ client: before, store: dead, clock }).charge(order)).rejects.toThrow('dead');
    const after = createFakeMtn({ ...place, targetEnvironment: 'mtnuganda' });
    const shop = openFakeShop({ client: after, store, clock });
    clock.advance(31_000);
    expect(await shop.ledger.pollDue()).toMatchObject({ swept: 1, failed: 1 });
    await shop.pass(120_000, 5_000);
    expect(after.sends).toEqual([]);
    expect((await collect(shop.ledger.list()))[0]).toMatchObject({ reason: { code: 'never_sent' } });
  });

  test('is known by what the client says of itself', async () => {
    const { ledger, client, sandbox } = openShop();
    expect(client.baseUrl).toBe(sandbox.baseUrl);
    expect(client.targetEnvironment).toBe('sandbox');
    expect(await ledger.charge(order)).toMatchObject({ baseUrl: sandbox.baseUrl, targetEnvironment: 'sandbox' });
  });
});
