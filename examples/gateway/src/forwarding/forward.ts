import type { LedgerEvent } from 'momo-collections/ledger';
import type { Attempt } from './send.ts';

/** A result on its way to an app. */
export interface Forward {
  readonly eventId: string;
  readonly paymentId: string;
  readonly appId: string;
  /** The payment's own address; without one the app's. */
  readonly callbackUrl: string | undefined;
  /** Written once, and the same in every attempt. */
  readonly body: string;
  readonly attempts: number;
  readonly createdAtMs: number;
}

/** An attempt as it was recorded. */
export type RecordedAttempt = Attempt & { readonly atMs: number; readonly durationMs: number };

/** What is to be forwarded, and what came of it. */
export interface Outbox {
  /** Adds an event's result, once, however often the event is handed out. */
  add(event: LedgerEvent): Promise<void>;
  /** Leases what is due, oldest first; of one payment the next result only after the one before. */
  take(limit: number, busyAppIds: readonly string[]): Promise<Forward[]>;
  record(forward: Forward, attempt: RecordedAttempt): Promise<'forwarded' | 'waiting' | 'given-up'>;
  /** Has the app taken every result of this payment, and was there one? */
  isForwarded(paymentId: string): Promise<boolean>;
  attempts(paymentId: string): Promise<(RecordedAttempt & { eventId: string })[]>;
}
