import { describe, expect, test } from 'vitest';
import {
  type LedgerRow,
  type ReconciledRow,
  type ReconcileOptions,
  reconcile,
  type StatementRow,
  withRefunds,
} from '../../src/ledger/reconcile/index.js';

const references = {
  a: '5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a01',
  b: '5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a02',
  c: '5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a03',
};

const paid = (row: Partial<LedgerRow> = {}): LedgerRow => ({
  referenceId: references.a,
  externalId: 'order-7',
  financialTransactionId: '1943071845',
  amount: '5000',
  currency: 'XAF',
  state: 'successful',
  ...row,
});

const listed = (row: Partial<StatementRow> = {}): StatementRow => ({
  financialTransactionId: '1943071845',
  externalId: 'order-7',
  amount: '5000',
  currency: 'XAF',
  status: 'SUCCESSFUL',
  line: 2,
  ...row,
});

async function results(ledger: LedgerRow[], statement: StatementRow[], options?: ReconcileOptions) {
  const rows: ReconciledRow[] = [];
  for await (const row of reconcile(ledger, statement, options)) rows.push(row);
  return rows;
}

async function classes(ledger: LedgerRow[], statement: StatementRow[], options?: ReconcileOptions) {
  return (await results(ledger, statement, options)).map((row) => row.class);
}

describe('how rows meet', () => {
  test("by MTN's transaction id, whatever else is missing", async () => {
    const [row] = await results(
      [paid()],
      [{ financialTransactionId: '1943071845', amount: '5000.00', currency: 'xaf' }],
    );
    expect(row).toEqual({
      class: 'matched',
      ledger: { ...paid(), kind: 'payment' },
      statement: {
        financialTransactionId: '1943071845',
        amount: '5000.00',
        currency: 'XAF',
        outcome: 'successful',
        kind: 'payment',
      },
      matchedBy: 'financialTransactionId',
      differences: [],
      needsReview: false,
    });
  });

  test('else by reference id, in either case of its letters', async () => {
    const [row] = await results(
      [paid({ financialTransactionId: undefined })],
      [listed({ referenceId: references.a.toUpperCase(), externalId: undefined })],
    );
    expect(row).toMatchObject({ class: 'matched', matchedBy: 'referenceId', needsReview: false });
  });

  test('a reference with two transaction ids is one payment that a person must see', async () => {
    const [row] = await results([paid()], [listed({ financialTransactionId: '77', referenceId: references.a })]);
    expect(row).toMatchObject({ class: 'matched', differences: ['financialTransactionId'], needsReview: true });
  });

  test('else by external id and amount, where one side has no transaction id', async () => {
    const [row] = await results([paid()], [listed({ financialTransactionId: undefined, amount: '5000.0' })]);
    expect(row).toMatchObject({ class: 'matched', matchedBy: 'externalId' });
  });

  test('never by external id when both have a transaction id: those are two payments for one order', async () => {
    expect(await classes([paid()], [listed({ financialTransactionId: '99' })])).toEqual([
      'missing-in-statement',
      'missing-in-ledger',
    ]);
  });

  test('never by external id when the statement names the reference of another payment', async () => {
    const ledger = [paid({ financialTransactionId: undefined })];
    expect(await classes(ledger, [listed({ referenceId: references.b })])).toEqual([
      'missing-in-statement',
      'missing-in-ledger',
    ]);
  });

  test('a failed first attempt does not take the row of the paid second one', async () => {
    const ledger = [
      paid({ state: 'failed', financialTransactionId: undefined }),
      paid({ referenceId: references.b, financialTransactionId: undefined }),
    ];
    const rows = await results(ledger, [listed({ financialTransactionId: undefined })]);
    expect(rows.map((row) => [row.class, row.ledger?.referenceId, row.needsReview])).toEqual([
      ['missing-in-statement', references.a, false],
      ['matched', references.b, false],
    ]);
  });

  test('two attempts with two statement rows each find their own', async () => {
    const ledger = [
      paid({ financialTransactionId: undefined }),
      paid({ referenceId: references.b, state: 'failed', financialTransactionId: undefined }),
    ];
    const statement = [
      listed({ financialTransactionId: undefined, status: 'FAILED', line: 2 }),
      listed({ financialTransactionId: undefined, line: 3 }),
    ];
    const rows = await results(ledger, statement);
    expect(rows.map((row) => [row.class, row.statement?.line])).toEqual([
      ['matched', 3],
      ['matched', 2],
    ]);
  });

  test('ids that spreadsheets and people write differently are still told apart by their text', async () => {
    expect(
      await classes([paid({ financialTransactionId: '0123' })], [listed({ financialTransactionId: '123' })]),
    ).toEqual(['missing-in-statement', 'missing-in-ledger']);
    const odd = ' ünïcode\0 \u{1f600} ';
    const [row] = await results(
      [paid({ financialTransactionId: undefined, externalId: odd })],
      [listed({ externalId: odd })],
    );
    expect(row).toMatchObject({ class: 'matched', ledger: { externalId: odd.trim() } });
  });
});

describe('amounts', () => {
  test.each([
    ['5000.01', 'XAF', ['amount']],
    ['5000', 'EUR', ['currency']],
    ['1', 'EUR', ['amount', 'currency']],
  ])('%s %s against 5000 XAF is an amount mismatch', async (amount, currency, differences) => {
    const [row] = await results([paid()], [listed({ amount, currency })]);
    expect(row).toMatchObject({ class: 'amount-mismatch', differences, needsReview: true });
  });

  test('by external id alone, another amount is a mismatch where one open payment has it', async () => {
    const [row] = await results([paid()], [listed({ financialTransactionId: undefined, amount: '500' })]);
    expect(row).toMatchObject({ class: 'amount-mismatch', matchedBy: 'externalId' });
  });

  test('and two missing rows where it is not plain which payment is meant', async () => {
    const ledger = [paid(), paid({ referenceId: references.b, financialTransactionId: '12', amount: '6000' })];
    const statement = [listed({ financialTransactionId: undefined, amount: '500' })];
    expect(await classes(ledger, statement)).toEqual([
      'missing-in-statement',
      'missing-in-statement',
      'missing-in-ledger',
    ]);
  });

  test.each(['', 'abc', '1,5', '1e3', undefined])(
    '%j is no amount: it meets its payment, and is not matched',
    async (amount) => {
      const [row, ...more] = await results([paid()], [listed({ amount })]);
      expect(more).toEqual([]);
      expect(row).toMatchObject({
        class: 'amount-mismatch',
        needsReview: true,
        problem: expect.stringMatching('amount'),
      });
      expect(row?.statement).not.toHaveProperty('amount');
    },
  );

  test('a row of which nothing can be read is missing in the ledger, with its problem', async () => {
    const rows = await results([], [{ line: 7, problem: 'line 7 has 6 cells, the titles have 5' }]);
    expect(rows).toEqual([
      {
        class: 'missing-in-ledger',
        statement: { line: 7, outcome: 'successful', kind: 'payment' },
        needsReview: true,
        problem: 'line 7 has 6 cells, the titles have 5',
      },
    ]);
  });

  test('a ledger row that cannot be read is reported as well', async () => {
    const [row] = await results([paid({ amount: 'many', currency: '' })], [listed()]);
    expect(row).toMatchObject({ class: 'amount-mismatch', problem: expect.stringMatching('the ledger row') });
  });
});

describe('statuses', () => {
  const cases: [LedgerRow['state'], string | undefined, boolean][] = [
    ['successful', 'SUCCESSFUL', true],
    ['successful', undefined, true],
    ['successful', 'Completed', true],
    ['successful', ' Réussi ', true],
    ['successful', 'FAILED', false],
    ['successful', 'Pending', false],
    ['successful', 'Reversed', false],
    ['successful', 'Gnarled', false],
    ['successful', '', false],
    ['refunded', 'Success', true],
    ['refunded', 'REVERSED', true],
    ['failed', 'Échec', true],
    ['failed', 'SUCCESSFUL', false],
    ['expired', 'Cancelled', true],
    ['expired', 'successful', false],
    ['uncertain', 'PENDING', true],
    ['uncertain', 'SUCCESSFUL', false],
    ['uncertain', 'FAILED', false],
    ['pending', 'in_progress', true],
    ['created', 'paid', false],
    ['submitted', 'constructor', false],
  ];
  test.each(cases)('%s in the ledger and %j in the statement agree: %s', async (state, status, agree) => {
    const [row] = await results([paid({ state })], [listed({ status })]);
    expect(row).toMatchObject(
      agree
        ? { class: 'matched', needsReview: false }
        : { class: 'status-mismatch', needsReview: true, differences: ['status'] },
    );
  });

  test('where status and amount differ, the status comes first, and both are named', async () => {
    const [row] = await results([paid({ state: 'expired' })], [listed({ amount: '4000' })]);
    expect(row).toMatchObject({ class: 'status-mismatch', differences: ['status', 'amount'] });
  });

  test('words of your own are taken, in any case', async () => {
    const [row] = await results([paid()], [listed({ status: 'LIQUIDADO' })], { statuses: { Liquidado: 'successful' } });
    expect(row).toMatchObject({ class: 'matched', statement: { status: 'LIQUIDADO', outcome: 'successful' } });
  });
});

describe('what is missing', () => {
  test.each([
    ['successful', true],
    ['refunded', true],
    ['uncertain', true],
    ['failed', false],
    ['expired', false],
    ['created', false],
    ['submitted', false],
    ['pending', false],
  ] as const)('a %s payment that the statement does not show needs a person: %s', async (state, needsReview) => {
    const [row] = await results([paid({ state })], []);
    expect(row).toMatchObject({ class: 'missing-in-statement', needsReview });
  });

  test.each([
    [{ confirmedAtMs: 999 }, false],
    [{ confirmedAtMs: 1_000 }, true],
    [{ confirmedAtMs: 1_999, createdAtMs: 5 }, true],
    [{ confirmedAtMs: 2_000 }, false],
    [{ submittedAtMs: 1_500, createdAtMs: 5 }, true],
    [{ createdAtMs: 5 }, false],
    [{}, true],
  ])('with a period from 1000 to 2000, one of %j is expected: %s', async (instants, needsReview) => {
    const [row] = await results([paid(instants)], [], { period: { fromMs: 1_000, untilMs: 2_000 } });
    expect(row).toMatchObject({ class: 'missing-in-statement', needsReview });
  });

  test('a payment outside the period that the statement shows all the same is matched', async () => {
    expect(await classes([paid({ createdAtMs: 5 })], [listed()], { period: { fromMs: 1_000 } })).toEqual(['matched']);
  });

  test.each([{ fromMs: 2, untilMs: 1 }, { fromMs: 1, untilMs: 1 }, { fromMs: Number.NaN }])(
    'the period %j is refused',
    (period) => {
      expect(() => reconcile([], [], { period })).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    },
  );
});

describe('duplicates', () => {
  test('a statement row that is there twice is matched once, and shown with the line it repeats', async () => {
    const rows = await results([paid()], [listed({ line: 2 }), listed({ line: 9 })]);
    expect(rows).toMatchObject([
      { class: 'matched', statement: { line: 2 } },
      { class: 'duplicate', statement: { line: 9 }, duplicateOf: { line: 2 }, needsReview: true },
    ]);
  });

  test('of two rows about one transaction, the one that agrees is matched', async () => {
    const rows = await results([paid()], [listed({ line: 2, amount: '1' }), listed({ line: 3 })]);
    expect(rows).toMatchObject([
      { class: 'matched', statement: { line: 3 } },
      { class: 'duplicate', statement: { line: 2 } },
    ]);
  });

  test('two rows without any id but the order, for one payment', async () => {
    const row = { financialTransactionId: undefined };
    expect(await classes([paid()], [listed(row), listed({ ...row, line: 3 })])).toEqual(['matched', 'duplicate']);
  });

  test('two that the ledger does not know are one missing row and one duplicate', async () => {
    expect(await classes([], [listed(), listed({ line: 3 })])).toEqual(['missing-in-ledger', 'duplicate']);
  });

  test('a ledger row that was given twice is matched once', async () => {
    const rows = await results([paid(), paid()], [listed()]);
    expect(rows).toMatchObject([
      { class: 'matched' },
      { class: 'duplicate', ledger: { referenceId: references.a }, duplicateOf: { referenceId: references.a } },
    ]);
  });

  test('a second transaction under the reference of a matched payment', async () => {
    const statement = [
      listed({ referenceId: references.a }),
      listed({ referenceId: references.a, financialTransactionId: '5', line: 3 }),
    ];
    const rows = await results([paid()], statement);
    expect(rows.map((row) => [row.class, row.statement?.line])).toEqual([
      ['matched', 2],
      ['duplicate', 3],
    ]);
  });
});

describe('refunds and fees', () => {
  test('a negative row is a refund, and never meets a payment', async () => {
    const rows = await results([paid()], [listed(), listed({ amount: '-5000', line: 3 })]);
    expect(rows).toMatchObject([
      { class: 'matched' },
      { class: 'missing-in-ledger', statement: { kind: 'refund', amount: '5000' }, needsReview: true },
    ]);
  });

  test('partial refunds of the ledger meet their rows, by their own transaction id or by order and amount', async () => {
    const refund = { atMs: 5, by: 'ann', approvedBy: 'bob', note: '' };
    const payment = {
      ...paid(),
      refunds: [
        { ...refund, amount: '1000', reference: '1950000001' },
        { ...refund, amount: '500', reference: 'transfer 12' },
      ],
    };
    const statement = [
      listed(),
      { financialTransactionId: '1950000001', amount: '1000', currency: 'XAF', kind: 'Reversal', line: 3 },
      { financialTransactionId: '1950000002', externalId: 'order-7', amount: '-500', currency: 'XAF', line: 4 },
    ];
    const reconciliation = reconcile(withRefunds([payment]), statement);
    const rows: ReconciledRow[] = [];
    for await (const row of reconciliation) rows.push(row);
    expect(rows.map((row) => [row.class, row.statement?.line])).toEqual([
      ['matched', 2],
      ['matched', 3],
      ['matched', 4],
    ]);
    const { ledger, statement: theirs } = await reconciliation.summary();
    expect(ledger.settled).toEqual({ XAF: '3500' });
    expect(theirs.settled).toEqual({ XAF: '3500' });
  });

  test('a fee in a row of its own needs nobody', async () => {
    const rows = await results([paid()], [listed(), listed({ kind: 'Fee', amount: '50', line: 3 })]);
    expect(rows[1]).toMatchObject({ class: 'missing-in-ledger', statement: { kind: 'fee' }, needsReview: false });
  });

  test('fees in a column are added up', async () => {
    const reconciliation = reconcile([paid()], [listed({ fee: '0.10' }), listed({ line: 3, fee: '0.20' })]);
    expect((await reconciliation.summary()).fees).toEqual({ XAF: '0.3' });
  });
});

describe('the summary', () => {
  test('counts and adds up each side of each class, without reading the results first', async () => {
    const ledger = [
      paid({ amount: '0.1', currency: 'EUR' }),
      paid({ referenceId: references.b, financialTransactionId: '2', amount: '0.2', currency: 'EUR', state: 'failed' }),
    ];
    const statement = [
      listed({ amount: '0.10', currency: 'EUR' }),
      listed({ financialTransactionId: '3', amount: '90071992547409930.01', currency: 'EUR' }),
      { line: 9, problem: 'no' },
    ];
    const summary = await reconcile(ledger, statement).summary();
    const none = { rows: 0, amounts: {}, settled: {} };
    expect(summary).toEqual({
      ledger: { rows: 2, amounts: { EUR: '0.30' }, settled: { EUR: '0.10' } },
      statement: { rows: 3, amounts: { EUR: '90071992547409930.11' }, settled: { EUR: '90071992547409930.11' } },
      classes: {
        matched: {
          results: 1,
          ledger: { rows: 1, amounts: { EUR: '0.10' }, settled: { EUR: '0.10' } },
          statement: { rows: 1, amounts: { EUR: '0.10' }, settled: { EUR: '0.10' } },
        },
        'amount-mismatch': { results: 0, ledger: none, statement: none },
        'status-mismatch': { results: 0, ledger: none, statement: none },
        'missing-in-statement': {
          results: 1,
          ledger: { rows: 1, amounts: { EUR: '0.20' }, settled: {} },
          statement: none,
        },
        'missing-in-ledger': {
          results: 2,
          ledger: none,
          statement: {
            rows: 2,
            amounts: { EUR: '90071992547409930.01' },
            settled: { EUR: '90071992547409930.01' },
          },
        },
        duplicate: { results: 0, ledger: none, statement: none },
      },
      fees: {},
      needsReview: 2,
      unreadable: 1,
    });
  });

  test('is the same before, after and without the results, which can be read again', async () => {
    const reconciliation = reconcile([paid()], [listed(), listed({ line: 3 })]);
    const before = await reconciliation.summary();
    for (let time = 0; time < 2; time += 1) {
      const seen: string[] = [];
      for await (const row of reconciliation) seen.push(row.class);
      expect(seen).toEqual(['matched', 'duplicate']);
    }
    expect(await reconciliation.summary()).toEqual(before);
  });

  test('what a source throws comes through, from the results and from the summary', async () => {
    async function* broken(): AsyncGenerator<LedgerRow> {
      yield paid();
      throw new Error('the database went away');
    }
    const reconciliation = reconcile(broken(), []);
    await expect(reconciliation.summary()).rejects.toThrow('the database went away');
    await expect(reconciliation[Symbol.asyncIterator]().next()).rejects.toThrow('the database went away');
  });

  test('a column of free text mapped as the status is refused, and not kept', async () => {
    const statement = Array.from({ length: 70_000 }, (_, index) => listed({ status: `paid by ${index}` }));
    await expect(reconcile([], statement).summary()).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('is it the right column?'),
    });
  });
});

describe('rows that are none', () => {
  test.each([undefined, null, 5, 'Id,Amount', {}, new Response('x')])(
    '%o in their place is refused at once',
    (rows) => {
      const inputs = [
        [rows, []],
        [[], rows],
      ] as const;
      for (const [ledger, statement] of inputs) {
        expect(() => reconcile(ledger as never, statement as never)).toThrow(
          expect.objectContaining({
            code: 'invalid_input',
            issues: [expect.objectContaining({ path: ledger === rows ? 'ledgerRows' : 'statementRows' })],
          }),
        );
      }
    },
  );

  test.each([null, undefined, 'row', 5])(
    '%o among them ends the reconciliation, and says on which side',
    async (row) => {
      const invalid = (path: string) => ({ code: 'invalid_input', issues: [{ path }] });
      await expect(results([row as never], [])).rejects.toMatchObject(invalid('ledgerRows'));
      await expect(results([], [row as never])).rejects.toMatchObject(invalid('statementRows'));
    },
  );

  test('null for the options is none', async () => {
    expect(await results([paid()], [listed()], null as never)).toHaveLength(1);
  });
});
