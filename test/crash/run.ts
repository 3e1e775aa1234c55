import { strict as assert } from 'node:assert';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Pool } from 'pg';
import { MomoCollections } from '../../src/index.js';
import { type LedgerEvent, type LedgerPayment, PaymentLedger, type PaymentStore } from '../../src/ledger/index.js';
import type { MomoSandbox } from '../../src/testing/index.js';
import { startSandboxServer } from '../../src/testing/server/index.js';
import { openPlace, type StorePlace } from '../support/child-store.js';
import { temporaryFolder } from '../support/stores.js';
import type { CrashMessage, CrashTask } from './child.js';
import { createShiftedClock } from './clock.js';
import type { Act, Scenario } from './scenarios.js';
import { ledgerOptions, order } from './shop.js';

const startMs = 1_800_000_000_000;

export type StoreKind = StorePlace['kind'];

/** What came of one crash. */
export interface CrashResult {
  /** The steps of the child; only of one that lived. */
  readonly steps: readonly string[];
  /** Was the order in the ledger when the process died? */
  readonly wasRecorded: boolean;
  /** The states after the restart, one for each attempt. */
  readonly states: readonly string[];
}

/** An empty place for payments, and what removes it. */
async function newPlace(kind: StoreKind): Promise<{ place: StorePlace; remove: () => Promise<void> }> {
  if (kind === 'sqlite') {
    const folder = temporaryFolder();
    return { place: { kind, path: join(folder.path, 'payments.db') }, remove: async () => folder.remove() };
  }
  const url = String(process.env.DATABASE_URL);
  const schema = `momo_crash_${crypto.randomUUID().replaceAll('-', '')}`;
  const admin = new Pool({ connectionString: url, max: 1 });
  await admin.query(`CREATE SCHEMA ${schema}`);
  const remove = async () => {
    await admin.query(`DROP SCHEMA ${schema} CASCADE`);
    await admin.end();
  };
  return { place: { kind, url, schema }, remove };
}

/** The payers of what is open at MTN decide. */
function decide(sandbox: MomoSandbox, outcomeOf: (referenceId: string) => 'approve' | 'reject'): void {
  for (const { referenceId, status } of sandbox.payments) {
    if (status === 'PENDING' || status === 'CREATED') sandbox[outcomeOf(referenceId)](referenceId);
  }
}

/** MTN's callback for the newest payment, if there is any. */
function callbackOf(sandbox: MomoSandbox): Request | undefined {
  const newest = sandbox.payments.at(-1);
  return newest && sandbox.forgeCallback(newest.referenceId);
}

/** Lets the child live until it has done all, or dies. */
async function live(child: ChildProcess, sandbox: MomoSandbox, events: LedgerEvent[]): Promise<readonly string[]> {
  let steps: readonly string[] = [];
  child.on('message', async (message: CrashMessage) => {
    if ('says' in message) {
      if (message.says === 'handled') events.push(message.event);
      else steps = message.steps;
    } else if (message.asks === 'callback') {
      const request = callbackOf(sandbox);
      assert(request, 'a payment at MTN');
      const { url, method, headers } = request;
      child.send({ url, method, headers: [...headers], body: await request.text() });
    } else {
      decide(sandbox, () => message.asks as 'approve' | 'reject');
      child.send('done');
    }
  });
  const [code, signal] = await once(child, 'close');
  assert(code === 0 || signal === 'SIGKILL', `the child ended with ${code ?? signal}`);
  return steps;
}

async function paymentsIn(ledger: PaymentLedger): Promise<LedgerPayment[]> {
  const payments: LedgerPayment[] = [];
  for await (const payment of ledger.list()) payments.push(payment);
  return payments.sort((a, b) => a.attempt - b.attempt);
}

/** What has to be so when all is settled. */
async function expectAllRight(
  ledger: PaymentLedger,
  store: PaymentStore,
  sandbox: MomoSandbox,
  events: readonly LedgerEvent[],
): Promise<void> {
  const payments = await paymentsIn(ledger);
  const atMtn = new Map(sandbox.payments.map((payment) => [payment.referenceId, payment]));
  const creates = sandbox.calls.filter(({ operation }) => operation === 'requestToPay');
  for (const { referenceId, posts } of sandbox.payments) {
    assert(
      payments.some(({ id }) => id === referenceId),
      'every payment at MTN is in the ledger',
    );
    assert.equal(posts, 1, 'POSTs that made the payment');
    // A create that was sent again is answered 409.
    const taken = creates.filter(
      (call) => call.referenceId === referenceId && (call.status === 202 || call.dropped === 'after'),
    );
    assert.equal(taken.length, 1, 'creates that MTN took');
  }
  const byAttempt = new Set(payments.map(({ attempt }) => attempt));
  assert.equal(byAttempt.size, payments.length, 'one payment for each attempt');
  for (const { id, state, reason } of payments) {
    const status = atMtn.get(id)?.status;
    if (status === 'SUCCESSFUL') assert.equal(state, 'successful');
    else if (status === 'FAILED') assert.equal(state, 'failed');
    else {
      assert.equal(status, undefined, 'all is decided at MTN');
      const isRight = state === 'uncertain' || (state === 'failed' && reason?.code === 'never_sent');
      assert(isRight, `what MTN does not have is uncertain or never sent, and not ${state} ${reason?.code}`);
    }
    const row = await store.get(id);
    const own = events.filter(({ paymentId }) => paymentId === id);
    // Handed out at least once each, for the first time in order, and the same each time.
    const ids = [...new Set(own.map((event) => event.id))];
    const firsts = ids.map((eventId) => own.find((event) => event.id === eventId));
    assert.deepEqual(
      firsts.map((event) => event?.sequence),
      Array.from({ length: row?.eventCount ?? 0 }, (_, index) => index + 1),
      'events',
    );
    for (const event of own)
      assert.deepEqual(
        event,
        own.find(({ id: eventId }) => eventId === event.id),
      );
    const successes = new Set(own.filter(({ type }) => type === 'payment.successful').map((event) => event.id));
    assert.equal(successes.size, state === 'successful' ? 1 : 0, 'payment.successful');
    assert.equal((await ledger.receipt(id)) !== undefined, state === 'successful', 'receipt');
    // Every change of state is in the history, and leads from one to the next.
    let known: string | undefined;
    for (const { from, to } of await ledger.audit(id)) {
      if (to === undefined) continue;
      if (from !== undefined) assert.equal(from, known, 'state before');
      known = to;
    }
    assert.equal(known, state, 'state at the end of the history');
  }
}

/** Runs a scenario in a child that dies at a step, starts again, and looks whether all is right. */
export async function crash(
  scenario: Scenario,
  kind: StoreKind,
  killAt: number,
  childPath: string,
): Promise<CrashResult> {
  const { place, remove } = await newPlace(kind);
  // Its callbacks go nowhere: those that are to come, the test brings.
  const server = await startSandboxServer({
    port: 0,
    approval: 'manual',
    callbacks: { fetch: async () => new Response() },
  });
  const { sandbox } = server;
  const clientOptions = { ...server.credentials, baseUrl: server.url };
  const events: LedgerEvent[] = [];
  let opened: ReturnType<typeof openPlace> | undefined;
  try {
    if (!scenario.isFirstUse) {
      const prepared = openPlace(place);
      await prepared.store.get('nothing');
      await prepared.close();
    }
    scenario.prepare?.(sandbox);
    const startChild = (acts: readonly Act[], atMs: number, killStep: number) => {
      const child = fork(childPath, {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, NODE_COMPILE_CACHE: `${childPath}.cache` },
      });
      const task: CrashTask = { place, client: clientOptions, acts, startMs: atMs, killAt: killStep };
      child.send(task);
      return live(child, sandbox, events);
    };
    const steps = await startChild(scenario.acts, startMs, killAt);
    assert(killAt === 0 || steps.length === 0, 'the child should have died');
    let restartMs = startMs + scenario.downForMs;
    if (scenario.actsAfterRestart && killAt > 0) {
      // Some forty steps, in another order than those of the first crash.
      await startChild(scenario.actsAfterRestart, restartMs, 1 + ((killAt * 7) % 41));
      restartMs += scenario.downForMs;
    }

    opened = openPlace(place);
    const { store } = opened;
    const clock = createShiftedClock(restartMs);
    const client = new MomoCollections({ ...clientOptions, clock });
    const ledger = new PaymentLedger({ client, store, clock, ...ledgerOptions });
    const attempts = new Map<string, number>();
    const outcomeOf = (referenceId: string) => scenario.outcomeOf(attempts.get(referenceId) ?? 1);
    const settle = async () => {
      for (let rounds = 0; rounds < 60; rounds++) {
        await ledger.pollDue();
        const payments = await paymentsIn(ledger);
        for (const { id, attempt } of payments) attempts.set(id, attempt);
        decide(sandbox, outcomeOf);
        await ledger.deliverEvents((event) => events.push(event));
        const isOpen = ({ state }: LedgerPayment) => ['created', 'submitted', 'pending'].includes(state);
        const isToBeRead = ({ id, state }: LedgerPayment) =>
          state === 'uncertain' && sandbox.payments.some(({ referenceId }) => referenceId === id);
        if (!payments.some((payment) => isOpen(payment) || isToBeRead(payment))) break;
        clock.advance(10_000);
      }
      await ledger.deliverEvents((event) => events.push(event));
      await expectAllRight(ledger, store, sandbox, events);
    };
    const wasRecorded = (await paymentsIn(ledger)).length > 0;
    if (scenario.hasLateCallback) {
      const request = callbackOf(sandbox);
      if (request) await ledger.handleCallback(request);
    }
    await settle();
    const states = (await paymentsIn(ledger)).map(({ state }) => state);
    // The shop, which may not have had an answer, charges again: what is there stays the only one.
    const before = sandbox.payments.length;
    const known = (await paymentsIn(ledger)).find(({ attempt }) => attempt === 1);
    const again = await ledger.charge(order);
    if (known) {
      assert.equal(again.id, known.id, 'the payment of the order');
      assert.equal(sandbox.payments.length, before, 'payments at MTN');
    }
    await settle();
    return { steps, wasRecorded, states };
  } finally {
    await opened?.close();
    await server.close();
    await remove();
  }
}
