import { once } from 'node:events';
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { MomoCollections, type MomoCollectionsOptions } from '../../src/index.js';
import { type LedgerEvent, PaymentLedger, type PaymentStore } from '../../src/ledger/index.js';
import { type PostgresClient, postgresPaymentStore } from '../../src/ledger/postgres.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import { openPool, type StorePlace } from '../support/child-store.js';
import { createShiftedClock } from './clock.js';
import type { Act } from './scenarios.js';
import { ledgerOptions, order } from './shop.js';

/** What the child does, and at which of its steps it dies. */
export interface CrashTask {
  readonly place: StorePlace;
  readonly client: MomoCollectionsOptions;
  readonly acts: readonly Act[];
  readonly startMs: number;
  /** 1 is before its first step; 0 never. */
  readonly killAt: number;
}

/** What the child says and asks. */
export type CrashMessage =
  | { readonly says: 'handled'; readonly event: LedgerEvent }
  | { readonly says: 'over'; readonly steps: readonly string[] }
  | { readonly asks: 'approve' | 'reject' | 'callback' };

const [task] = (await once(process, 'message')) as [CrashTask];
const steps: string[] = [];

/** A step begins. Between two steps nothing happens that is seen from outside, so that is where every crash is. */
function begin(step: string): void {
  steps.push(step.replace(/\s+/g, ' ').slice(0, 60));
  if (steps.length === task.killAt) process.kill(process.pid, 'SIGKILL');
}

const tell = (message: CrashMessage) =>
  new Promise<void>((resolve, reject) => {
    process.send?.(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });

async function ask(message: CrashMessage): Promise<unknown> {
  const answer = once(process, 'message');
  await tell(message);
  return (await answer)[0];
}

function openStore(place: StorePlace): { store: PaymentStore; close: () => Promise<void> } {
  if (place.kind === 'sqlite') {
    const { exec } = DatabaseSync.prototype;
    DatabaseSync.prototype.exec = function (sql) {
      begin(sql);
      return exec.call(this, sql);
    };
    const { all } = StatementSync.prototype;
    StatementSync.prototype.all = function (this: StatementSync, ...values: unknown[]) {
      begin(this.sourceSQL);
      return Reflect.apply(all, this, values);
    };
    const store = sqlitePaymentStore(place.path);
    return { store, close: () => store.close() };
  }
  const pool = openPool(place, 1);
  const watched = (client: PostgresClient): PostgresClient => ({
    query: (sql, values) => {
      begin(sql);
      return client.query(sql, values);
    },
  });
  const store = postgresPaymentStore({
    ...watched(pool),
    connect: async () => {
      const client = await pool.connect();
      return { ...watched(client), release: (error?: boolean) => client.release(error) };
    },
  });
  return { store, close: () => pool.end() };
}

const { store, close } = openStore(task.place);
const clock = createShiftedClock(task.startMs);
const client = new MomoCollections({
  ...task.client,
  clock,
  fetch: async (input, init) => {
    const { method, url } = input instanceof Request ? input : new Request(input, init);
    begin(`${method} ${new URL(url).pathname.replace(/[0-9a-f-]{36}/, '…')}`);
    const response = await fetch(input, init);
    begin(`answer ${response.status}`);
    return response;
  },
});
const ledger = new PaymentLedger({ client, store, clock, ...ledgerOptions });

for (const act of task.acts) {
  if (act.do === 'charge') await ledger.charge({ ...order, attempt: act.attempt });
  else if (act.do === 'poll') {
    clock.advance(10_000);
    await ledger.pollDue();
  } else if (act.do === 'deliver') {
    await ledger.deliverEvents(async (event) => {
      begin('handler');
      await tell({ says: 'handled', event });
      begin('handled');
    });
  } else if (act.do === 'decide') await ask({ asks: act.outcome });
  else {
    const { url, method, headers, body } = (await ask({ asks: 'callback' })) as {
      url: string;
      method: string;
      headers: [string, string][];
      body: string;
    };
    await ledger.handleCallback(new Request(url, { method, headers, body }));
  }
}
await close();
begin('end');
await tell({ says: 'over', steps });
process.disconnect();
