import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ExportedPayment,
  exportAudit,
  exportFailed,
  exportMismatches,
  exportPending,
  exportRefunds,
  exportTransactions,
  readStatement,
  reconcile,
} from '../../src/ledger/reconcile/index.js';

const payment = (row: Partial<ExportedPayment> = {}): ExportedPayment => ({
  referenceId: '5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a01',
  scope: 'shop',
  externalId: 'order-7',
  attempt: 1,
  financialTransactionId: '1943071845',
  amount: '5000',
  currency: 'XAF',
  payer: { partyIdType: 'MSISDN', partyId: '46733123450' },
  method: 'MTN MoMo',
  record: { type: 'permit', id: 'P-12' },
  state: 'successful',
  createdAtMs: 1_772_000_000_000,
  submittedAtMs: 1_772_000_001_000,
  confirmedAtMs: 1_772_000_002_000,
  receiptNumber: '20260225-0D7F4E5C1A01',
  settlementReference: 'batch-9',
  fees: '75',
  refundedAmount: '0',
  ...row,
});

async function textOf(chunks: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

const linesOf = async (chunks: AsyncIterable<string>) => (await textOf(chunks)).split('\r\n').slice(0, -1);

describe('transactions', () => {
  test('have every column of a finance report, with the payer masked', async () => {
    const row = payment({
      review: [{ reason: 'late_success' }],
      notes: [{ atMs: 1_772_000_003_000, by: 'ann', note: 'called 46733123450, wants it' }],
    });
    expect(await linesOf(exportTransactions([row]))).toEqual([
      'reference_id,financial_transaction_id,payer,amount,currency,method,scope,external_id,attempt,record_type,record_id,state,reason,created_at,submitted_at,confirmed_at,receipt_number,settlement_reference,fees,refunded_amount,review_notes',
      '5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a01,1943071845,********450,5000,XAF,MTN MoMo,shop,order-7,1,permit,P-12,successful,,2026-02-25T06:13:20.000Z,2026-02-25T06:13:21.000Z,2026-02-25T06:13:22.000Z,20260225-0D7F4E5C1A01,batch-9,75,0,"open: late_success; 2026-02-25T06:13:23.000Z ann: called ********450, wants it"',
    ]);
  });

  test('leave blank what is not known', async () => {
    const { referenceId, externalId, amount, currency, state } = payment();
    const [, line] = await linesOf(exportTransactions([{ referenceId, externalId, amount, currency, state }]));
    expect(line).toBe(`${referenceId},,,5000,XAF,,,order-7,,,,successful,,,,,,,,,`);
  });

  test('come with another delimiter and a byte order mark when asked', async () => {
    const text = await textOf(exportTransactions([payment()], { delimiter: ';', byteOrderMark: true }));
    expect(text.startsWith('\ufeffreference_id;financial_transaction_id;')).toBe(true);
    const refused = exportTransactions([], { delimiter: '"' as ',' });
    await expect(refused.next()).rejects.toMatchObject({ code: 'invalid_input' });
  });

  test('come as they are ready, and not all at once', async () => {
    let taken = 0;
    function* rows() {
      for (; taken < 100_000; taken += 1) yield payment();
    }
    const chunks = exportTransactions(rows());
    expect((await chunks.next()).value?.length).toBeGreaterThan(16_000);
    expect(taken).toBeLessThan(200);
    await chunks.return(undefined);
  });

  test('that failed, and that are open, are reports of their own', async () => {
    const states = [
      'created',
      'submitted',
      'pending',
      'successful',
      'failed',
      'expired',
      'uncertain',
      'refunded',
    ] as const;
    const rows = states.map((state) => payment({ state, externalId: state, reason: { code: 'PAYER_LIMIT_REACHED' } }));
    const statesIn = async (chunks: AsyncIterable<string>) =>
      (await linesOf(chunks)).slice(1).map((line) => line.split(',')[7]);
    expect(await statesIn(exportTransactions(rows))).toEqual(states);
    expect(await statesIn(exportFailed(rows))).toEqual(['failed', 'expired']);
    expect(await statesIn(exportPending(rows))).toEqual(['created', 'submitted', 'pending', 'uncertain']);
    expect(await textOf(exportFailed(rows))).toContain('PAYER_LIMIT_REACHED');
  });
});

test('refunds have a line each, with who approved them', async () => {
  const refund = { atMs: 1_772_000_004_000, by: 'ann', approvedBy: 'bob', note: 'to 46733123450' };
  const rows = [
    payment(),
    payment({
      state: 'refunded',
      refunds: [
        { ...refund, amount: '1000', reference: 'T-1' },
        { ...refund, amount: '4000', reference: 'T-2' },
      ],
    }),
  ];
  const lines = await linesOf(exportRefunds(rows));
  expect(lines.slice(1)).toEqual([
    '5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a01,1943071845,********450,order-7,permit,P-12,5000,1000,XAF,T-1,2026-02-25T06:13:24.000Z,refunded,20260225-0D7F4E5C1A01,ann,bob,to ********450',
    '5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a01,1943071845,********450,order-7,permit,P-12,5000,4000,XAF,T-2,2026-02-25T06:13:24.000Z,refunded,20260225-0D7F4E5C1A01,ann,bob,to ********450',
  ]);
});

test('the audit has its directions, and no phone number', async () => {
  const entry = { paymentId: 'p1', atMs: 1_772_000_000_000, direction: 'outbound-to-mtn', action: 'send-result' };
  const lines = await linesOf(exportAudit([{ ...entry, durationMs: 12, httpStatus: 202, note: 'to 46733123450' }]));
  expect(lines).toEqual([
    'reference_id,at,direction,action,from,to,duration_ms,http_status,outcome,by,note',
    'p1,2026-02-25T06:13:20.000Z,outbound-to-mtn,send-result,,,12,202,,,to ********450',
  ]);
});

describe('mismatches', () => {
  const results = () =>
    reconcile(
      [payment(), payment({ referenceId: 'b', externalId: 'order-8', financialTransactionId: '2', state: 'failed' })],
      [
        { financialTransactionId: '1943071845', amount: '4000', currency: 'XAF', line: 2, fee: '75' },
        { financialTransactionId: '1943071845', amount: '4000', currency: 'XAF', line: 3 },
      ],
    );

  test('are what a person must look at, with both sides', async () => {
    const lines = await linesOf(exportMismatches(results()));
    expect(lines[0]).toMatch(/^class,differences,statement_line,.*,problem,duplicate_of,reference_id,.*,review_notes$/);
    expect(lines.slice(1)).toEqual([
      'amount-mismatch,amount,2,1943071845,,,4000,XAF,successful,payment,75,,,,5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a01,1943071845,,5000,XAF,,,order-7,,,,successful,,,,,,,,,',
      'duplicate,,3,1943071845,,,4000,XAF,successful,payment,,,,line 2,,,,,,,,,,,,,,,,,,,,,',
    ]);
  });

  test('get the rest of a row from the ledger', async () => {
    const [, line] = await linesOf(exportMismatches(results(), { find: async () => payment() }));
    expect(line).toContain(',********450,5000,XAF,MTN MoMo,shop,order-7,1,permit,P-12,successful,');
  });
});

describe('cells that a spreadsheet would run', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+cmd', "'+cmd"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', `"'\t=1"`],
    ['\r=1', `"'\r=1"`],
    [' =1', "' =1"],
    ['＝1', "'＝1"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ['a;=1', '"a;=1"'],
    ['-', "'-"],
    ['a=1', 'a=1'],
    ['-12.50', '-12.50'],
    ['-7', '-7'],
    ['order "7", urgent\nnow', '"order ""7"", urgent\nnow"'],
  ])('%j is written %j', async (externalId, cell) => {
    const [, line] = (await textOf(exportTransactions([payment({ externalId })])))
      .split('scope,external_id,attempt')
      .join('')
      .split('review_notes\r\n');
    expect(line).toContain(`MTN MoMo,shop,${cell},1,permit`);
  });

  test('no text at all begins a cell like a formula, and all of it can be read again', async () => {
    const unit = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ' ', '"', ',', ';', 'a', '1', "'");
    await fc.assert(
      fc.asyncProperty(fc.string({ unit }), async (text) => {
        const csv = await textOf(exportTransactions([payment({ method: `${text}.` })]));
        const columns = { amount: 'amount', currency: 'currency', status: 'method' };
        const rows = [];
        for await (const row of readStatement(csv, { columns })) rows.push(row);
        expect(rows).toHaveLength(1);
        const bare = (written = '') => written.replace(/^[\s']+/, '').trimEnd();
        expect(bare(rows[0]?.status)).toBe(bare(`${text}.`));
        const [, cell = ''] = /,5000,XAF,(.*),shop,order-7,/s.exec(csv) ?? [];
        expect(cell.replace(/^"/, '')).not.toMatch(/^\s*[=+\-@]/);
      }),
    );
  });
});
