import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LedgerRow, type ReconciledRow, reconcile, type StatementRow } from '../../src/ledger/reconcile/index.js';

// Few ids, so that rows meet in every way, and more rows than a person would think of.
const runs = Number(process.env.FUZZ_RUNS ?? 400);

const transactionId = fc.constantFrom(undefined, undefined, '1', '2', '10', '0010');
const externalId = fc.constantFrom('order-1', 'order-2', '7');
const amount = fc.constantFrom('1', '1.0', '2.50', '2.5', '-2.5', '100000000000000000.01', 'unreadable');
const currency = fc.constantFrom('EUR', 'EUR', 'XAF');
const referenceId = fc.constantFrom(
  ...Array.from({ length: 5 }, (_, index) => `5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a0${index}`),
  'not a uuid',
);
const ledgerRow: fc.Arbitrary<LedgerRow> = fc.record({
  referenceId,
  externalId,
  financialTransactionId: transactionId,
  amount,
  currency,
  state: fc.constantFrom('successful', 'failed', 'expired', 'uncertain', 'pending', 'refunded'),
});
const statementRow: fc.Arbitrary<StatementRow> = fc.record({
  referenceId: fc.option(referenceId, { nil: undefined }),
  externalId: fc.option(externalId, { nil: undefined }),
  financialTransactionId: transactionId,
  amount,
  currency,
  status: fc.constantFrom(undefined, 'SUCCESSFUL', 'FAILED', 'PENDING', 'REVERSED', 'WHO KNOWS'),
  kind: fc.constantFrom(undefined, undefined, undefined, 'Refund', 'Fee'),
});
const both = [fc.array(ledgerRow, { maxLength: 14 }), fc.array(statementRow, { maxLength: 14 })] as const;

async function resultsOf(ledger: LedgerRow[], statement: StatementRow[]): Promise<ReconciledRow[]> {
  const rows: ReconciledRow[] = [];
  for await (const row of reconcile(ledger, statement)) rows.push(row);
  return rows;
}

/** A row by what it says; its place in the input says nothing. */
const textOf = (row: object) => JSON.stringify(Object.entries({ ...row, line: undefined, outcome: undefined }).sort());
const counted = (texts: string[]) => texts.sort();

test('every row of either side is in exactly one result', async () => {
  await fc.assert(
    fc.asyncProperty(...both, async (ledger, statement) => {
      const rows = await resultsOf(
        ledger,
        statement.map((row, index) => ({ ...row, line: index })),
      );
      const lines = rows.flatMap((row) => row.statement?.line ?? []);
      expect(lines.sort((a, b) => a - b)).toEqual(statement.map((_, index) => index));
      const ids = rows.flatMap((row) => row.ledger?.referenceId ?? []);
      expect(ids.sort()).toEqual(ledger.map((row) => row.referenceId).sort());
      for (const row of rows) {
        const isPair = ['matched', 'amount-mismatch', 'status-mismatch'].includes(row.class);
        expect(row.ledger !== undefined && row.statement !== undefined).toBe(isPair);
        expect(row.ledger !== undefined || row.statement !== undefined).toBe(true);
      }
    }),
    { numRuns: runs },
  );
});

test('the classes add up to the two sides, and those to the rows given', async () => {
  /** In hundredths, summed without the code under test. */
  const sum = (rows: { amount?: string | undefined; currency?: string | undefined; kind?: string | undefined }[]) => {
    const sums: Record<string, bigint> = {};
    for (const row of rows) {
      const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(row.amount ?? '') ?? [];
      if (whole === undefined) continue;
      const units = BigInt(whole + fraction.padEnd(2, '0'));
      const goesBack = row.kind === 'Refund' || row.kind === 'Fee' || sign === '-';
      sums[row.currency as string] = (sums[row.currency as string] ?? 0n) + (goesBack ? -units : units);
    }
    return sums;
  };
  const toUnits = (amounts: Readonly<Record<string, string>>) =>
    sum(Object.entries(amounts).map(([name, amount]) => ({ amount, currency: name })));
  const plus = (a: Record<string, bigint>, b: Record<string, bigint>) => {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return Object.fromEntries([...names].map((name) => [name, (a[name] ?? 0n) + (b[name] ?? 0n)]));
  };
  await fc.assert(
    fc.asyncProperty(...both, async (ledger, statement) => {
      const summary = await reconcile(ledger, statement).summary();
      for (const [side, given] of [
        ['ledger', ledger],
        ['statement', statement],
      ] as const) {
        const tallies = Object.values(summary.classes).map((sides) => sides[side]);
        expect(tallies.reduce((rows, tally) => rows + tally.rows, 0)).toBe(given.length);
        expect(summary[side].rows).toBe(given.length);
        const whole = toUnits(summary[side].amounts);
        expect(tallies.map((tally) => toUnits(tally.amounts)).reduce(plus, {})).toEqual(whole);
        expect(sum([...given])).toEqual(whole);
      }
    }),
    { numRuns: runs },
  );
});

test('the order of the rows changes nothing', async () => {
  const shuffles = fc.tuple(fc.infiniteStream(fc.nat()), fc.infiniteStream(fc.nat()));
  const shuffle = <Row>(rows: Row[], keys: Iterator<number>) =>
    rows
      .map((row) => [keys.next().value as number, row] as const)
      .sort(([a], [b]) => a - b)
      .map(([, row]) => row);
  const shapeOf = async (ledger: LedgerRow[], statement: StatementRow[]) => {
    const rows = await resultsOf(ledger, statement);
    return counted(
      rows.map((row) =>
        [row.class, row.needsReview, row.ledger && textOf(row.ledger), row.statement && textOf(row.statement)].join(
          ' ',
        ),
      ),
    );
  };
  await fc.assert(
    fc.asyncProperty(...both, shuffles, async (ledger, statement, [forLedger, forStatement]) => {
      const wanted = await shapeOf(ledger, statement);
      expect(await shapeOf(shuffle(ledger, forLedger), shuffle(statement, forStatement))).toEqual(wanted);
      expect(await shapeOf(ledger.toReversed(), statement.toReversed())).toEqual(wanted);
    }),
    { numRuns: runs },
  );
});

test('no two rows with different transaction ids are ever paired but by their reference', async () => {
  await fc.assert(
    fc.asyncProperty(...both, async (ledger, statement) => {
      for (const row of await resultsOf(ledger, statement)) {
        if (!row.ledger || !row.statement) continue;
        expect(row.ledger.kind).toBe(row.statement.kind);
        if (row.matchedBy === 'referenceId') expect(row.ledger.referenceId).toBe(row.statement.referenceId);
        else if (row.ledger.financialTransactionId && row.statement.financialTransactionId) {
          expect(row.ledger.financialTransactionId).toBe(row.statement.financialTransactionId);
        }
        if (row.class === 'matched') expect(Number(row.ledger.amount)).toBe(Number(row.statement.amount));
      }
    }),
    { numRuns: runs },
  );
});
