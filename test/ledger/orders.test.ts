import { beforeAll, describe, expect, test } from 'vitest';
import { createCallbackUrl } from '../../src/callback/index.js';
import {
  type LedgerEvent,
  memoryPaymentStore,
  PaymentLedger,
  type PaymentRow,
  type PaymentStore,
  type Receipt,
} from '../../src/ledger/index.js';
import { callbackSecret, createFakeMtn, createHandClock, order } from './support.js';

/** What can happen to a payment. A status read is a sweep when one is due; a callback is always followed by a read. */
const things = [
  'callback pending',
  'callback success',
  'callback failure',
  'status pending',
  'status success',
  'deadline',
  'duplicate',
] as const;
type Thing = (typeof things)[number];

const longest = 6;

/** What one payment has come to, as plain values: going back to an earlier moment is an assignment. */
interface Memory {
  row: PaymentRow | undefined;
  events: readonly LedgerEvent[];
  receipts: readonly Receipt[];
}

/** The few methods that one payment needs, on a memory that can be put back. */
function leanStore(memory: Memory): PaymentStore {
  const unused = async () => {
    throw new Error('not needed here');
  };
  const write: PaymentStore['commit'] = async ({ row, events, receipt }) => {
    if ((memory.row?.version ?? 0) !== row.version - 1) return 'stale';
    if (receipt && memory.receipts.length > 0) return 'second-receipt';
    memory.row = row;
    memory.events = [...memory.events, ...events];
    if (receipt) memory.receipts = [...memory.receipts, receipt];
    return 'committed';
  };
  return {
    insert: async (change) => (await write(change)) === 'committed',
    commit: write,
    get: async (id) => (memory.row?.payment.id === id ? memory.row : undefined),
    find: async () => (memory.row ? [memory.row] : []),
    leaseDue: async ({ nowMs, leaseMs }) => {
      const { row } = memory;
      const isDue = row?.dueAtMs !== undefined && row.dueAtMs <= nowMs;
      return isDue ? [{ row, leasedUntilMs: nowMs + leaseMs }] : [];
    },
    release: async () => undefined,
    takeReadPermit: async () => 0,
    returnReadPermit: async () => undefined,
    addCallback: async () => true,
    receipt: async () => memory.receipts[0],
    takeEvents: unused,
    acknowledgeEvent: unused,
    releaseEvent: unused,
    callbacks: unused,
    audit: unused,
    list: () => {
      throw new Error('not needed here');
    },
  };
}

/** A payment that was just charged, and hands to make things happen to it. */
async function openWorld(store: PaymentStore, readRow: () => Promise<PaymentRow | undefined>) {
  const clock = createHandClock();
  const mtn = createFakeMtn();
  /** What MTN's reads have said, and whether the time is over. */
  const seen = { words: '', isOver: false };
  const read = mtn.getRequestToPay;
  mtn.getRequestToPay = async (id, options) => {
    const status = await read(id, options);
    seen.words += status.state === 'pending' ? 'p' : 's';
    return status;
  };
  const ledger = new PaymentLedger({
    client: mtn,
    store,
    clock,
    callbackUrl: 'https://shop.example/momo',
    callbackSecrets: callbackSecret,
  });
  const { id } = await ledger.charge(order);
  const expiresAtMs = clock.now() + 86_400_000;
  const url = await createCallbackUrl({
    baseUrl: 'https://shop.example/momo',
    referenceId: id,
    secret: callbackSecret,
    expiresAtMs,
  });
  const sweepWhenDue = async (word: 'pending' | 'successful') => {
    mtn.says(word);
    const dueAtMs = (await readRow())?.dueAtMs;
    if (dueAtMs !== undefined) clock.advance(Math.max(dueAtMs - clock.now(), 0));
    await ledger.pollDue({ limit: 1 });
  };
  const callback = (status: string) =>
    ledger.handleCallback(new Request(url, { method: 'POST', body: JSON.stringify({ status }) }));
  const act: Record<Thing, () => Promise<unknown>> = {
    'callback pending': () => callback('PENDING'),
    'callback success': () => callback('SUCCESSFUL'),
    'callback failure': () => callback('FAILED'),
    'status pending': () => sweepWhenDue('pending'),
    'status success': () => sweepWhenDue('successful'),
    deadline: async () => {
      seen.isOver = true;
      clock.advance(600_000);
      await ledger.pollDue({ limit: 1 });
    },
    duplicate: () => ledger.charge(order),
  };
  return { ledger, clock, mtn, seen, act, id };
}

/** What it has to be: by what MTN's reads said and whether time is over, in whatever order all came. */
function expectedState({ words, isOver }: { words: string; isOver: boolean }): string {
  if (words.includes('s')) return 'successful';
  if (isOver) return 'uncertain';
  return words.includes('p') ? 'pending' : 'submitted';
}

describe(`in every order of up to ${longest} things`, () => {
  let count = 0;
  const wrong: string[] = [];
  /** By path, for the comparison with a store that is in earnest. */
  const short = new Map<string, string>();

  beforeAll(async () => {
    const memory: Memory = { row: undefined, events: [], receipts: [] };
    const world = await openWorld(leanStore(memory), async () => memory.row);
    const { clock, mtn, seen, act } = world;
    let word: 'pending' | 'successful' = 'pending';

    const goOn = async (path: readonly Thing[]): Promise<void> => {
      if (path.length === longest) return;
      const before = { ...memory, ...seen, nowMs: clock.now(), word };
      for (const thing of things) {
        if (thing === 'status success') word = 'successful';
        if (thing === 'status pending') word = 'pending';
        await act[thing]();
        count += 1;
        const paid = memory.events.filter(({ type }) => type === 'payment.successful').length;
        const state = String(memory.row?.payment.state);
        const isPaid = state === 'successful' ? 1 : 0;
        if (state !== expectedState(seen) || paid !== isPaid || memory.receipts.length !== isPaid) {
          wrong.push(`${[...path, thing].join(', ')}: ${state}, ${paid} events, ${memory.receipts.length} receipts`);
        }
        if (path.length < 3) short.set([...path, thing].join(), `${state} ${memory.events.map(({ type }) => type)}`);
        await goOn([...path, thing]);
        const { row, events, receipts, words, isOver } = before;
        Object.assign(memory, { row, events, receipts });
        Object.assign(seen, { words, isOver });
        clock.set(before.nowMs);
        word = before.word;
        mtn.says(word);
      }
    };
    await goOn([]);
  }, 120_000);

  test('the state follows from what MTN said, with at most one payment.successful and one receipt', () => {
    expect(count).toBe(7 + 7 ** 2 + 7 ** 3 + 7 ** 4 + 7 ** 5 + 7 ** 6);
    expect(wrong).toEqual([]);
  });

  test('the store in memory comes to the same', async () => {
    expect(short.size).toBe(7 + 7 ** 2 + 7 ** 3);
    for (const [path, outcome] of short) {
      const store = memoryPaymentStore();
      const { ledger, act, id } = await openWorld(store, async () => (await store.find('', order.externalId))[0]);
      for (const thing of path.split(',')) await act[thing as Thing]();
      const events: string[] = [];
      await ledger.deliverEvents(({ type }) => events.push(type));
      expect(`${(await ledger.get(id))?.state} ${events}`, path).toBe(outcome);
    }
  }, 60_000);
});
