import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LedgerPayment, PaymentLedger } from 'momo-collections/ledger';
import { createLiveReads } from '../src/payments/live-reads.ts';

/** A ledger whose reads take a moment, and are counted. */
function createCountedReads() {
  const asked: { id: string; atMs: number }[] = [];
  const refresh = async (id: string) => {
    asked.push({ id, atMs: Date.now() });
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { id } as LedgerPayment;
  };
  return { asked, reads: createLiveReads({ refresh } as unknown as PaymentLedger, () => undefined) };
}

test('those who ask together share a read, and the next one begins a second later', async () => {
  const { asked, reads } = createCountedReads();
  const first = await Promise.all([reads.read('a'), reads.read('a'), reads.read('b')]);
  assert.deepEqual(
    first.map((payment) => payment?.id),
    ['a', 'a', 'b'],
  );
  // It has ended: what happened since it does not know.
  await Promise.all([reads.read('a'), reads.read('a'), reads.read('a')]);
  assert.deepEqual(
    asked.map(({ id }) => id),
    ['a', 'b', 'a'],
  );
  assert.ok(Number(asked[2]?.atMs) - Number(asked[0]?.atMs) >= 990);
});

test('with too many waiting nobody is kept: what is known has to do', async () => {
  const { asked, reads } = createCountedReads();
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => reads.read(`p${index}`)));
  assert.equal(answers.filter((payment) => payment === undefined).length, 4);
  assert.equal(asked.length, 16);
  assert.equal((await reads.read('later'))?.id, 'later');
});
