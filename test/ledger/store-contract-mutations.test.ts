import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { beforeAll, describe, expect, test } from 'vitest';
import type { PaymentStore } from '../../src/ledger/index.js';
import { paymentStoreContract } from '../../src/testing/index.js';

/** Stores with one mistake each: what it is, and what stands in the place of what in the store in memory. */
const mistakes: readonly [mistake: string, right: string, wrong: string][] = [
  // Inserts
  [
    'an insert forgets the record',
    'const change = copy(given);\n      const { id, scope, externalId, attempt }',
    'const change = copy(given);\n      delete (change.row.payment as any).record;\n      const { id, scope, externalId, attempt }',
  ],
  [
    'an insert forgets its audit',
    'write(change, leasedUntilMs);\n      append(orders',
    'write({ ...change, audit: [] }, leasedUntilMs);\n      append(orders',
  ],
  [
    'an insert forgets its events',
    'write(change, leasedUntilMs);\n      append(orders',
    'write({ ...change, events: [] }, leasedUntilMs);\n      append(orders',
  ],
  ['an insert replaces a payment of the same id', 'if (payments.has(id) || rowsOf(order)', 'if (rowsOf(order)'],
  [
    'an insert takes an attempt twice',
    'if (payments.has(id) || rowsOf(order).some(({ payment }) => payment.attempt === attempt)) return false;',
    'if (payments.has(id)) return false;',
  ],
  [
    'a refused insert leaves its audit',
    'some(({ payment }) => payment.attempt === attempt)) return false;',
    'some(({ payment }) => payment.attempt === attempt)) { append(audits, id, ...change.audit); return false; }',
  ],
  [
    'a refused insert leaves its events',
    'some(({ payment }) => payment.attempt === attempt)) return false;',
    'some(({ payment }) => payment.attempt === attempt)) { write({ ...change, row: rowsOf(order)[0] ?? change.row, audit: [], receipt: undefined }, 0); return false; }',
  ],
  ['an insert takes only one attempt of an order', 'payment.attempt === attempt', 'payment.attempt >= 0'],
  ['scope and external id are strung together', 'JSON.stringify([scope, externalId])', 'scope + externalId'],
  [
    'external ids are folded to lower case',
    'JSON.stringify([scope, externalId])',
    'JSON.stringify([scope, externalId.toLowerCase()])',
  ],
  [
    'external ids are normalised',
    'JSON.stringify([scope, externalId])',
    "JSON.stringify([scope, externalId.normalize('NFC')])",
  ],
  ['external ids are trimmed', 'JSON.stringify([scope, externalId])', 'JSON.stringify([scope, externalId.trim()])'],
  [
    'inserts look first and write later',
    'write(change, leasedUntilMs);\n      append(orders',
    'await null;\n      write(change, leasedUntilMs);\n      append(orders',
  ],
  [
    'an insert forgets its lease',
    'write(change, leasedUntilMs);\n      append(orders',
    'write(change, 0);\n      append(orders',
  ],
  [
    'a payment that is not there is an empty object',
    'return copy(payments.get(id)?.row);',
    'return copy(payments.get(id)?.row ?? ({} as any));',
  ],
  [
    'the scope does not matter for find',
    'const rows = rowsOf(orderOf(scope, externalId));',
    "const rows = [...rowsOf(orderOf(scope, externalId)), ...(scope === '' ? rowsOf(orderOf('shop', externalId)) : [])];",
  ],
  [
    'attempts are found in the order of their insert',
    'return copy(rows.sort((a, b) => a.payment.attempt - b.payment.attempt));',
    'return copy(rows);',
  ],
  [
    'attempts are sorted as texts',
    'a.payment.attempt - b.payment.attempt',
    'String(a.payment.attempt) < String(b.payment.attempt) ? -1 : 1',
  ],
  ['the store keeps what it was given', 'JSON.parse(JSON.stringify(value))', 'value'],
  [
    'odd signs are lost',
    'JSON.parse(JSON.stringify(value))',
    "JSON.parse(JSON.stringify(value).replaceAll('\\\\u0000', ''))",
  ],
  [
    'long texts are cut',
    'JSON.parse(JSON.stringify(value))',
    "JSON.parse(JSON.stringify(value, (_, part) => (typeof part === 'string' ? part.slice(0, 65_535) : part)))",
  ],
  // Commits
  ['a change forgets its receipt', 'receipts.set(id, receipt);', ''],
  [
    'a change forgets its events',
    'for (const event of news) events.set',
    'for (const event of [] as typeof news) events.set',
  ],
  ['a change forgets its audit', 'append(audits, id, ...audit);', ''],
  [
    'a change forgets the row',
    'payments.set(id, { row, leasedUntilMs });',
    'if (!payments.has(id)) payments.set(id, { row, leasedUntilMs });',
  ],
  ['any version will do', 'stored.row.version !== change.row.version - 1', 'false'],
  [
    'a newer version will do',
    'stored.row.version !== change.row.version - 1',
    'stored.row.version > change.row.version - 1',
  ],
  [
    'a stale change leaves its audit',
    "!== change.row.version - 1) return 'stale';",
    "!== change.row.version - 1) { append(audits, id, ...change.audit); return 'stale'; }",
  ],
  [
    'a stale change leaves its receipt',
    "!== change.row.version - 1) return 'stale';",
    "!== change.row.version - 1) { if (change.receipt) receipts.set(id, change.receipt); return 'stale'; }",
  ],
  [
    'a stale change leaves its events',
    "!== change.row.version - 1) return 'stale';",
    "!== change.row.version - 1) { for (const event of change.events) events.set(event.id, { event, leasedUntilMs: 0 }); return 'stale'; }",
  ],
  [
    'a change makes what is not there',
    'if (stored === undefined || stored.row',
    "if (stored === undefined) { write(change, 0); return 'committed'; }\n      if (stored.row",
  ],
  [
    'changes look first and write later',
    'write(change, stored.leasedUntilMs === releasing',
    'await null;\n      write(change, stored.leasedUntilMs === releasing',
  ],
  ['an order has several receipts', 'if (change.receipt && paidOrders.has(orderOf(scope, externalId)))', 'if (false)'],
  [
    'an order has several receipts, unless they are of one payment',
    'paidOrders.has(orderOf(scope, externalId))',
    'receipts.has(id)',
  ],
  [
    'receipts are told apart by the attempt alone',
    'paidOrders.has(orderOf(scope, externalId))',
    'paidOrders.has(orderOf(scope, externalId)) && !receipts.has(id)',
  ],
  [
    'a second receipt is told, and its change written',
    "return 'second-receipt';",
    "{ write({ ...change, receipt: undefined }, stored.leasedUntilMs); return 'second-receipt'; }",
  ],
  [
    'an external id has one receipt, whatever the scope',
    'paidOrders.has(orderOf(scope, externalId))) return',
    '[...paidOrders].some((order) => JSON.parse(order)[1] === externalId)) return',
  ],
  [
    'the receipt is looked up first, and written later',
    'if (change.receipt && paidOrders',
    'const isSecond = paidOrders.has(orderOf(scope, externalId));\n      await null;\n      if (change.receipt && isSecond && paidOrders',
  ],
  [
    'the receipt of an order is found out too early',
    "if (change.receipt && paidOrders.has(orderOf(scope, externalId))) return 'second-receipt';",
    "const isSecond = change.receipt && paidOrders.has(orderOf(scope, externalId));\n      await null;\n      if (isSecond) return 'second-receipt';",
  ],
  [
    'a change does not give up its lease',
    'stored.leasedUntilMs === releasing ? 0 : stored.leasedUntilMs',
    'stored.leasedUntilMs',
  ],
  ['a change gives up any lease', 'stored.leasedUntilMs === releasing ? 0 : stored.leasedUntilMs', '0'],
  [
    'a change gives up a lease that is not its own',
    'stored.leasedUntilMs === releasing ? 0 : stored.leasedUntilMs',
    'releasing ? 0 : stored.leasedUntilMs',
  ],
  [
    'a stale change gives up its lease',
    "!== change.row.version - 1) return 'stale';",
    "!== change.row.version - 1) { if (stored && stored.leasedUntilMs === releasing) stored.leasedUntilMs = 0; return 'stale'; }",
  ],
  // Leases
  [
    'what is never due is leased',
    'dueAtMs !== undefined && dueAtMs <= nowMs',
    '(dueAtMs === undefined || dueAtMs <= nowMs)',
  ],
  ['what is due a little later is leased', 'dueAtMs <= nowMs &&', 'dueAtMs <= nowMs + 1 &&'],
  [
    'the latest is leased first',
    'Number(a.row.dueAtMs) - Number(b.row.dueAtMs)',
    'Number(b.row.dueAtMs) - Number(a.row.dueAtMs)',
  ],
  ['the limit of leases does not count', 'due.slice(0, limit)', 'due'],
  ['a lease ends a millisecond late', '&& leasedUntilMs <= nowMs', '&& leasedUntilMs < nowMs'],
  ['a lease never ends', '&& leasedUntilMs <= nowMs', '&& leasedUntilMs === 0'],
  ['a lease is not kept', 'stored.leasedUntilMs = nowMs + leaseMs;\n        return', 'return'],
  ['leases look first and write later', 'due.sort((a, b)', 'await null;\n      due.sort((a, b)'],
  [
    'a lease shows the payment as it was inserted',
    'return { row: copy(stored.row), leasedUntilMs',
    "return { row: { ...copy(stored.row), version: 1, payment: { ...stored.row.payment, state: 'created' } }, leasedUntilMs",
  ],
  ['a release does nothing', 'if (stored?.leasedUntilMs === leasedUntilMs) stored.leasedUntilMs = 0;', ''],
  [
    'a release ends any lease of the payment',
    'if (stored?.leasedUntilMs === leasedUntilMs) stored.leasedUntilMs = 0;',
    'if (stored) stored.leasedUntilMs = 0;',
  ],
  [
    'a release ends all leases',
    'if (stored?.leasedUntilMs === leasedUntilMs) stored.leasedUntilMs = 0;',
    'for (const each of payments.values()) each.leasedUntilMs = 0;',
  ],
  [
    'a release counts as a version',
    'if (stored?.leasedUntilMs === leasedUntilMs) stored.leasedUntilMs = 0;',
    'if (stored?.leasedUntilMs === leasedUntilMs) { stored.leasedUntilMs = 0; stored.row = { ...stored.row, version: stored.row.version + 1 }; }',
  ],
  [
    'a lease is told in whole milliseconds, and compared exactly',
    'return { row: copy(stored.row), leasedUntilMs: stored.leasedUntilMs };',
    'return { row: copy(stored.row), leasedUntilMs: Math.floor(stored.leasedUntilMs) };',
  ],
  // Permits
  ['nine reads are permitted', 'new Array<number>(permitsPerWindow)', 'new Array<number>(permitsPerWindow + 1)'],
  ['seven reads are permitted', 'new Array<number>(permitsPerWindow)', 'new Array<number>(permitsPerWindow - 1)'],
  [
    'the wait is as long as the longest read',
    'return Math.min(Math.min(...permits) - nowMs, permitWindowMs);',
    'return Math.min(...permits) - nowMs;',
  ],
  ['the wait is always a millisecond', 'return Math.min(Math.min(...permits) - nowMs, permitWindowMs);', 'return 1;'],
  ['a permit comes back too early', 'permits[slot] = nowMs + permitWindowMs;', 'permits[slot] = nowMs + 900;'],
  ['a permit comes back too late', 'permits[slot] = nowMs + permitWindowMs;', 'permits[slot] = nowMs + 1_500;'],
  ['a permit that is given back is free at once', 'permits[slot] = nowMs + permitWindowMs;', 'permits[slot] = 0;'],
  [
    'a permit is not held while the read is under way',
    'permits[slot] = heldUntilMs;',
    'permits[slot] = nowMs + permitWindowMs;',
  ],
  ['a permit never comes back by itself', 'permits[slot] = heldUntilMs;', 'permits[slot] = heldUntilMs + 30_000;'],
  [
    'all permits of the same moment are given back together',
    'if (slot >= 0) permits[slot] = nowMs + permitWindowMs;',
    'for (const [index, held] of permits.entries()) if (held === heldUntilMs) permits[index] = nowMs + permitWindowMs;',
  ],
  ['any permit is given back', 'const slot = permits.indexOf(heldUntilMs);', 'const slot = 0;'],
  [
    'permits look first and write later',
    'permits[slot] = heldUntilMs;',
    'await null;\n      permits[slot] = heldUntilMs;',
  ],
  ['a clock that is ahead stops everybody', ' || freeAtMs > nowMs + strayPermitMs', ''],
  // Events
  [
    'an event is handed out without its payment',
    'taken.push(copy(stored.event));',
    'taken.push({ ...copy(stored.event), payment: {} as any });',
  ],
  ['the limit of events does not count', 'if (taken.length >= limit) break;', ''],
  [
    'the newest event comes first',
    'for (const stored of events.values())',
    'for (const stored of [...events.values()].reverse())',
  ],
  ['an event is not held', 'stored.leasedUntilMs = nowMs + leaseMs;\n        taken', 'taken'],
  [
    'an event is held for ever',
    'if (stored.leasedUntilMs > nowMs) continue;',
    'if (stored.leasedUntilMs > 0) continue;',
  ],
  [
    'an event is held a millisecond too long',
    'if (stored.leasedUntilMs > nowMs) continue;',
    'if (stored.leasedUntilMs >= nowMs) continue;',
  ],
  ['an event does not wait for the one before', 'if (seen.has(paymentId)) continue;', ''],
  [
    'an event waits only for those that nobody holds',
    'seen.add(paymentId);\n        if (stored.leasedUntilMs > nowMs) continue;',
    'if (stored.leasedUntilMs > nowMs) continue;\n        seen.add(paymentId);',
  ],
  [
    'an event that is held stops all others',
    'if (stored.leasedUntilMs > nowMs) continue;',
    'if (stored.leasedUntilMs > nowMs) break;',
  ],
  [
    'events of later changes are lost',
    'for (const event of news) events.set',
    'for (const event of row.version > 2 ? [] : news) events.set',
  ],
  ['an acknowledged event comes again', 'events.delete(eventId);', ''],
  [
    'a delivery is not in the audit',
    'events.delete(eventId);\n      append(audits, entry.paymentId, copy(entry));',
    'events.delete(eventId);',
  ],
  [
    'a failed delivery is not in the audit',
    'stored.leasedUntilMs = dueAtMs;\n      append(audits, entry.paymentId, copy(entry));',
    'stored.leasedUntilMs = dueAtMs;',
  ],
  [
    'a late release ends the lease of another holder',
    'if (stored?.leasedUntilMs === leasedUntilMs) stored.leasedUntilMs = dueAtMs;',
    'if (stored) stored.leasedUntilMs = dueAtMs;',
  ],
  ['a failed event comes again at once', 'stored.leasedUntilMs = dueAtMs;', 'stored.leasedUntilMs = 0;'],
  [
    'a failed event never comes again',
    'if (stored?.leasedUntilMs === leasedUntilMs) stored.leasedUntilMs = dueAtMs;',
    'events.delete(eventId);',
  ],
  [
    'events look first and write later',
    'if (stored.leasedUntilMs > nowMs) continue;',
    'if (stored.leasedUntilMs > nowMs) continue;\n        await null;',
  ],
  // Callbacks, audit, list
  [
    'the newest callback comes first',
    'return copy(callbacks.get(paymentId) ?? []);',
    'return copy(callbacks.get(paymentId) ?? []).reverse();',
  ],
  ['a callback is not in the audit', 'append(audits, callback.paymentId, copy(entry));', ''],
  ['one callback too many is kept', '.length >= limit) return false;', '.length > limit) return false;'],
  [
    'a callback too many is in the audit',
    '.length >= limit) return false;',
    '.length >= limit) { append(audits, callback.paymentId, copy(entry)); return false; }',
  ],
  [
    'the limit is of all callbacks',
    '(callbacks.get(callback.paymentId) ?? []).length >= limit',
    '[...callbacks.values()].flat().length >= limit',
  ],
  [
    'callbacks are counted first and written later',
    'append(callbacks, callback.paymentId, copy(callback));',
    'await null;\n      append(callbacks, callback.paymentId, copy(callback));',
  ],
  [
    'the audit is sorted by time',
    'return copy(audits.get(paymentId) ?? []);',
    'return copy(audits.get(paymentId) ?? []).sort((a, b) => a.atMs - b.atMs);',
  ],
  [
    'the audit of all is shown',
    'return copy(audits.get(paymentId) ?? []);',
    'return copy([...audits.values()].flat());',
  ],
  ['a list is sorted by id', 'a.payment.createdAtMs - b.payment.createdAtMs || ', ''],
  [
    'a list has one page',
    'for (const row of rows) yield copy(row);',
    'for (const row of rows.slice(0, 500)) yield copy(row);',
  ],
  [
    'a list forgets payments of one millisecond',
    'for (const row of rows) yield copy(row);',
    'let last = 0;\n      let count = 0;\n      for (const row of rows) {\n        count = row.payment.createdAtMs === last ? count + 1 : 0;\n        last = row.payment.createdAtMs;\n        if (count < 500) yield copy(row);\n      }',
  ],
  [
    'a list shows payments as they were inserted',
    'for (const row of rows) yield copy(row);',
    "for (const row of rows) yield { ...copy(row), version: 1, payment: { ...row.payment, state: row.version > 1 ? 'created' : row.payment.state } };",
  ],
  [
    'a list that is left takes the rest along',
    'for (const row of rows) yield copy(row);',
    'try { for (const row of rows) yield copy(row); } finally { if (rows.length === 3) payments.clear(); }',
  ],
  ['a list does not look at states', '(states === undefined || states.includes(payment.state)) &&', ''],
  [
    'no state means every state',
    'states === undefined || states',
    'states === undefined || states.length === 0 || states',
  ],
  [
    'a list does not look at open questions',
    '(needsReview === undefined || payment.review.length > 0 === needsReview) &&',
    '',
  ],
  ['a list takes "no open question" for "no matter"', 'needsReview === undefined', '!needsReview'],
  ['a list does not look at the scope', '(scope === undefined || payment.scope === scope) &&', ''],
  ['a list takes the empty scope for every scope', 'scope === undefined ||', '!scope ||'],
  ['a list does not look at the external id', '(externalId === undefined || payment.externalId === externalId) &&', ''],
  ['a list does not look at the payer', '(payerId === undefined || payment.payer.partyId === payerId) &&', ''],
  [
    'a list begins after the first instant',
    'payment.createdAtMs >= createdFromMs',
    'payment.createdAtMs > createdFromMs',
  ],
  [
    'a list ends with the last instant',
    'payment.createdAtMs < createdBeforeMs',
    'payment.createdAtMs <= createdBeforeMs',
  ],
  ['a list finds nothing when a filter is undefined', 'scope === undefined ||', "!('scope' in filter) ||"],
  [
    'one filter is enough',
    '(states === undefined || states.includes(payment.state)) &&',
    '(states !== undefined && states.includes(payment.state)) ||',
  ],
];

const folder = new URL('../../src/ledger/', import.meta.url);

async function bundle(source: string): Promise<{ memoryPaymentStore: () => PaymentStore }> {
  const { outputFiles } = await build({
    stdin: { contents: source, loader: 'ts', resolveDir: folder.pathname },
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  return import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
}

/** The names of the cases that fail. */
async function failuresOf(open: () => { store: PaymentStore; another?: () => PaymentStore }): Promise<string[]> {
  const failures: string[] = [];
  for (const { name, run } of paymentStoreContract(open)) {
    await run().catch(() => failures.push(name));
  }
  return failures;
}

describe('the contract of payment stores', { timeout: 120_000 }, () => {
  const caught = new Set<string>();
  let source = '';
  beforeAll(async () => {
    source = await readFile(new URL('memory-store.ts', folder), 'utf8');
  });

  test('passes the store in memory as it is', async () => {
    const { memoryPaymentStore } = await bundle(source);
    expect(await failuresOf(() => ({ store: memoryPaymentStore() }))).toEqual([]);
  });

  test.each(mistakes)('notices that %s', async (_mistake, right, wrong) => {
    expect(source.split(right).length - 1, `how often there is: ${right}`).toBe(1);
    const { memoryPaymentStore } = await bundle(source.replace(right, () => wrong));
    const failures = await failuresOf(() => ({ store: memoryPaymentStore() }));
    expect(failures).not.toEqual([]);
    for (const name of failures) caught.add(name);
  });

  test('notices that another process sees nothing of the first', async () => {
    const { memoryPaymentStore } = await bundle(source);
    const failures = await failuresOf(() => ({ store: memoryPaymentStore(), another: memoryPaymentStore }));
    expect(failures).not.toEqual([]);
    for (const name of failures) caught.add(name);
  });

  // Runs last: each case has noticed something above.
  test('has no case that cannot fail', () => {
    const names = paymentStoreContract(() => ({ store: {} as PaymentStore })).map(({ name }) => name);
    expect(names.filter((name) => !caught.has(name))).toEqual([]);
  });
});
