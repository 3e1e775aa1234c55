import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PackedTexts } from '../../src/ledger/reconcile/packed-text.js';
import { type Entry, RowTable } from '../../src/ledger/reconcile/row-table.js';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '0', '00', '0.50', '00.50', '1.5', '12.50', '.50', '-12.50', '1.2.34', '9007199254740993'),
  fc.constantFrom('order-0012', 'order-12', 'order-123', 'order-1234567890123456', '0001234', 'é-1234', '12 34', '1e5'),
  fc.stringMatching(/^[a-c-]{0,14}[0-9]{0,17}(\.[0-9]{1,3})?$/),
);

test('any text comes back as it was, and the same text is the same bytes', () => {
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const packed = new PackedTexts(new Uint8Array(1));
      const pieces = [...texts, ...texts].map((each) => {
        const start = packed.at;
        packed.write(each);
        return packed.bytes.slice(start, packed.at).join();
      });
      expect(pieces.slice(texts.length)).toEqual(pieces.slice(0, texts.length));
      expect(new Set(pieces).size).toBe(new Set(texts).size);
      const reader = new PackedTexts(packed.bytes, packed);
      expect(texts.map(() => reader.read())).toEqual(texts);
      for (const _ of texts) reader.skip();
      expect(reader.at).toBe(packed.at);
    }),
  );
});

test('so do more prefixes than there is room for', () => {
  const texts = Array.from({ length: 600 }, (_, index) => `p${index}-1234`);
  const packed = new PackedTexts(new Uint8Array(1));
  for (const each of [...texts, ...texts]) packed.write(each);
  const reader = new PackedTexts(packed.bytes, packed);
  expect([...texts, ...texts].map(() => reader.read())).toEqual([...texts, ...texts]);
});

test('rows come back as they were, across blocks, long ones and those of many statuses too', () => {
  const table = new RowTable();
  const entryAt = (index: number): Omit<Entry, 'index'> => ({
    isLedger: index % 2 === 0,
    kind: index % 3 === 0 ? 'refund' : 'payment',
    referenceId: index % 5 === 0 ? '5f0c2c0e-8f4b-4a56-9f63-0d7f4e5c1a01' : index % 7 === 0 ? '' : `reference ${index}`,
    financialTransactionId: index % 11 === 0 ? '' : String(index),
    externalId: index < 1_500 ? `order-${index}` : 'x'.repeat(index % 200),
    amount: index % 13 === 0 ? '' : `${index}.50`,
    currency: 'XAF',
    status: `word ${index % 400}`,
    outcome: 'unknown',
    fee: '',
    settlementReference: index % 17 === 0 ? 'batch' : '',
    line: String(index),
    problem: index % 19 === 0 ? 'no' : '',
    isInPeriod: index % 2 === 1,
  });
  for (let index = 0; index < 5_000; index += 1) table.add(entryAt(index));
  for (let index = 0; index < 5_000; index += 1) expect(table.get(index)).toEqual({ index, ...entryAt(index) });
  expect(table.transactionHash(0)).toBe(0);
  expect(table.referenceHash(7)).toBe(0);
  expect(table.haveSameReferenceId(0, 5)).toBe(false); // a refund and a payment
  expect(table.haveSameReferenceId(5, 10)).toBe(true);
  expect(table.haveSameTransactionId(1, 2)).toBe(false);
});
