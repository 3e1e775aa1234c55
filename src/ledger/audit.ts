import type { PaymentState } from '../payment/state.js';

/** Which way something went, seen from the ledger. */
export type AuditDirection = 'inbound-from-app' | 'outbound-to-mtn' | 'inbound-from-mtn' | 'outbound-to-app';

/**
 * One line of a payment's history. It holds no secret and no phone number.
 *
 * - `charge`, `resolve`, `refund`, `settle`: the app asked. `refuse`: it asked for what may not be.
 * - `send`: a create is about to leave. `send-result`: what came of it.
 * - `read`: a status read and what it said.
 * - `callback`: an authenticated callback came in.
 * - `give-up`: time ran out.
 * - `deliver`: an event was handed to the app, or its handler threw.
 */
export interface AuditEntry {
  readonly paymentId: string;
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly direction: AuditDirection;
  readonly action:
    | 'charge'
    | 'send'
    | 'send-result'
    | 'read'
    | 'callback'
    | 'give-up'
    | 'resolve'
    | 'refuse'
    | 'refund'
    | 'settle'
    | 'deliver';
  /** The states before and after, where it changed. */
  readonly from?: PaymentState;
  readonly to?: PaymentState;
  readonly durationMs?: number;
  /** The HTTP status, MTN's or ours, where there was one. */
  readonly httpStatus?: number;
  /** MTN's status word, an error's code, an event's id: one word that says how it went. */
  readonly outcome?: string;
  /** Who, where a person did it. */
  readonly by?: string;
  readonly note?: string;
}
