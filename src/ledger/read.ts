import { MomoError } from '../errors.js';
import type { PaymentStatus } from '../operations/request-to-pay.js';
import { maskDigits } from '../payment/mask.js';
import { clientOf } from './client-of.js';
import type { Draft } from './draft.js';
import { isPaymentState } from './filter.js';
import { inTime } from './in-time.js';
import { observe, type Reading } from './observe.js';
import type { LedgerSettings } from './options.js';
import type { LedgerPayment } from './payment.js';
import { type ReadPermit, takePermit } from './permits.js';
import { requireRow, takeStep } from './step.js';
import type { PaymentRow } from './store.js';

/** A read and what it took: for the audit. */
export interface TimedReading {
  readonly reading: Reading;
  /** The payment as it was before. */
  readonly known: Pick<PaymentRow, 'version'> & Pick<LedgerPayment, 'state'>;
  readonly durationMs: number;
  readonly httpStatus?: number | undefined;
  readonly outcome: string;
  /** Why it gave nothing, when it did. */
  readonly error?: unknown;
}

/** So long a read may take, its permit included. */
const readLimitMs = 25_000;
/** How much later a client may keep its deadline. */
export const graceMs = 500;

const isText = (value: unknown) => value === undefined || typeof value === 'string';

/** Another provider's client may be anyone's work, and a payment is decided by what it says. */
function isStatus(value: unknown): value is PaymentStatus {
  const { status, state, amount, currency, externalId, financialTransactionId, payer, reason } = Object(value);
  return (
    typeof status === 'string' &&
    isPaymentState(state) &&
    [amount, currency, externalId, financialTransactionId].every(isText) &&
    (payer === undefined || [payer?.partyId, payer?.partyIdType].every((text) => typeof text === 'string')) &&
    (reason === undefined || typeof reason?.code === 'string')
  );
}

function readingOf(error: unknown): Reading {
  if (!MomoError.is(error)) return { kind: 'busy' };
  return error.code === 'not_found' ? { kind: 'not-found' } : { kind: 'busy', retryAfterMs: error.retryAfterMs };
}

/** Who catches it looks for a code and a message. */
function notAnError(referenceId: string): MomoError {
  const message = 'The status could not be read: the client threw something that is no error. See onEvent.';
  return new MomoError('unavailable', message, { referenceId, isRetryable: true });
}

/**
 * One status read at MTN, within the fleet's limit. Never rejects: what went wrong is in `error`.
 *
 * @param limitMs - How long it may take, where a lease ends.
 */
export async function readStatus(
  settings: LedgerSettings,
  { payment, version }: PaymentRow,
  limitMs = readLimitMs,
): Promise<TimedReading> {
  const { clock } = settings;
  const startedAtMs = clock.now();
  const known = { version, state: payment.state };
  const elapsedMs = () => clock.now() - startedAtMs;
  let permit: ReadPermit | undefined;
  try {
    const client = clientOf(settings, payment);
    permit = await takePermit(settings, payment.id, Math.min(limitMs, readLimitMs) / 2);
    const { beforeStatusRead } = permit;
    const deadlineMs = Math.max(Math.min(limitMs, readLimitMs) - elapsedMs(), 1);
    const status: unknown = await inTime(
      () => client.getRequestToPay(payment.id, { deadlineMs, beforeStatusRead }),
      deadlineMs + graceMs,
      { code: 'timeout', what: 'getRequestToPay of the client', referenceId: payment.id },
    );
    if (!isStatus(status)) {
      throw new MomoError('unexpected_response', 'What getRequestToPay of the client gave is no payment status.', {
        referenceId: payment.id,
      });
    }
    const outcome = maskDigits(status.status);
    return { reading: { kind: 'status', status }, known, durationMs: elapsedMs(), httpStatus: 200, outcome };
  } catch (error) {
    const { code, status } = MomoError.is(error) ? error : { code: 'unknown_error', status: undefined };
    const reading = readingOf(error);
    if (reading.kind === 'busy') settings.tell({ type: 'problem', paymentId: payment.id, action: 'read', error });
    const told = error instanceof Error ? error : notAnError(payment.id);
    return { reading, known, durationMs: elapsedMs(), httpStatus: status, outcome: code, error: told };
  } finally {
    await permit?.giveBack();
  }
}

/**
 * Was the payment changed while the read was under way, so that what is not MTN's last word may be the older news? "Not
 * found" is counted, so there any change matters.
 */
export function isOutdated({ reading, known }: TimedReading, { payment, version }: PaymentRow): boolean {
  if (version === known.version) return false;
  if (reading.kind === 'status') return reading.status.state === 'pending' && payment.state !== known.state;
  return true;
}

/** Writes what a read gave into the next step. */
export function takeIn(draft: Draft, timed: TimedReading, isInTurn = false): void {
  const { reading, durationMs, httpStatus, outcome } = timed;
  if (!isOutdated(timed, draft.row)) observe(draft, reading, isInTurn);
  draft.log({
    direction: 'inbound-from-mtn',
    action: 'read',
    durationMs,
    ...(httpStatus !== undefined && { httpStatus }),
    outcome,
  });
}

/**
 * Reads a payment at MTN and writes down what it says.
 *
 * @param turn - Of the sweep, whose read was due: how long it may take.
 */
export async function readAndRecord(
  settings: LedgerSettings,
  row: PaymentRow,
  turn?: { readonly limitMs: number },
): Promise<{ row: PaymentRow; timed: TimedReading }> {
  const timed = await readStatus(settings, row, turn?.limitMs);
  return { row: await takeStep(settings, row, (draft) => takeIn(draft, timed, turn !== undefined)), timed };
}

/** @see PaymentLedger.refresh */
export async function refresh(settings: LedgerSettings, id: string): Promise<LedgerPayment> {
  const row = await requireRow(settings, id);
  if (!row.sending.mayHaveArrived) return row.payment;
  return (await readAndRecord(settings, row)).row.payment;
}
