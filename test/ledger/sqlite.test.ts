import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type SqlitePaymentStore, sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import { changed, given, plain, sampleAudit, startMs } from '../../src/testing/store-contract/samples.js';
import { temporaryFolder } from '../support/stores.js';

describe('the store on SQLite', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let path: string;
  let store: SqlitePaymentStore;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder.path, 'payments.db');
    store = sqlitePaymentStore(path);
  });
  afterEach(async () => {
    await store.close();
    folder.remove();
  });

  test.each(['', ' ', undefined, 7])('%j is no path', (wrong) => {
    expect(() => sqlitePaymentStore(wrong as string)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  test('a folder that is not there, a folder in the place of a file and a file of another kind are told as such', async () => {
    const nowhere = sqlitePaymentStore(join(folder.path, 'no', 'payments.db'));
    await expect(nowhere.get('x')).rejects.toMatchObject({
      code: 'unavailable',
      isRetryable: false,
      message: expect.stringContaining('its file cannot be opened'),
    });
    await expect(sqlitePaymentStore(folder.path).get('x')).rejects.toThrow(/cannot be opened/);
    writeFileSync(path, 'a letter to the bank, and surely no database, but long enough to be looked at as one');
    await expect(store.get('x')).rejects.toMatchObject({
      code: 'unavailable',
      isRetryable: false,
      message: expect.stringContaining('something else than a SQLite database'),
    });
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be written to is told as such', async () => {
    await store.get('x');
    await store.close();
    chmodSync(path, 0o400);
    await expect(given(sqlitePaymentStore(path))).rejects.toThrow(/cannot be written to/);
  });

  test('a database that takes no writes is told as such, and no payment is touched', async () => {
    const row = await given(store);
    vi.spyOn(StatementSync.prototype, 'all').mockImplementation(() => {
      throw Object.assign(new Error('attempt to write a readonly database'), {
        code: 'ERR_SQLITE_ERROR',
        errcode: 1032,
      });
    });
    await expect(store.commit(plain(changed(row)))).rejects.toMatchObject({
      code: 'unavailable',
      isRetryable: false,
      message: expect.stringContaining('cannot be written to'),
      cause: expect.objectContaining({ message: 'ERR_SQLITE_ERROR' }),
    });
    vi.restoreAllMocks();
    expect(await store.get(row.payment.id)).toEqual(row);
  });

  test('while others hold the file it waits, and the process goes on', async () => {
    const row = await given(store);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 10);
    const committing = store.commit(plain(changed(row)));
    await sleep(300);
    other.exec('COMMIT');
    expect(await committing).toBe('committed');
    clearInterval(ticking);
    other.close();
    // SQLite itself would have stopped everything for all this time.
    expect(ticks).toBeGreaterThan(2);
  });

  test('when others hold the file for too long it is unavailable and retryable, and nothing is written', async () => {
    const row = await given(store);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const committing = store.commit(plain(changed(row))).catch((error: unknown) => error);
    await sleep(50);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11_000 });
    await committing;
    vi.useRealTimers();
    expect(await committing).toMatchObject({ code: 'unavailable', isRetryable: true });
    other.exec('COMMIT');
    other.close();
    expect(await store.commit(plain(changed(row)))).toBe('committed');
  });

  test('a step that fails half-way leaves nothing, and the next one works', async () => {
    const row = await given(store);
    const next = changed(row);
    const stray = { ...sampleAudit(row, 'of nobody'), paymentId: 'nobody' };
    const change = plain(next, { audit: [sampleAudit(row, 'first'), stray] });
    await expect(store.commit(change)).rejects.toMatchObject({ code: 'unavailable', isRetryable: false });
    expect(await store.get(row.payment.id)).toEqual(row);
    expect(await store.audit(row.payment.id)).toEqual([]);
    expect(await store.commit(plain(next))).toBe('committed');
  });

  test('it writes ahead, through to the disk, and keeps foreign keys', async () => {
    const exec = vi.spyOn(DatabaseSync.prototype, 'exec');
    await store.get('x');
    expect(exec.mock.calls.map(([sql]) => sql).join(';')).toMatch(/synchronous = FULL.*foreign_keys = ON/s);
    const other = new DatabaseSync(path);
    expect(other.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    other.close();
  });

  test('a closed store stays closed, and closing waits for the step that runs', async () => {
    const row = await given(store);
    const committing = store.commit(plain(changed(row)));
    await Promise.resolve();
    await store.close();
    expect(await committing).toBe('committed');
    await expect(store.get(row.payment.id)).rejects.toMatchObject({ code: 'unavailable' });
    await store.close();
    const again = sqlitePaymentStore(path);
    expect(await again.get(row.payment.id)).toEqual(changed(row));
    await again.close();
  });

  test('tables of a newer version are left alone', async () => {
    await store.get('x');
    const other = new DatabaseSync(path);
    other.exec('INSERT INTO momo_schema (version) VALUES (99)');
    other.close();
    const old = sqlitePaymentStore(path);
    await expect(old.get('x')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('newer'),
    });
    await old.close();
  });

  test('the schema itself refuses what may not be', async () => {
    await given(store, { externalId: 'order-1' });
    const second = await given(store, { externalId: 'order-1', attempt: 2 });
    const other = new DatabaseSync(path);
    other.exec('PRAGMA foreign_keys = ON');
    const receipt = (number: string, id: string) =>
      other.exec(`INSERT INTO momo_receipts (number, payment_id, scope, external_id, document)
        SELECT '${number}', ${id}, scope, external_id, '{}' FROM momo_payments LIMIT 1`);
    receipt('a', 'id');
    expect(() => receipt('b', `'${second.payment.id}'`)).toThrow(/UNIQUE.*scope.*external_id/);
    expect(() => other.exec("UPDATE momo_payments SET state = 'paid'")).toThrow(/CHECK/);
    expect(() => other.exec('UPDATE momo_payments SET attempt = 1')).toThrow(/UNIQUE/);
    expect(() => other.exec("INSERT INTO momo_audit (payment_id, document) VALUES ('nobody', '{}')")).toThrow(
      /FOREIGN/,
    );
    other.close();
  });

  test('no query goes through a whole table', async () => {
    const seen = new Set<string>();
    const { all } = StatementSync.prototype;
    vi.spyOn(StatementSync.prototype, 'all').mockImplementation(function (this: StatementSync, ...values: unknown[]) {
      seen.add(this.sourceSQL);
      return Reflect.apply(all, this, values);
    });
    const row = await given(store);
    const { id, externalId } = row.payment;
    const request = { nowMs: startMs, leaseMs: 1, limit: 8 };
    await store.find('', externalId);
    await store.commit(plain(changed(row)));
    await store.leaseDue(request);
    await store.release(id, 1);
    await store.takeEvents(request);
    await store.acknowledgeEvent('none', sampleAudit(row, ''));
    await store.releaseEvent('none', sampleAudit(row, ''), { leasedUntilMs: startMs, dueAtMs: startMs });
    await store.addCallback({ paymentId: id, atMs: startMs, raw: {} }, sampleAudit(row, ''), 20);
    await Promise.all([store.callbacks(id), store.audit(id), store.receipt(id)]);
    for (const filter of [{}, { needsReview: true }, { scope: '' }, { payerId: '1', createdFromMs: 1 }]) {
      for await (const _ of store.list(filter)) break;
    }
    vi.restoreAllMocks();
    const other = new DatabaseSync(path);
    const queries = [...seen].filter((sql) => /^(?:SELECT|UPDATE|WITH)/.test(sql.trim()) && sql.includes('momo_'));
    expect(queries.length).toBeGreaterThan(14);
    for (const sql of queries) {
      const steps = other
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => String(detail));
      const scans = steps.filter(
        (step) =>
          /^SCAN (?!due|deliverable|CONSTANT|sqlite_schema|momo_read_permits)/.test(step) &&
          !step.includes('USING INDEX'),
      );
      expect(scans, sql).toEqual([]);
    }
    other.close();
  });
});
