import { maskDigits } from '../../payment/mask.js';
import { parseUrl } from '../../payment/urls.js';
import type { Faults } from '../faults.js';
import { maskParty } from '../redact.js';
import type { Fault, MomoSandbox, SandboxCall, SandboxCallback, SandboxPayment } from '../types.js';

/** One of a list, by its place in it: 0 is the first that ever came. */
export type Numbered<Item> = Item & { readonly n: number };

/** A payment as it may be shown: no phone number, no secret of a callback URL. */
export type PaymentView = Pick<
  SandboxPayment,
  'referenceId' | 'operation' | 'status' | 'currency' | 'externalId' | 'reason' | 'financialTransactionId'
> & {
  /** Absent where none is asked for, as in a pre-approval. */
  readonly amount?: string;
  /** Masked to the last three. */
  readonly payer: string;
  readonly payerMessage?: string;
  readonly payeeNote?: string;
  /** Where the callback goes; the origin only. */
  readonly callbackUrl?: string;
  readonly createdAtMs: number;
  /** When the payer's time is over; absent once it is decided, and where nobody waits for him. */
  readonly expiresAtMs?: number;
};

/** A fault still to come. */
export type FaultView = Omit<Fault, 'times'> & { readonly id: number; readonly left: number | 'always' };

/** What stays the same as long as the server runs, and the one switch beside the faults. */
export interface ServerView {
  /** Another one after a restart. */
  readonly startId: string;
  readonly url: string;
  readonly approval: 'automatic' | 'manual';
  readonly targetEnvironment: string;
  readonly callbacks: 'delivered' | 'lost';
}

/** What the page and the log may see, each list readable at any place without the others. */
export interface View {
  server(): ServerView;
  faults(): readonly FaultView[];
  now(): number;
  readonly lists: {
    readonly calls: List<SandboxCall>;
    readonly payments: List<PaymentView>;
    readonly callbacks: List<SandboxCallback>;
  };
}

export interface List<Item> {
  count(): number;
  at(n: number): Numbered<Item>;
  /** Another one as soon as the item has changed. */
  mark(n: number): unknown;
  /** The places of those that may still change, however old they are. */
  open(): readonly number[];
}

function isOpen({ status }: SandboxPayment): boolean {
  return status === 'CREATED' || status === 'PENDING';
}

function listOf<Raw, Item>(read: () => readonly Raw[], show: (item: Raw) => Item): List<Item> {
  // Before it is read, the sandbox lets happen what is due: once a look is enough.
  let items = read();
  return {
    count() {
      items = read();
      return items.length;
    },
    at: (n) => ({ n, ...show(items[n] as Raw) }),
    // What changes is replaced, so that looking at thousands costs next to nothing.
    mark: (n) => items[n],
    open: () => [],
  };
}

/** Remembers which are open, so that a look at them costs nothing for all that are decided. */
function followOpen(read: () => readonly SandboxPayment[]): () => readonly number[] {
  let places: number[] = [];
  let next = 0;
  return () => {
    const payments = read();
    for (; next < payments.length; next += 1) places.push(next);
    places = places.filter((n) => isOpen(payments[n] as SandboxPayment));
    return places;
  };
}

function toPaymentView(payment: SandboxPayment, approval: ServerView['approval']): PaymentView {
  const { referenceId, operation, status, amount, currency, externalId, payer, createdAtMs, expiresAtMs } = payment;
  const { payerMessage, payeeNote, callbackUrl, reason, financialTransactionId } = payment;
  return {
    referenceId,
    operation,
    status,
    ...(amount === '0' ? {} : { amount }),
    currency,
    externalId: maskDigits(externalId),
    payer: maskParty(payer.partyId),
    ...(payerMessage === undefined ? {} : { payerMessage: maskDigits(payerMessage) }),
    ...(payeeNote === undefined ? {} : { payeeNote: maskDigits(payeeNote) }),
    ...(callbackUrl === undefined ? {} : { callbackUrl: `${parseUrl(callbackUrl)?.origin}/***` }),
    ...(reason === undefined ? {} : { reason }),
    ...(financialTransactionId === undefined ? {} : { financialTransactionId }),
    createdAtMs,
    ...(isOpen(payment) && approval === 'manual' ? { expiresAtMs } : {}),
  };
}

export function createView(sandbox: MomoSandbox, faults: Faults, server: () => ServerView): View {
  const { clock } = sandbox.clientOptions();
  const { approval } = server();
  return {
    server,
    now: clock.now,
    faults: () =>
      faults.pending.map(({ id, left, fault: { times: _times, ...fault } }) => ({
        id,
        ...fault,
        left: Number.isFinite(left) ? left : 'always',
      })),
    lists: {
      calls: {
        ...listOf(
          () => sandbox.calls,
          (call) => call,
        ),
        // A call is filled in while it is under way.
        mark: (n) => JSON.stringify(sandbox.calls[n]),
      },
      payments: {
        ...listOf(
          () => sandbox.payments,
          (payment) => toPaymentView(payment, approval),
        ),
        open: followOpen(() => sandbox.payments),
      },
      callbacks: listOf(
        () => sandbox.callbacks,
        (callback) => callback,
      ),
    },
  };
}
