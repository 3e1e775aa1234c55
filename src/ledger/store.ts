import type { PollState } from '../payment/poll-step.js';
import type { PaymentState } from '../payment/state.js';
import type { AuditEntry } from './audit.js';
import type { LedgerEvent } from './event.js';
import type { LedgerPayment } from './payment.js';
import type { Receipt } from './receipt.js';

/** How the create of a payment goes out. */
export interface PaymentSending {
  /** The exact body, the same in every send. */
  readonly body: string;
  /** A signed one is a secret. */
  readonly callbackUrl?: string;
  /** How many sends were begun. */
  readonly sends: number;
  /** When the last one was begun, written before it left. */
  readonly startedAtMs?: number;
  /** Was any send begun of which it is not certain that nothing arrived? */
  readonly mayHaveArrived: boolean;
  /** Has MTN shown that it has the payment? Then it is never sent again. */
  readonly hasArrived: boolean;
  /** How often in a row MTN's wallet knew no such payment. */
  readonly notFoundInARow: number;
}

/** A payment as a store keeps it: JSON, with what the ledger needs beside what it shows. */
export interface PaymentRow {
  readonly payment: LedgerPayment;
  readonly sending: PaymentSending;
  readonly poll: PollState;
  /** Since when it is uncertain, or expired: from there the late reads are counted. */
  readonly lateSinceMs?: number;
  /** When it is to be looked at next, in epoch milliseconds; absent when it need not be. */
  readonly dueAtMs?: number;
  /** How many events it has had. */
  readonly eventCount: number;
  /** 1 when it is inserted, one more with each change. */
  readonly version: number;
}

/** Everything one step writes, all of it or nothing. */
export interface PaymentChange {
  /** As it will be: its `version` is one above the stored one. */
  readonly row: PaymentRow;
  readonly audit: readonly AuditEntry[];
  readonly events: readonly LedgerEvent[];
  readonly receipt?: Receipt | undefined;
}

/** A payment leased to the caller alone, until the lease is released or its time is over. */
export interface LeasedPayment {
  readonly row: PaymentRow;
  /** Epoch milliseconds; also what tells this lease from a later one. */
  readonly leasedUntilMs: number;
}

/** An authenticated callback, as it came. */
export interface StoredCallback {
  readonly paymentId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** The parsed body: it does hold the payer. */
  readonly raw: unknown;
}

/** What to lease. */
export interface LeaseRequest {
  readonly nowMs: number;
  readonly leaseMs: number;
  readonly limit: number;
}

/** How an event is given up. */
export interface EventRelease {
  /** The lease to give up: `nowMs` and `leaseMs` with which it was taken. One that is not the current one is left alone. */
  readonly leasedUntilMs: number;
  /** From when on it can be taken again. */
  readonly dueAtMs: number;
}

/** Which payments to list; what is not given does not matter. */
export interface PaymentFilter {
  readonly states?: readonly PaymentState[] | undefined;
  /** Only those with open questions. */
  readonly needsReview?: boolean | undefined;
  readonly scope?: string | undefined;
  /** The order's id: all its attempts, in every scope unless one is given. */
  readonly externalId?: string | undefined;
  /** The payer's `partyId`. */
  readonly payerId?: string | undefined;
  /** Created at this time or later, in epoch milliseconds. */
  readonly createdFromMs?: number | undefined;
  /** Created before this time. */
  readonly createdBeforeMs?: number | undefined;
}

/**
 * Where a {@link PaymentLedger} keeps everything: memory, SQLite, PostgreSQL, or one of yours, which
 * `paymentStoreContract` in `momo-collections/testing` puts to the test.
 *
 * Rows, entries, events and receipts are JSON; a store gives back what it was given. Each method is atomic on its own, for
 * any number of processes: when it has settled, what it wrote survives a crash; when the process dies within it,
 * everything or nothing of it was written. Leases and permits go by the `nowMs` of the callers.
 */
export interface PaymentStore {
  /**
   * Adds a payment of version 1, leased until `leasedUntilMs`.
   *
   * @returns False, and nothing is written, when its `id` or its (`scope`, `externalId`, `attempt`) is there already.
   */
  insert(change: PaymentChange, leasedUntilMs: number): Promise<boolean>;
  get(id: string): Promise<PaymentRow | undefined>;
  /** All attempts of an order, the first one first. */
  find(scope: string, externalId: string): Promise<PaymentRow[]>;
  /**
   * Compare and set: writes the change when the stored row is one version behind it, and otherwise nothing.
   *
   * @param releasing - The lease to give up along with it, if it is still the current one.
   * @returns `stale` for another version; `second-receipt` when it brings a receipt and the (`scope`, `externalId`) has
   * one.
   */
  commit(change: PaymentChange, releasing?: number): Promise<'committed' | 'stale' | 'second-receipt'>;
  /** Leases payments whose `dueAtMs` has come and that nobody holds, the longest due first. */
  leaseDue(request: LeaseRequest): Promise<LeasedPayment[]>;
  /** Gives up a lease without any change. A lease that is not the current one is left alone. */
  release(id: string, leasedUntilMs: number): Promise<void>;
  /**
   * Takes one of the fleet's 8 permits to read a status. It is held while the read is under way, and for another second
   * after it was given back: so MTN gets at most 8 reads in any sliding second, however long they take to get there.
   *
   * @param heldUntilMs - When it comes back by itself, should the caller die; also what tells it from others.
   * @returns 0 when it is granted, else how many milliseconds to wait before asking again: a second at most.
   */
  takeReadPermit(nowMs: number, heldUntilMs: number): Promise<number>;
  /** The read that the permit was for is over. */
  returnReadPermit(heldUntilMs: number, nowMs: number): Promise<void>;
  /**
   * Leases events that are not acknowledged: of each payment only its oldest, and only while nobody holds it. Oldest
   * first.
   */
  takeEvents(request: LeaseRequest): Promise<LedgerEvent[]>;
  /** The event was handled, and will not be handed out again. */
  acknowledgeEvent(eventId: string, audit: AuditEntry): Promise<void>;
  /** The event was not handled: it can be taken again from `dueAtMs` on, unless somebody else has taken it meanwhile. */
  releaseEvent(eventId: string, audit: AuditEntry, release: EventRelease): Promise<void>;
  /** Keeps a callback, with its audit entry, unless there are `limit` of its payment already: then false, and nothing is written. */
  addCallback(callback: StoredCallback, audit: AuditEntry, limit: number): Promise<boolean>;
  /** A payment's callbacks, oldest first. */
  callbacks(paymentId: string): Promise<StoredCallback[]>;
  /** A payment's history, oldest first. */
  audit(paymentId: string): Promise<AuditEntry[]>;
  receipt(paymentId: string): Promise<Receipt | undefined>;
  /** Payments by creation, oldest first; read in pages, so that millions can be walked through. */
  list(filter?: PaymentFilter): AsyncIterable<PaymentRow>;
}
