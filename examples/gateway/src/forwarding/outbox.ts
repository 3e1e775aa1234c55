import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { nextTryMs } from './back-off.ts';
import { forwardBody } from './body.ts';
import type { Outbox } from './forward.ts';

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
