// A million ledger rows against a statement with seeded faults: is every row in exactly one class, are the sums exact, how
// fast, and in how much memory? The reading side runs in a process of its own, so that its peak is its own.
// Node 24 lets the young generation of the heap grow to 128 MB before it tidies up, whatever a program holds on to. That is
// most of its peak here, and changes from run to run; so it is kept to 32 MB, as it was in Node 20. HEAP=default lets it grow.
//   npm run bench:reconcile            ROWS=100000 SEED=7 npm run bench:reconcile for another size or another draw

import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const rows = Number(process.env.ROWS ?? 1_000_000);
const seed = Number(process.env.SEED ?? 20_260_910);
const memoryLimit = 300;

/** mulberry32: small, and the same everywhere, so that a seed tells a failure. */
function generator(state) {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const currencies = ['XAF', 'UGX', 'GHS', 'ZMW'];
const faults = [
  'amount',
  'currency',
  'status',
  'late',
  'unlisted',
  'unknown',
  'twice',
  'twice in ledger',
  'unreadable',
];

/** Everything about payment number `index`, from its number alone: neither side is ever held as a list. */
function paymentAt(index) {
  const random = generator(seed + index * 2_654_435_761);
  const digits = () =>
    Math.floor(random() * 0x100000000)
      .toString(16)
      .padStart(8, '0');
  const [a, b, c, d] = [digits(), digits(), digits(), digits()];
  const minor = 1 + Math.floor(random() * 5_000_000);
  const currency = currencies[Math.floor(random() * currencies.length)];
  const hasDecimals = currency === 'GHS' || currency === 'ZMW';
  return {
    referenceId: `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`,
    externalId: `order-${index}`,
    financialTransactionId: String(1_000_000_000 + index),
    minor: hasDecimals ? minor : minor * 100,
    currency,
    // One in fifty has a fault; the others agree.
    fault: random() < 0.02 ? faults[Math.floor(random() * faults.length)] : undefined,
    /** By which id the statement knows it. */
    knownBy: random(),
    isFailed: random() < 0.1,
  };
}

const amountOf = (minor) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, '0')}`;

/** Walks through the numbers from 0 in an order that has nothing to do with them. */
function shuffled(index) {
  return (index * 982_451_653 + 12_345) % rows;
}

function* ledgerRows() {
  for (let index = 0; index < rows; index += 1) {
    const { fault, isFailed, minor, knownBy: _, ...payment } = paymentAt(index);
    if (fault === 'unknown') continue;
    const state = fault === 'late' ? 'expired' : isFailed && fault !== 'status' ? 'failed' : 'successful';
    const row = { ...payment, amount: amountOf(minor), state, createdAtMs: 1_772_000_000_000 + index };
    yield row;
    if (fault === 'twice in ledger') yield { ...row };
  }
}

/** The statement as a file would come: CSV, in chunks that heed no line. */
function* statementChunks() {
  const encoder = new TextEncoder();
  let lines = ['\ufeffMerchant statement', 'Transaction ID;Reference;External ID;Amount;Currency;Status;Fee'];
  let rest = '';
  for (let place = 0; place < rows; place += 1) {
    const payment = paymentAt(shuffled(place));
    const { fault, isFailed, knownBy, financialTransactionId, referenceId, externalId } = payment;
    if (fault === 'unlisted') continue;
    const isPaid = fault === 'late' || (!isFailed && fault !== 'status');
    const minor = fault === 'amount' ? payment.minor + 1 : payment.minor;
    const written = amountOf(minor).replace(/\B(?=(\d{3})+\.)/g, ',');
    const line = [
      knownBy < 0.8 ? financialTransactionId : '',
      knownBy >= 0.6 && knownBy < 0.9 ? referenceId : '',
      externalId,
      fault === 'unreadable' ? 'see note' : `"${written}"`,
      fault === 'currency' ? 'EUR' : payment.currency,
      isPaid ? 'Completed' : 'Failed',
      '1.00',
    ].join(';');
    lines.push(line);
    if (fault === 'twice') lines.push(line);
    if (lines.length < 1_000) continue;
    const text = `${rest}${lines.join('\r\n')}\r\n`;
    // Cut in the midst of a line.
    yield encoder.encode(text.slice(0, -20));
    rest = text.slice(-20);
    lines = [];
  }
  yield encoder.encode(`${rest}${lines.join('\r\n')}\r\n`);
}

/** What must come out, found without the code under test. Sums are in hundredths. */
function expected() {
  const classes = {};
  const add = (name, side, currency, minor) => {
    classes[name] ??= { ledger: { rows: 0, minor: {} }, statement: { rows: 0, minor: {} } };
    const tally = classes[name][side];
    tally.rows += 1;
    if (minor !== undefined) tally.minor[currency] = (tally.minor[currency] ?? 0) + minor;
  };
  const classOf = {
    amount: 'amount-mismatch',
    currency: 'amount-mismatch',
    unreadable: 'amount-mismatch',
    status: 'status-mismatch',
    late: 'status-mismatch',
    unlisted: 'missing-in-statement',
    unknown: 'missing-in-ledger',
  };
  for (let index = 0; index < rows; index += 1) {
    const { fault, minor, currency } = paymentAt(index);
    const name = classOf[fault] ?? 'matched';
    if (fault !== 'unknown') add(name, 'ledger', currency, minor);
    if (fault === 'currency') add(name, 'statement', 'EUR', minor);
    else if (fault === 'unreadable') add(name, 'statement', currency);
    else if (fault !== 'unlisted') add(name, 'statement', currency, fault === 'amount' ? minor + 1 : minor);
    if (fault === 'twice') add('duplicate', 'statement', currency, minor);
    if (fault === 'twice in ledger') add('duplicate', 'ledger', currency, minor);
  }
  return classes;
}

const minorOf = (amount) => {
  const [whole, fraction = ''] = amount.split('.');
  return Number(whole + fraction.padEnd(2, '0'));
};

async function measure(bundle) {
  const { readStatement, reconcile } = await import(bundle);
  const idleMegabytes = Math.round(process.memoryUsage().rss / 1e6);
  const startedAtMs = performance.now();
  const columns = {
    financialTransactionId: 'Transaction ID',
    referenceId: 'Reference',
    externalId: 'External ID',
    amount: 'Amount',
    currency: 'Currency',
    status: 'Status',
    fee: 'Fee',
  };
  const reconciliation = reconcile(ledgerRows(), readStatement(statementChunks(), { columns }));
  const counts = {};
  // How often each payment's rows came out: one of each side, and one more of a row that is there twice.
  const seen = { ledger: new Uint8Array(rows), statement: new Uint8Array(rows) };
  for await (const row of reconciliation) {
    counts[row.class] = (counts[row.class] ?? 0) + 1;
    for (const side of ['ledger', 'statement']) {
      if (row[side]) seen[side][Number(row[side].externalId.slice('order-'.length))] += 1;
    }
  }
  const seconds = (performance.now() - startedAtMs) / 1_000;
  const summary = await reconciliation.summary();
  const peakMegabytes = Math.round((process.resourceUsage().maxRSS * 1_024) / 1e6);

  const expectedClasses = expected();
  for (let index = 0; index < rows; index += 1) {
    const { fault } = paymentAt(index);
    const ledger = fault === 'unknown' ? 0 : fault === 'twice in ledger' ? 2 : 1;
    const statement = fault === 'unlisted' ? 0 : fault === 'twice' ? 2 : 1;
    assert.deepEqual([seen.ledger[index], seen.statement[index]], [ledger, statement], `payment ${index}`);
  }
  for (const [name, { results, ledger, statement }] of Object.entries(summary.classes)) {
    const wanted = expectedClasses[name];
    for (const [side, tally] of Object.entries({ ledger, statement })) {
      assert.equal(tally.rows, wanted?.[side].rows ?? 0, `${name}, rows of the ${side}`);
      const minor = Object.fromEntries(
        Object.entries(tally.amounts).map(([currency, sum]) => [currency, minorOf(sum)]),
      );
      assert.deepEqual(minor, wanted?.[side].minor ?? {}, `${name}, sums of the ${side}`);
    }
    assert.equal(counts[name] ?? 0, results);
  }
  for (const [name, { results, ledger, statement }] of Object.entries(summary.classes)) {
    console.log(
      `${name.padEnd(21)}${String(results).padStart(9)}  ${JSON.stringify({ ledger: ledger.amounts, statement: statement.amounts })}`,
    );
  }
  const { ledger, statement } = summary;
  console.log(`${ledger.rows} ledger rows and ${statement.rows} of the statement, each in one class, all sums exact.`);
  console.log(
    `${seconds.toFixed(1)} s, making the rows included: ${Math.round(ledger.rows / seconds)} ledger rows a second.`,
  );
  console.log(
    `Peak memory ${peakMegabytes} MB (idle ${idleMegabytes} MB), limit ${memoryLimit} MB; node ${process.execArgv.join(' ')}.`,
  );
  if (peakMegabytes > memoryLimit) process.exitCode = 1;
}

if (process.argv[2]) {
  await measure(process.argv[2]);
} else {
  const { build } = await import('esbuild');
  const folder = mkdtempSync(join(tmpdir(), 'bench-reconcile-'));
  const outfile = join(folder, 'reconcile.mjs');
  const entry = fileURLToPath(new URL('../src/ledger/reconcile/index.ts', import.meta.url));
  try {
    await build({ entryPoints: [entry], outfile, bundle: true, format: 'esm', platform: 'neutral', target: 'es2022' });
    const flags = process.env.HEAP === 'default' ? [] : ['--max-semi-space-size=16'];
    const command = [...flags, fileURLToPath(import.meta.url), pathToFileURL(outfile).href];
    process.exitCode = spawnSync(process.execPath, command, { stdio: 'inherit' }).status ?? 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
