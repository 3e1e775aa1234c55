import { MomoError } from '../errors.js';
import type { Draft } from './draft.js';
import { observe, type Reading } from './observe.js';
import type { LedgerSettings } from './options.js';
import { takeStep } from './step.js';
import type { PaymentRow } from './store.js';

/** A read and what it took: for the audit. */
export interface TimedReading {
  readonly reading: Reading;
  readonly durationMs: number;
  readonly httpStatus?: number | undefined;
  readonly outcome: string;
  /** Why it gave nothing, when it did. */
  readonly error?: unknown;
}

/** So long a read may wait for its permit and for MTN; well within a lease. */
const readDeadlineMs = 20_000;
const maxPermitWaitMs = 10_000;

/** @returns False when the fleet is too busy. */
async function awaitPermit({ store, clock }: LedgerSettings): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < maxPermitWaitMs; ) {
    const waitMs = await store.takeReadPermit(clock.now());
    if (waitMs === 0) return true;
    // Spread, so that not everybody asks again in the same millisecond.
    const pauseMs = waitMs + Math.random() * 50;
    await clock.sleep(pauseMs);
    waitedMs += pauseMs;
  }
  return false;
}

function readingOf(error: unknown): Reading {
  if (!MomoError.is(error)) return { kind: 'busy' };
  return error.code === 'not_found' ? { kind: 'not-found' } : { kind: 'busy', retryAfterMs: error.retryAfterMs };
}

/** One status read at MTN, within the fleet's limit. Never rejects: what went wrong is in `error`. */
export async function readStatus(settings: LedgerSettings, { payment }: PaymentRow): Promise<TimedReading> {
  const { clock } = settings;
  const startedAtMs = clock.now();
  try {
    if (!(await awaitPermit(settings))) {
      throw new MomoError('rate_limited', 'The fleet is at its limit of status reads. Ask again a little later.', {
        referenceId: payment.id,
        isRetryable: true,
        retryAfterMs: 1_000,
      });
    }
    const status = await settings.clientOf(payment).getRequestToPay(payment.id, { deadlineMs: readDeadlineMs });
    const durationMs = clock.now() - startedAtMs;
    return { reading: { kind: 'status', status }, durationMs, httpStatus: 200, outcome: status.status };
  } catch (error) {
    const { code, status } = MomoError.is(error) ? error : { code: 'unknown_error', status: undefined };
    const reading = readingOf(error);
    if (reading.kind === 'busy') settings.tell({ type: 'problem', paymentId: payment.id, action: 'read', error });
    return { reading, durationMs: clock.now() - startedAtMs, httpStatus: status, outcome: code, error };
  }
}

/** Writes what a read gave into the next step. */
export function takeIn(draft: Draft, { reading, durationMs, httpStatus, outcome }: TimedReading): void {
  observe(draft, reading);
  draft.log({
    direction: 'inbound-from-mtn',
    action: 'read',
    durationMs,
    ...(httpStatus !== undefined && { httpStatus }),
    outcome,
  });
}

/** Reads a payment at MTN and writes down what it says. */
export async function readAndRecord(
  settings: LedgerSettings,
  row: PaymentRow,
  releasing?: number,
): Promise<{ row: PaymentRow; timed: TimedReading }> {
  const timed = await readStatus(settings, row);
  return { row: await takeStep(settings, row, (draft) => takeIn(draft, timed), releasing), timed };
}
