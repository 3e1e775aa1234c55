import { randomUUID } from 'node:crypto';
import type { LedgerEvent } from 'momo-collections/ledger';
import type { Database } from '../database/database.ts';
import { nextTryMs } from './back-off.ts';
import { forwardBody } from './body.ts';
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

/** More than an attempt takes. After it others take over from a process that died. */
const leaseMs = 20_000;

export function createOutbox({ run, skipLocked }: Database): Outbox {
  return {
    async add(event) {
      const { payment, sequence } = event;
      const { callbackUrl } = payment.metadata ?? {};
      const texts = [event.id, payment.id, payment.scope, callbackUrl ?? null, forwardBody(event)];
      await run(
        `INSERT INTO gateway_forwards (event_id, payment_id, app_id, callback_url, body, sequence, created_at_ms, due_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING`,
        [...texts, sequence, Date.now()],
      );
    },
    async take(limit, busyAppIds) {
      const nowMs = Date.now();
      const excluded = busyAppIds.map((_, index) => `$${index + 4}`).join(', ');
      const rows = await run(
        `UPDATE gateway_forwards SET leased_until_ms = $2 WHERE event_id IN (
           SELECT event_id FROM gateway_forwards AS due WHERE state = 'waiting' AND due_at_ms <= $1 AND leased_until_ms <= $1
             ${excluded && `AND app_id NOT IN (${excluded})`} AND NOT EXISTS (
               SELECT 1 FROM gateway_forwards AS earlier WHERE earlier.payment_id = due.payment_id
                 AND earlier.state = 'waiting' AND earlier.sequence < due.sequence
             ) ORDER BY due_at_ms LIMIT $3 ${skipLocked}
         ) RETURNING *`,
        [nowMs, nowMs + leaseMs, limit, ...busyAppIds],
      );
      return rows.map((row) => ({
        eventId: String(row.event_id),
        paymentId: String(row.payment_id),
        appId: String(row.app_id),
        callbackUrl: row.callback_url === null ? undefined : String(row.callback_url),
        body: String(row.body),
        attempts: Number(row.attempts),
        createdAtMs: Number(row.created_at_ms),
      }));
    },
    async record({ eventId, attempts, createdAtMs }, { isDelivered, outcome, httpStatus, atMs, durationMs }) {
      await run(
        `INSERT INTO gateway_attempts (id, event_id, at_ms, duration_ms, outcome, http_status) VALUES ($1, $2, $3, $4, $5, $6)`,
        [randomUUID(), eventId, atMs, durationMs, outcome, httpStatus ?? null],
      );
      const dueAtMs = isDelivered ? undefined : nextTryMs(attempts + 1, createdAtMs, Date.now());
      const state = isDelivered ? 'forwarded' : dueAtMs === undefined ? 'given-up' : 'waiting';
      await run(
        `UPDATE gateway_forwards SET state = $1, attempts = attempts + 1, due_at_ms = $2, leased_until_ms = 0
         WHERE event_id = $3 AND state = 'waiting'`,
        [state, dueAtMs ?? atMs, eventId],
      );
      return state;
    },
    async isForwarded(paymentId) {
      const rows = await run('SELECT state FROM gateway_forwards WHERE payment_id = $1', [paymentId]);
      return rows.length > 0 && rows.every(({ state }) => state === 'forwarded');
    },
    async attempts(paymentId) {
      const rows = await run(
        `SELECT attempt.* FROM gateway_attempts AS attempt JOIN gateway_forwards AS forward
           ON forward.event_id = attempt.event_id WHERE forward.payment_id = $1 ORDER BY attempt.at_ms`,
        [paymentId],
      );
      return rows.map((row) => ({
        eventId: String(row.event_id),
        atMs: Number(row.at_ms),
        durationMs: Number(row.duration_ms),
        isDelivered: row.outcome === 'delivered',
        outcome: String(row.outcome),
        ...(row.http_status !== null && { httpStatus: Number(row.http_status) }),
      }));
    },
  };
}
