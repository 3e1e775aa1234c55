import { describe, expect, test } from 'vitest';
import { type LedgerRow, readStatement, reconcile } from '../../src/ledger/index.js';
import { collect, hourMs, minuteMs, openShop, order } from './support.js';

describe('the twelve cases that every integration meets', () => {
  test('1. paid: the payer approves, and there is one receipt and one event', async () => {
    const { ledger, sandbox, pass, told } = openShop();
    const { id, state } = await ledger.charge({ ...order, record: { type: 'invoice', id: 'INV-7' } });
    expect(state).toBe('submitted');

    sandbox.approve(id);
    await pass(5_000);

    expect(await ledger.get(id)).toMatchObject({ state: 'successful', status: 'SUCCESSFUL', review: [] });
    expect(await ledger.receipt(id)).toMatchObject({
      amount: '12.50',
      currency: 'EUR',
      method: 'MTN MoMo',
      referenceId: id,
      externalId: 'order-1',
      record: { type: 'invoice', id: 'INV-7' },
      payer: '********888',
      status: 'paid',
      organisation: { name: 'Corner Books', contact: 'pay@books.example' },
    });
    expect(await told()).toEqual(['successful']);
  });

  test('2. refused: the payer says no, and a second attempt may be asked for', async () => {
    const { ledger, sandbox, pass, told, calls } = openShop();
    const { id } = await ledger.charge(order);
    sandbox.reject(id);
    await pass(5_000);
    expect(await ledger.get(id)).toMatchObject({ state: 'failed', reason: { code: 'APPROVAL_REJECTED' } });
    expect(await ledger.receipt(id)).toBeUndefined();
    expect(await told()).toEqual(['failed']);

    // Charging again gives the failed payment back. Only a next attempt, asked for by its number, asks the payer anew.
    expect((await ledger.charge(order)).id).toBe(id);
    const second = await ledger.charge({ ...order, attempt: 2 });
    expect(second).toMatchObject({ attempt: 2, state: 'submitted' });
    expect(calls('requestToPay')).toHaveLength(2);
  });

  test('3. not approved in time: expired, and read once more after an hour', async () => {
    const { ledger, sandbox, pass, told, calls } = openShop();
    const { id } = await ledger.charge(order);
    sandbox.expire(id);
    await pass(5_000);
    expect((await ledger.get(id))?.state).toBe('expired');
    const reads = calls('getRequestToPay').length;

    await pass(59 * minuteMs, minuteMs);
    expect(calls('getRequestToPay')).toHaveLength(reads);
    await pass(2 * minuteMs, minuteMs);
    await pass(48 * hourMs, hourMs);
    expect(calls('getRequestToPay')).toHaveLength(reads + 1);
    expect(await told()).toEqual(['expired']);
  });

  test('4. provider times out: the answer is lost, the payment is not, and the payer is asked once', async () => {
    const { ledger, sandbox, pass, calls } = openShop();
    sandbox.fault({ on: 'requestToPay', drop: 'after', times: 1 });
    sandbox.fault({ on: 'getRequestToPay', status: 503, times: 9 });
    const { id, state } = await ledger.charge(order);
    expect(state).toBe('submitted');

    sandbox.approve(id);
    await pass(3 * minuteMs, 5_000);

    expect((await ledger.get(id))?.state).toBe('successful');
    expect(sandbox.payments).toHaveLength(1);
    expect(calls('requestToPay')).toHaveLength(1);
  });

  test('5. the callback never comes: sweeps find out', async () => {
    const { ledger, sandbox, pass } = openShop();
    const { id } = await ledger.charge(order);
    await pass(minuteMs, 2_000);
    expect((await ledger.get(id))?.state).toBe('pending');
    sandbox.approve(id);
    await pass(minuteMs, 2_000);
    expect((await ledger.get(id))?.state).toBe('successful');
  });

  test('6. the callback comes twice: one receipt, one event', async () => {
    const { ledger, sandbox, told } = openShop();
    const { id } = await ledger.charge(order);
    sandbox.approve(id);
    const callback = sandbox.forgeCallback(id);
    const answers = await Promise.all([ledger.handleCallback(callback.clone()), ledger.handleCallback(callback)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect((await ledger.get(id))?.state).toBe('successful');
    expect(await told()).toEqual(['successful']);
    expect((await ledger.audit(id)).filter(({ action }) => action === 'callback')).toHaveLength(2);
  });

  test('7. a status read says pending: nothing is decided, whatever the callback claims', async () => {
    const { ledger, sandbox, pass, told } = openShop();
    const { id } = await ledger.charge(order);
    await ledger.handleCallback(sandbox.forgeCallback(id, { status: 'SUCCESSFUL' }));
    await ledger.handleCallback(sandbox.forgeCallback(id, { status: 'FAILED' }));
    expect((await ledger.get(id))?.state).toBe('pending');
    expect(await ledger.receipt(id)).toBeUndefined();
    expect(await told()).toEqual([]);
    sandbox.approve(id);
    await pass(minuteMs, 5_000);
    expect(await told()).toEqual(['successful']);
  });

  test('8. the same payment is attempted twice: one payment, one send, whoever was first', async () => {
    const { ledger, sandbox, calls } = openShop();
    const both = await Promise.all([ledger.charge(order), ledger.charge({ ...order, amount: '12.5' })]);
    expect(both[1].id).toBe(both[0].id);
    expect((await ledger.charge(order)).id).toBe(both[0].id);
    expect(calls('requestToPay')).toHaveLength(1);
    expect(sandbox.payments).toHaveLength(1);

    const conflict = { code: 'reference_conflict', referenceId: both[0].id };
    await expect(ledger.charge({ ...order, amount: '13' })).rejects.toMatchObject(conflict);
    await expect(ledger.charge({ ...order, payer: '46733999889' })).rejects.toMatchObject(conflict);
  });

  test('9. wrong phone number: refused before anything is stored, or failed by MTN with its reason', async () => {
    const { ledger, sandbox, pass, calls } = openShop();
    await expect(ledger.charge({ ...order, payer: '12' })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'payer' }],
    });
    expect(await collect(ledger.list())).toEqual([]);
    expect(calls('requestToPay')).toHaveLength(0);

    const { id } = await ledger.charge(order);
    sandbox.reject(id, 'PAYER_NOT_FOUND');
    await pass(5_000);
    expect(await ledger.get(id)).toMatchObject({ state: 'failed', reason: { code: 'PAYER_NOT_FOUND' } });
  });

  test('10. the statement disagrees with the ledger: reconciliation says where', async () => {
    const { ledger, sandbox, pass } = openShop();
    const paid = await ledger.charge(order);
    sandbox.advance(1); // the ledger lists by creation
    const lost = await ledger.charge({ ...order, externalId: 'order-2' });
    sandbox.approve(paid.id);
    sandbox.expire(lost.id);
    await pass(5_000);

    const csv =
      'Order,Amount,Currency,Status\norder-1,12.50,EUR,Completed\norder-2,12.50,EUR,Completed\norder-9,3,EUR,Completed\n';
    const columns = { externalId: 'Order', amount: 'Amount', currency: 'Currency', status: 'Status' };
    const rows: AsyncIterable<LedgerRow> = ledger.list();
    const results = await collect(reconcile(rows, readStatement(csv, { columns })));
    expect(results.map((row) => [row.class, (row.ledger ?? row.statement)?.externalId])).toEqual([
      ['matched', 'order-1'],
      ['status-mismatch', 'order-2'],
      ['missing-in-ledger', 'order-9'],
    ]);
  });

  test('11. the receipt is made once only, and stays after a refund', async () => {
    const { ledger, sandbox, pass } = openShop();
    const { id } = await ledger.charge(order);
    sandbox.approve(id);
    await pass(5_000);
    const receipt = await ledger.receipt(id);
    await ledger.handleCallback(sandbox.forgeCallback(id));
    await pass(hourMs, minuteMs);
    expect(await ledger.receipt(id)).toEqual(receipt);

    const refund = { amount: '12.50', reference: 'transfer-88', by: 'Amina', approvedBy: 'Jean', note: 'sold out' };
    expect((await ledger.markRefunded(id, refund)).state).toBe('refunded');
    expect(await ledger.receipt(id)).toEqual({ ...receipt, status: 'refunded', refundedAmount: '12.50' });
  });

  test('12. a case for a person: paid after it had expired, in review until somebody has looked', async () => {
    const { ledger, sandbox, pass, readsShow, told, reasons } = openShop();
    const payment = await ledger.charge(order);
    readsShow(payment, 'FAILED', { reason: { code: 'EXPIRED' } });
    await pass(5_000);
    expect((await ledger.get(payment.id))?.state).toBe('expired');

    sandbox.approve(payment.id);
    await pass(61 * minuteMs, minuteMs);
    expect((await ledger.get(payment.id))?.state).toBe('successful');
    expect(await reasons()).toEqual(['late_success']);
    expect(await told()).toEqual(['expired', 'successful', 'review']);

    await ledger.resolve(payment.id, { state: 'successful', by: 'Amina', note: 'The order is still open: sent' });
    expect(await reasons()).toEqual([]);
    expect((await ledger.audit(payment.id)).at(-1)).toMatchObject({ action: 'resolve', by: 'Amina' });
    expect((await ledger.get(payment.id))?.notes).toMatchObject([{ by: 'Amina', closed: ['late_success'] }]);
  });
});
