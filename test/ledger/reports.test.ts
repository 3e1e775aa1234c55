import { describe, expect, test } from 'vitest';
import {
  exportAudit,
  exportFailed,
  exportMismatches,
  exportPending,
  exportRefunds,
  exportTransactions,
  readStatement,
  reconcile,
  withRefunds,
} from '../../src/ledger/index.js';
import { collect, openFakeShop, order } from './support.js';

/** Rows as objects by title; none of the cells here holds a comma. */
async function rowsOf(csv: AsyncIterable<string>): Promise<Record<string, string>[]> {
  const text = (await collect(csv)).join('');
  const [titles = '', ...lines] = text.trim().split(/\r?\n/);
  const names = titles.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [String(names[index]), cell])));
}

/** One paid and partly refunded, one failed, one open. */
async function openMonth() {
  const shop = openFakeShop({ organisation: { name: 'Corner Books', contact: 'pay@books.example' } });
  const { ledger, mtn, clock, pass } = shop;
  const ids: string[] = [];
  for (const externalId of ['order-1', 'order-2', 'order-3']) {
    const { id } = await ledger.charge({ ...order, externalId, record: { type: 'invoice', id: `INV-${externalId}` } });
    ids.push(id);
    clock.advance(1);
  }
  const [paid = '', failed = '', open = ''] = ids;
  mtn.says('successful', paid);
  mtn.says('failed', failed);
  await pass(5_000);
  const by = { by: 'Amina', approvedBy: 'Jean', note: 'sold out' };
  await ledger.markRefunded(paid, { amount: '2.50', reference: 'T-1', ...by });
  await ledger.markSettled(paid, { reference: 'S-5', fees: '0.10', by: 'Amina' });
  return { ...shop, paid, failed, open };
}

describe('reports of a ledger', () => {
  test('hold all that a finance report needs, with the payer masked', async () => {
    const { ledger, paid, failed, open, clock } = await openMonth();
    const rows = await rowsOf(exportTransactions(ledger.list()));
    expect(rows.map((row) => row.reference_id)).toEqual([paid, failed, open]);
    expect(rows[0]).toMatchObject({
      financial_transaction_id: '1943071845',
      payer: '********888',
      amount: '12.50',
      currency: 'EUR',
      method: 'MTN MoMo',
      external_id: 'order-1',
      record_type: 'invoice',
      record_id: 'INV-order-1',
      state: 'successful',
      confirmed_at: new Date(clock.now()).toISOString(),
      receipt_number: (await ledger.receipt(paid))?.number,
      settlement_reference: 'S-5',
      fees: '0.10',
      refunded_amount: '2.50',
    });
    expect((await rowsOf(exportFailed(ledger.list()))).map((row) => row.reason)).toEqual(['APPROVAL_REJECTED']);
    expect((await rowsOf(exportPending(ledger.list()))).map((row) => row.reference_id)).toEqual([open]);
    expect(await rowsOf(exportRefunds(ledger.list()))).toMatchObject([
      { reference_id: paid, refund_amount: '2.50', refund_reference: 'T-1', by: 'Amina', approved_by: 'Jean' },
    ]);
    const audit = await rowsOf(exportAudit(ledger.listAudit()));
    expect(new Set(audit.map((row) => row.reference_id))).toEqual(new Set([paid, failed, open]));
    expect(JSON.stringify([rows, audit])).not.toContain('46733999888');
  });

  test('reconcile with a statement, refunds too, and fill in what a mismatch is about', async () => {
    const { ledger, failed } = await openMonth();
    const csv = [
      'Id,Order,Amount,Currency,Status',
      '1943071845,order-1,12.50,EUR,Completed',
      '1943071900,order-1,-2.50,EUR,Completed',
      '1943071846,order-2,12.50,EUR,Completed',
    ].join('\n');
    const columns = {
      financialTransactionId: 'Id',
      externalId: 'Order',
      amount: 'Amount',
      currency: 'Currency',
      status: 'Status',
    };
    const results = reconcile(withRefunds(ledger.list()), readStatement(csv, { columns }));
    const { classes } = await results.summary();
    expect(classes.matched.results).toBe(2);
    expect(classes['status-mismatch'].results).toBe(1);
    expect(classes['missing-in-statement'].results).toBe(1);
    const rows = await rowsOf(exportMismatches(results, { find: (id) => ledger.get(id) }));
    expect(rows).toMatchObject([
      { class: 'status-mismatch', reference_id: failed, payer: '********888', record_id: 'INV-order-2' },
    ]);
  });
});
