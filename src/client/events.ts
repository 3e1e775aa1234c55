import type { ErrorCode } from '../errors.js';
import type { Operation } from '../operations/resource.js';
import { compact } from '../payment/compact.js';
import type { Clock } from './clock.js';

/**
 * Something the client did: enough to build logs, metrics and traces on. No secret, phone number or body is in it.
 *
 * - `request`, `response`: one attempt left, was answered. A network fault has no `response` but a `retry` or `settled`.
 * - `retry`: the next attempt follows in `delayMs`, because of `cause` (`http_503`, `ECONNRESET`, `timeout`, …).
 * - `token`: where an access token came from.
 * - `settled`: the public call is over; `code` is the error's, absent on success.
 *
 * All events of one public call carry its `callId`; `operation` is the HTTP operation (a `requestToPay` may read
 * `getRequestToPay` to resolve a lost answer), for `settled` the method that was called.
 */
export type ClientEvent = {
  readonly callId: string;
  /** Epoch milliseconds by the client's clock. */
  readonly atMs: number;
  readonly operation: Operation;
  readonly referenceId?: string;
} & (
  | { readonly type: 'request'; readonly attempt: number }
  | { readonly type: 'response'; readonly attempt: number; readonly status: number; readonly durationMs: number }
  | { readonly type: 'retry'; readonly attempt: number; readonly delayMs: number; readonly cause: string }
  | { readonly type: 'token'; readonly source: 'memory' | 'store' | 'mtn' }
  | { readonly type: 'settled'; readonly code?: ErrorCode; readonly durationMs: number }
);

type Reported<Event> = Event extends unknown ? Omit<Event, 'callId' | 'atMs' | 'referenceId' | 'operation'> : never;

/** Tells the hook what one call does. */
export type Report = (operation: Operation, event: Reported<ClientEvent>) => void;

/** A hook that throws, or rejects, breaks nothing: a payment is worth more than a log line. */
export function createReport(
  onEvent: ((event: ClientEvent) => unknown) | undefined,
  clock: Clock,
  call: { readonly callId: string; readonly referenceId: string | undefined },
): Report {
  return async (operation, event) => {
    try {
      await onEvent?.(compact<object>({ ...call, atMs: clock.now(), operation, ...event }) as ClientEvent);
    } catch {
      // see above
    }
  };
}
