// How many payments a second the ledger charges and settles, on each store, against the sandbox in memory, and how that
// compares with the client alone (a create and a status read, nothing kept). The sandbox's clock skips all waits, so what
// is measured is work: in production MTN's limit on status reads comes first.
//   npm run bench:ledger            PAYMENTS=2000 npm run bench:ledger for more of them

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { Pool } from 'pg';
import { MomoCollections } from '../src/index.ts';
import { memoryPaymentStore, PaymentLedger } from '../src/ledger/index.ts';
import { postgresPaymentStore } from '../src/ledger/postgres.ts';
import { sqlitePaymentStore } from '../src/ledger/sqlite.ts';
import { createMomoSandbox } from '../src/testing/index.ts';

const count = Number(process.env.PAYMENTS ?? 500);
/** As many web requests at once. */
const atOnce = 16;
const order = { amount: '12.50', currency: 'EUR', payer: '46733999888' };

/** Does something for each number, so many at once. */
async function forEach(work) {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

async function timed(work) {
  const startedAtMs = performance.now();
  await work();
  return count / ((performance.now() - startedAtMs) / 1_000);
}

async function benchClient() {
  const sandbox = createMomoSandbox();
  const client = new MomoCollections({ ...sandbox.clientOptions(), maxStatusReadsPerSecond: Number.POSITIVE_INFINITY });
  return timed(() =>
    forEach(async (index) => {
      const { referenceId } = await client.requestToPay({ ...order, externalId: `order-${index}` });
      const { state } = await client.getRequestToPay(referenceId);
      if (state !== 'successful') throw new Error(`a payment is ${state}`);
    }),
  );
}

async function benchLedger(store) {
  const sandbox = createMomoSandbox();
  const options = { ...sandbox.clientOptions(), maxStatusReadsPerSecond: Number.POSITIVE_INFINITY };
  const ledger = new PaymentLedger({ client: new MomoCollections(options), store, clock: options.clock });
  // Makes the tables.
  await store.get('none');
  return timed(async () => {
    await forEach((index) => ledger.charge({ ...order, externalId: `order-${index}` }));
    for (let settled = 0; settled < count; ) {
      sandbox.advance(2_000);
      settled += (await ledger.pollDue({ limit: count })).changed;
    }
  });
}

const folder = mkdtempSync(join(tmpdir(), 'momo-bench-'));
const file = sqlitePaymentStore(join(folder, 'payments.db'));
const embedded = await PGlite.create();
const url = process.env.DATABASE_URL;
const schema = `momo_bench_${process.pid}`;
const admin = url && new Pool({ connectionString: url, max: 1 });
if (admin) await admin.query(`CREATE SCHEMA ${schema}`);
const pool = url && new Pool({ connectionString: url, options: `-c search_path=${schema}` });
try {
  // Once for the compiler.
  await benchClient();
  const bare = await benchClient();
  const rows = [
    {
      'charge and settle on': 'client alone, nothing kept',
      'payments a second': Math.round(bare),
      'of the client': '1',
    },
  ];
  const stores = {
    memory: memoryPaymentStore(),
    'a SQLite file': file,
    'PGlite (embedded)': postgresPaymentStore(embedded),
    ...(pool && { PostgreSQL: postgresPaymentStore(pool) }),
  };
  for (const [name, store] of Object.entries(stores)) {
    const rate = await benchLedger(store);
    rows.push({
      'charge and settle on': name,
      'payments a second': Math.round(rate),
      'of the client': (rate / bare).toFixed(2),
    });
  }
  console.log(`${count} payments, ${atOnce} at once, Node ${process.version}`);
  console.table(rows);
  if (!pool) console.log('PostgreSQL was left out: there is none on this machine, and DATABASE_URL names none.');
} finally {
  await file.close();
  await embedded.close();
  await pool?.end();
  if (admin) {
    await admin.query(`DROP SCHEMA ${schema} CASCADE`);
    await admin.end();
  }
  rmSync(folder, { recursive: true, force: true });
}
