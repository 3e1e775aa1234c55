import { MomoCollections, type MomoCollectionsOptions, MomoError, type PaymentStatus } from '../../src/index.js';
import {
  type ChargeRequest,
  type LedgerClient,
  type LedgerEvent,
  type LedgerNotice,
  type LedgerPayment,
  memoryPaymentStore,
  PaymentLedger,
  type PaymentLedgerOptions,
  type PaymentStore,
} from '../../src/ledger/index.js';
import { createMomoSandbox, type MomoSandbox, type MomoSandboxOptions } from '../../src/testing/index.js';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

export const order: ChargeRequest = { externalId: 'order-1', amount: '12.50', currency: 'EUR', payer: '46733999888' };

export const callbackSecret = 'a secret of more than 16 bytes';

/** All of it, as `Array.fromAsync` will do one day. */
export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

interface ShopOptions {
  readonly store?: PaymentStore;
  readonly sandbox?: MomoSandbox | MomoSandboxOptions;
  readonly ledger?: Partial<PaymentLedgerOptions>;
  readonly client?: Partial<MomoCollectionsOptions>;
}

/** A shop with its ledger, on a sandbox where the payer decides by hand. */
export function openShop({ store = memoryPaymentStore(), sandbox: given = {}, ...more }: ShopOptions = {}) {
  const sandbox = 'fetch' in given ? given : createMomoSandbox({ approval: 'manual', ...given });
  const own = sandbox.clientOptions();
  const clientOptions = { ...own, ...more.client };
  const notices: LedgerNotice[] = [];
  const client = new MomoCollections(clientOptions);
  const ledger = new PaymentLedger({
    client,
    store,
    clock: own.clock,
    callbackUrl: 'https://shop.example/momo',
    callbackSecrets: callbackSecret,
    organisation: { name: 'Corner Books', contact: 'pay@books.example' },
    onEvent: (notice) => notices.push(notice),
    ...more.ledger,
  });
  const events: LedgerEvent[] = [];
  return {
    sandbox,
    store,
    client,
    ledger,
    notices,
    /** What the app was told, in order. */
    events,
    now: () => own.clock.now(),
    /** Time passes, with a sweep every so often, and the app hears of it. */
    async pass(ms: number, stepMs = ms) {
      for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
        sandbox.advance(Math.min(stepMs, leftMs));
        await ledger.pollDue();
      }
      await ledger.deliverEvents((event) => events.push(event));
    },
    told: async () => {
      await ledger.deliverEvents((event) => events.push(event));
      return events.map(({ type }) => type.slice('payment.'.length));
    },
    /** The next status reads show this in the place of the truth. */
    readsShow(payment: LedgerPayment, status: string, over: Readonly<Record<string, unknown>> = {}, times = 1) {
      const { amount, currency, externalId, payer } = payment;
      const id = status === 'SUCCESSFUL' ? { financialTransactionId: '1546245' } : {};
      const body = { ...id, amount, currency, externalId, payer, payerMessage: 'x', payeeNote: 'x', status, ...over };
      return sandbox.fault({ on: 'getRequestToPay', body, times });
    },
    /** How often MTN was asked. */
    calls: (operation: string) => sandbox.calls.filter((call) => call.operation === operation),
    state: async (id: string) => (await ledger.get(id))?.state,
    reasons: async () => (await ledger.review()).map(({ reason }) => reason),
    actions: async (id: string) => (await ledger.audit(id)).map(({ action }) => action),
  };
}

/** What MTN says of a payment: a word, with a reason where it failed. */
type Word = 'pending' | 'successful' | 'failed' | 'expired' | 'not-found' | 'no-answer';

/** An MTN behind the ledger's own port: no HTTP, and it says what it is told to. */
export interface FakeMtn extends LedgerClient {
  readonly sends: { readonly referenceId: string; readonly body: string }[];
  readonly reads: string[];
  /** What a read says; per payment, else for all. */
  says(word: Word, referenceId?: string): void;
  /** What becomes of the next sends: taken when nothing is given. */
  nextSend(...outcomes: (Error | undefined)[]): void;
  /** Runs within each read, after its word was fixed: things that happen meanwhile. */
  during?: (() => Promise<void>) | undefined;
}

export function createFakeMtn(place: Pick<LedgerClient, 'baseUrl' | 'targetEnvironment'> = {}): FakeMtn {
  const requests = new Map<string, Parameters<LedgerClient['requestToPay']>[0]>();
  const words = new Map<string, Word>();
  const outcomes: (Error | undefined)[] = [];
  let general: Word = 'pending';
  const mtn: FakeMtn = {
    ...place,
    sends: [],
    reads: [],
    says: (word, referenceId) => {
      if (referenceId === undefined) general = word;
      else words.set(referenceId, word);
    },
    nextSend: (...more) => void outcomes.push(...more),
    async requestToPay(request) {
      const { referenceId } = request;
      mtn.sends.push({ referenceId, body: JSON.stringify(request) });
      const error = outcomes.shift();
      if (error !== undefined) throw error;
      requests.set(referenceId, request);
      const where = { targetEnvironment: place.targetEnvironment ?? '', baseUrl: place.baseUrl ?? '' };
      return { referenceId, outcome: 'accepted', compared: false, attempts: 1, ...where };
    },
    async getRequestToPay(referenceId) {
      mtn.reads.push(referenceId);
      const word = words.get(referenceId) ?? general;
      await mtn.during?.();
      if (word === 'no-answer') throw new MomoError('unavailable', 'no answer', { referenceId });
      if (word === 'not-found') throw new MomoError('not_found', 'not found', { referenceId, status: 404 });
      const request = requests.get(referenceId);
      const status = word === 'pending' ? 'PENDING' : word === 'successful' ? 'SUCCESSFUL' : 'FAILED';
      return {
        referenceId,
        status,
        state: word,
        isFinal: word !== 'pending',
        amount: String(request?.amount ?? '12.50'),
        currency: request?.currency ?? 'EUR',
        ...(word === 'successful' && { financialTransactionId: '1943071845' }),
        ...(status === 'FAILED' && { reason: { code: word === 'expired' ? 'EXPIRED' : 'APPROVAL_REJECTED' } }),
        raw: {},
      } as PaymentStatus;
    },
    checkNow: () => false,
  };
  return mtn;
}

/** A clock that stands still until it is moved; waits take no time. */
export function createHandClock(startMs = Date.UTC(2026, 4, 4)) {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
    advance: (ms: number) => {
      nowMs += ms;
    },
    set: (ms: number) => {
      nowMs = ms;
    },
  };
}

/** A ledger on that fake MTN. */
export function openFakeShop(
  options: Partial<PaymentLedgerOptions> & { readonly clock?: ReturnType<typeof createHandClock> } = {},
) {
  const mtn = createFakeMtn();
  const clock = options.clock ?? createHandClock();
  const store = options.store ?? memoryPaymentStore();
  const notices: LedgerNotice[] = [];
  const ledger = new PaymentLedger({
    client: mtn,
    onEvent: (notice) => notices.push(notice),
    ...options,
    clock,
    store,
  });
  const events: LedgerEvent[] = [];
  return {
    mtn,
    clock,
    store,
    ledger,
    notices,
    events,
    told: async () => {
      await ledger.deliverEvents((event) => events.push(event));
      return events.map(({ type }) => type.slice('payment.'.length));
    },
    pass: async (ms: number, stepMs = ms) => {
      for (let leftMs = ms; leftMs > 0; leftMs -= stepMs) {
        clock.advance(Math.min(stepMs, leftMs));
        await ledger.pollDue();
      }
    },
    state: async (id: string) => (await ledger.get(id))?.state,
    reasons: async () => (await ledger.review()).map(({ reason }) => reason),
  };
}

/**
 * A process that dies in the middle: whatever it would have written from then on is lost.
 *
 * @param when - Before the call reaches the store, or after it was done and before the process knows.
 */
export function crashing(
  store: PaymentStore,
  at: (method: keyof PaymentStore, call: number, calls: number) => boolean,
  when: 'before' | 'after' = 'before',
): PaymentStore {
  const calls = new Map<string, number>();
  let all = 0;
  let isDead = false;
  return new Proxy(store, {
    get(target, name: keyof PaymentStore) {
      return async (...given: never[]) => {
        const call = (calls.get(name) ?? 0) + 1;
        calls.set(name, call);
        all += 1;
        const isHere = !isDead && at(name, call, all);
        if (isHere && when === 'after') await (target[name] as (...more: never[]) => unknown)(...given);
        isDead ||= isHere;
        if (isDead) throw new Error('the process is dead');
        return (target[name] as (...more: never[]) => unknown)(...given);
      };
    },
  });
}
