import { invalidInput } from '../errors.js';
import { toErrorReason } from './answers.js';
import type { SimulatedClock } from './clock.js';
import type { RandomSource } from './random.js';
import type { Scenario } from './scenarios.js';
import type { OperationName, SandboxPayment } from './types.js';

/** The payer has about five minutes to approve, if nothing else is said. */
const usualPatienceMs = 5 * 60_000;
// 454 was seen CREATED at first and SUCCESSFUL after roughly 5 to 45 s.
const delayedPendingMs = 3000;
const delayedSuccessfulMs = 10_000;

/** What a create carries, checked. */
type PaymentDetails = Pick<
  SandboxPayment,
  'operation' | 'referenceId' | 'amount' | 'currency' | 'externalId' | 'payer' | 'callbackMethod'
> & {
  readonly [Field in 'payerMessage' | 'payeeNote' | 'callbackUrl']?: string | undefined;
} & Pick<SandboxPayment, 'fields'> & {
    /** How long the payer may take to approve. */
    readonly patienceMs?: number;
  };

interface PaymentRecord {
  index: number;
  ownerKey: string;
  visibleAtMs: number;
  isAwaitingPayer: boolean;
}

/** The payments the sandbox holds. */
export interface Payments {
  readonly list: readonly SandboxPayment[];
  has(referenceId: string): boolean;
  /** One this subscription key may see, made by this operation. */
  findVisible(referenceId: string, ownerKey: string, madeBy: OperationName): SandboxPayment | undefined;
  isAwaitingPayer(referenceId: string): boolean;
  add(details: PaymentDetails, scenario: Scenario, options: { ownerKey: string; lagMs: number }): void;
  /** By hand: the payer's decision. */
  decide(referenceId: string, action: string, failureCode: string | undefined): void;
  /** @throws MomoError `invalid_input` for one that never came. */
  get(referenceId: string, action: string): SandboxPayment;
  next(): Promise<SandboxPayment>;
}

export function createPayments(options: {
  clock: SimulatedClock;
  random: RandomSource;
  onFinal: (payment: SandboxPayment) => void;
  onChange: () => void;
}): Payments {
  const { clock, random, onFinal, onChange } = options;
  const list: SandboxPayment[] = [];
  const records = new Map<string, PaymentRecord>();
  let waiting: ((payment: SandboxPayment) => void)[] = [];
  let transactionCount = random.integer(1_000_000);

  function find(referenceId: unknown): { payment: SandboxPayment; record: PaymentRecord } | undefined {
    const record = typeof referenceId === 'string' ? records.get(referenceId.toLowerCase()) : undefined;
    const payment = record && list[record.index];
    return record && payment && { payment, record };
  }

  /** Whoever held the payment keeps what he saw: each change is a new object. */
  function update(referenceId: string, changes: Partial<SandboxPayment>): void {
    const found = find(referenceId);
    if (found === undefined || isSettled(found.payment)) return;
    const payment: SandboxPayment = Object.freeze({ ...found.payment, ...changes });
    list[found.record.index] = payment;
    onChange();
    if (!isSettled(payment)) return;
    found.record.isAwaitingPayer = false;
    onFinal(payment);
  }

  function succeed(referenceId: string): void {
    transactionCount += 1;
    update(referenceId, { status: 'SUCCESSFUL', financialTransactionId: String(1_000_000 + transactionCount) });
  }

  function fail(referenceId: string, code: string): void {
    update(referenceId, { status: 'FAILED', reason: toErrorReason(code) });
  }

  function start(referenceId: string, scenario: Scenario, patienceMs: number): void {
    switch (scenario.kind) {
      case 'successful':
        succeed(referenceId);
        break;
      case 'failed':
        fail(referenceId, scenario.code);
        break;
      case 'delayed':
        clock.schedule(delayedPendingMs, () => update(referenceId, { status: 'PENDING' }));
        clock.schedule(delayedSuccessfulMs, () =>
          scenario.code === undefined ? succeed(referenceId) : fail(referenceId, scenario.code),
        );
        break;
      case 'payer':
        clock.schedulePatience(patienceMs, () => {
          if (!isAwaitingPayer(referenceId)) return;
          fail(referenceId, 'EXPIRED');
          clock.release();
        });
    }
  }

  function isAwaitingPayer(referenceId: string): boolean {
    return find(referenceId)?.record.isAwaitingPayer === true;
  }

  function get(referenceId: string, action: string) {
    clock.catchUp();
    const found = find(referenceId);
    if (found !== undefined) return found;
    throw invalidInput(`Cannot ${action}`, [
      {
        path: 'referenceId',
        message:
          'is of no payment that arrived here: wait for it with nextPayment(), or look for its reference id in payments',
      },
    ]);
  }

  return {
    get list() {
      clock.catchUp();
      return list;
    },
    has: (referenceId) => records.has(referenceId),
    findVisible(referenceId, ownerKey, madeBy) {
      const found = find(referenceId);
      if (found === undefined || found.record.ownerKey !== ownerKey || found.payment.operation !== madeBy) return;
      return clock.now() >= found.record.visibleAtMs ? found.payment : undefined;
    },
    isAwaitingPayer,
    add(details, scenario, { ownerKey, lagMs }) {
      const { payerMessage, payeeNote, callbackUrl, patienceMs = usualPatienceMs, ...rest } = details;
      const payment: SandboxPayment = Object.freeze({
        ...rest,
        ...(payerMessage === undefined ? {} : { payerMessage }),
        ...(payeeNote === undefined ? {} : { payeeNote }),
        ...(callbackUrl === undefined ? {} : { callbackUrl }),
        status: scenario.kind === 'delayed' ? 'CREATED' : 'PENDING',
        createdAtMs: clock.now(),
        expiresAtMs: clock.now() + patienceMs,
        posts: 1,
      });
      records.set(payment.referenceId, {
        index: list.push(payment) - 1,
        ownerKey,
        visibleAtMs: clock.now() + lagMs,
        isAwaitingPayer: scenario.kind === 'payer',
      });
      onChange();
      start(payment.referenceId, scenario, patienceMs);
      clock.release();
      const arrived = waiting;
      waiting = [];
      for (const tell of arrived) tell(get(payment.referenceId, 'read').payment);
    },
    decide(referenceId, action, failureCode) {
      const { payment } = get(referenceId, action);
      if (isSettled(payment)) {
        const message = `is of a payment that is ${payment.status} already, and that is final: make a new one`;
        throw invalidInput(`Cannot ${action}`, [{ path: 'referenceId', message }], payment.referenceId);
      }
      if (failureCode === undefined) succeed(payment.referenceId);
      else fail(payment.referenceId, failureCode);
      clock.release();
    },
    get: (referenceId, action) => get(referenceId, action).payment,
    next: () => new Promise((resolve) => void waiting.push(resolve)),
  };
}

function isSettled(payment: SandboxPayment): boolean {
  return payment.status === 'SUCCESSFUL' || payment.status === 'FAILED';
}
