import { Client, Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MomoCollections } from '../../src/index.js';
import { PaymentLedger, type PaymentStore } from '../../src/ledger/index.js';
import { type PostgresClient, postgresPaymentStore } from '../../src/ledger/postgres.js';
import { createMomoSandbox } from '../../src/testing/index.js';
import { changed, given, plain, sampleRow } from '../../src/testing/store-contract/samples.js';
import { databaseUrl, temporarySchema } from '../support/postgres.js';

const order = { externalId: 'order-1', amount: '12.50', currency: 'EUR', payer: '46733999888' };

describe.skipIf(!databaseUrl)('when PostgreSQL does not do as it should', { timeout: 30_000 }, () => {
  let schema: Awaited<ReturnType<typeof temporarySchema>>;
  let pool: Pool;
  let store: PaymentStore;
  beforeEach(async () => {
    schema = await temporarySchema();
    pool = schema.newPool();
    store = postgresPaymentStore(pool);
  });
  afterEach(() => schema.close());

  /** A pool whose clients pass each statement through `before`. */
  function tapped(before: (sql: string, client: PostgresClient) => unknown) {
    return {
      query: (sql: string, values?: unknown[]) => pool.query(sql, values),
      connect: async () => {
        const client = await pool.connect();
        return {
          query: async (sql: string, values?: unknown[]) => {
            await before(sql, client);
            return client.query(sql, values);
          },
          on: client.on.bind(client),
          off: client.off.bind(client),
          release: (error?: boolean) => client.release(error),
        };
      },
    };
  }
  const kill = async (client: PostgresClient) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    await pool.query('SELECT pg_terminate_backend($1)', [(rows[0] as { pid: number }).pid]);
  };

  test('a connection that is lost in the middle of a step is unavailable and retryable, and nothing was written', async () => {
    const row = await given(store);
    let isCut = false;
    const cut = postgresPaymentStore(
      tapped(async (sql, client) => {
        if (isCut || !sql.includes('INSERT INTO momo_audit')) return;
        isCut = true;
        await kill(client);
      }),
    );
    const next = changed(row, { state: 'submitted' });
    const change = plain(next, {
      audit: [{ paymentId: row.payment.id, atMs: 1, direction: 'inbound-from-mtn', action: 'read' }],
    });
    await expect(cut.commit(change)).rejects.toMatchObject({ code: 'unavailable', isRetryable: true });
    expect(await store.get(row.payment.id)).toEqual(row);
    // The pool has thrown the connection away, and goes on.
    expect(await cut.commit(change)).toBe('committed');
  });

  test('a connection that is lost between two statements ends no process', async () => {
    const row = await given(store);
    let isCut = false;
    const cut = postgresPaymentStore(
      tapped(async (sql, client) => {
        if (isCut || !sql.includes('UPDATE momo_payments')) return;
        isCut = true;
        await kill(client);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }),
    );
    await expect(cut.commit(plain(changed(row)))).rejects.toMatchObject({ code: 'unavailable', isRetryable: true });
  });

  test.each(['40001', '40P01'])('a transaction that is undone for others (%s) is made again', async (code) => {
    const row = await given(store);
    let left = 3;
    const store2 = postgresPaymentStore(
      tapped((sql) => {
        if (sql === 'COMMIT' && left-- > 0) throw Object.assign(new Error('undone'), { code });
      }),
    );
    expect(await store2.commit(plain(changed(row)))).toBe('committed');
    expect((await store.get(row.payment.id))?.version).toBe(2);
  });

  test('it works in a database whose transactions are serializable', async () => {
    const strict = schema.newPool(8);
    strict.on('connect', (client) => client.query("SET default_transaction_isolation = 'serializable'"));
    const strictStore = postgresPaymentStore(strict);
    const rows = await Promise.all(Array.from({ length: 10 }, () => given(strictStore)));
    const leased = await Promise.all(
      Array.from({ length: 8 }, () => strictStore.leaseDue({ nowMs: rows[0]?.dueAtMs ?? 0, leaseMs: 1_000, limit: 3 })),
    );
    const ids = leased.flat().map(({ row }) => row.payment.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('a server that cannot be reached is unavailable and retryable, and fails no payment', async () => {
    const sandbox = createMomoSandbox();
    // The discard port: nobody listens there.
    const nowhere = new Pool({ host: '127.0.0.1', port: 9 });
    const away = postgresPaymentStore(nowhere);
    const ledger = new PaymentLedger({ client: new MomoCollections(sandbox.clientOptions()), store: away });
    await expect(ledger.charge(order)).rejects.toMatchObject({ code: 'unavailable', isRetryable: true });
    expect(sandbox.calls).toEqual([]);
    await nowhere.end();
  });

  test('a role that may not make tables is told what it needs, and can use tables that are there', async () => {
    const role = `momo_role_${crypto.randomUUID().slice(0, 8)}`;
    await pool.query(`CREATE ROLE ${role}; GRANT USAGE ON SCHEMA ${schema.name} TO ${role}`);
    const asRole = schema.newPool();
    asRole.on('connect', (client) => client.query(`SET ROLE ${role}`));
    const weak = postgresPaymentStore(asRole);
    await expect(weak.get('x')).rejects.toMatchObject({
      code: 'unavailable',
      isRetryable: false,
      message: expect.stringContaining('takes CREATE on the schema'),
    });
    await store.get('x');
    await pool.query(`GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA ${schema.name} TO ${role}`);
    const row = await given(weak);
    expect(await weak.commit(plain(changed(row)))).toBe('committed');
    await asRole.end();
    await pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
  });

  test('a search path without a schema, and tables that are gone, are said to be so', async () => {
    const lost = schema.newPool();
    lost.on('connect', (client) => client.query('SET search_path = nowhere'));
    await expect(postgresPaymentStore(lost).get('x')).rejects.toThrow(/search_path/);
    await store.get('x');
    await pool.query('DROP TABLE momo_callbacks');
    await expect(store.callbacks('x')).rejects.toThrow(/search_path/);
  });

  test('tables of a newer version are left alone', async () => {
    await store.get('x');
    await pool.query('INSERT INTO momo_schema (version) VALUES (99)');
    const old = postgresPaymentStore(schema.newPool());
    await expect(old.get('x')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('newer'),
    });
  });

  test('the schema itself refuses what may not be', async () => {
    const first = await given(store, { externalId: 'order-1' });
    const second = await given(store, { externalId: 'order-1', attempt: 2 });
    const receipt = (id: string, number: string) =>
      pool.query(
        "INSERT INTO momo_receipts (number, payment_id, scope, external_id, document) VALUES ($1, $2, '', 'order-1', '{}')",
        [number, id],
      );
    await receipt(first.payment.id, 'a');
    await expect(receipt(second.payment.id, 'b')).rejects.toMatchObject({ code: '23505' });
    await expect(pool.query("UPDATE momo_payments SET state = 'paid'")).rejects.toMatchObject({ code: '23514' });
    await expect(pool.query('UPDATE momo_payments SET attempt = 1')).rejects.toMatchObject({ code: '23505' });
    await expect(
      pool.query("INSERT INTO momo_audit (payment_id, document) VALUES ('nobody', '{}')"),
    ).rejects.toMatchObject({ code: '23503' });
    // And what the store says of it quotes nothing of the row.
    const broken = sampleRow({ currency: 'EURO', payerId: '46733123459' });
    const error = await store.insert(plain(broken), 0).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'unavailable', isRetryable: false, message: expect.stringContaining('23514') });
    expect(JSON.stringify([error, Object(error).message, String(Object(error).cause)])).not.toContain('46733123459');
  });

  test('a client that is connected is taken for what it is, and so is one lent by a pool', async () => {
    const client = new Client({ connectionString: databaseUrl, options: `-c search_path=${schema.name}` });
    await client.connect();
    const onClient = postgresPaymentStore(client);
    const lent = await pool.connect();
    const onLent = postgresPaymentStore(lent);
    const rows = await Promise.all([...Array(4)].map((_, index) => given(index % 2 ? onClient : onLent)));
    await Promise.all(rows.map((row, index) => (index % 2 ? onLent : onClient).commit(plain(changed(row)))));
    for (const row of rows) expect((await store.get(row.payment.id))?.version).toBe(2);
    lent.release();
    await client.end();
  });

  test('a client without a connection of its own is refused: it has no transactions', async () => {
    await store.get('x');
    const spread = postgresPaymentStore({
      query: async (sql, values) => {
        const client = new Client({ connectionString: databaseUrl, options: `-c search_path=${schema.name}` });
        await client.connect();
        try {
          return await client.query(sql, values);
        } finally {
          await client.end();
        }
      },
    });
    await expect(given(spread)).rejects.toMatchObject({
      code: 'unavailable',
      isRetryable: false,
      message: expect.stringContaining('has no transactions'),
    });
    const rowsOnly = { query: async () => [] } as unknown as PostgresClient;
    await expect(postgresPaymentStore(rowsOnly).get('x')).rejects.toThrow(/gives \{ rows \}/);
  });

  test('every query that goes on all the time uses an index', async () => {
    await store.get('x');
    await pool.query(`
      INSERT INTO momo_payments (id, scope, external_id, attempt, state, amount, currency, payer_id, created_at_ms,
        due_at_ms, needs_review, version, document)
      SELECT 'id' || n, 'scope' || n % 50, 'order' || n, 1, 'successful', '1', 'EUR', 'payer' || n % 9000, n,
        CASE WHEN n % 1000 = 0 THEN n END, CASE WHEN n % 1000 = 0 THEN 1 ELSE 0 END, 1, '{}'
      FROM generate_series(1, 40000) AS n;
      INSERT INTO momo_audit (payment_id, document) SELECT id, '{}' FROM momo_payments;
      INSERT INTO momo_callbacks (payment_id, document) SELECT id, '{}' FROM momo_payments;
      INSERT INTO momo_events (id, payment_id, sequence, is_delivered, document)
        SELECT id, id, 1, CASE WHEN created_at_ms % 1000 = 0 THEN 0 ELSE 1 END, '{}' FROM momo_payments;
      ANALYZE`);
    const seen: { sql: string; values: unknown[] }[] = [];
    const client = await pool.connect();
    const watched = postgresPaymentStore({
      query: (sql: string, values: unknown[] = []) => {
        seen.push({ sql, values });
        return client.query(sql, values);
      },
    });
    const request = { nowMs: 50_000, leaseMs: 1, limit: 8 };
    await watched.get('id7');
    await watched.find('scope7', 'order7');
    await watched.leaseDue(request);
    await watched.takeEvents(request);
    await watched.release('id7', 1);
    await watched.callbacks('id7');
    await watched.audit('id7');
    await watched.receipt('id7');
    const { payment } = sampleRow();
    const entry = { paymentId: 'id7', atMs: 1, direction: 'outbound-to-app', action: 'deliver' } as const;
    await watched.acknowledgeEvent('id7', entry);
    await watched.addCallback({ paymentId: 'id7', atMs: 1, raw: payment.id }, entry, 20);
    for (const filter of [
      {},
      { needsReview: true },
      { scope: 'scope7' },
      { payerId: 'payer7', createdFromMs: 39_000 },
    ]) {
      for await (const _ of watched.list(filter)) break;
    }
    const statements = seen.filter(({ sql }) => /momo_(?:payments|audit|events|callbacks)/.test(sql));
    expect(statements.length).toBeGreaterThan(12);
    for (const { sql, values } of statements) {
      const { rows } = await pool.query(`EXPLAIN ${sql}`, values);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan, sql).not.toMatch(/Seq Scan on momo_(?:payments|audit|events|callbacks)/);
    }
    client.release();
  });
});
