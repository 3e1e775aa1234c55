import { describeReason, maskMsisdn, type PaymentStatus, type PollResult, payerHint } from '../../index.js';
import { maskDigits } from '../../payment/mask.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';

/** A payment as the commands show it: for scripts as it is, for people as lines. No phone number is whole. */
export interface PaymentReport {
  readonly referenceId: string;
  readonly state: PaymentStatus['state'] | 'uncertain';
  /** MTN's word; absent when no read found the payment. */
  readonly status?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly externalId?: string;
  /** Masked. */
  readonly payer?: string;
  readonly financialTransactionId?: string;
  readonly reason?: { readonly code: string; readonly message?: string };
  /** What to tell the payer. */
  readonly payerHint?: string;
  readonly mayRetryWithNewReference?: boolean;
  /** Why it is uncertain. */
  readonly why?: 'deadline' | 'not-found' | 'mismatch' | 'error';
  readonly differences?: readonly { readonly field: string; readonly wanted: string; readonly actual?: string }[];
  readonly error?: { readonly code: string; readonly message: string };
  readonly reads?: number;
  readonly elapsedMs?: number;
}

/** A text of somebody else's, safe on a terminal: control characters could draw over what stands there. */
function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

/** MTN's words may quote the payer. */
const shown = (text: string) => plain(maskDigits(text));

/** What MTN's read shows. */
export function reportOf(payment: PaymentStatus): PaymentReport {
  const { referenceId, state, status, amount, currency, externalId, payer, financialTransactionId, reason } = payment;
  const isFailure = state === 'failed' || state === 'expired';
  return {
    referenceId,
    state,
    status: shown(status),
    ...(amount !== undefined && { amount: plain(amount) }),
    ...(currency !== undefined && { currency: plain(currency) }),
    ...(externalId !== undefined && { externalId: plain(externalId) }),
    ...(payer !== undefined && { payer: maskMsisdn(plain(payer.partyId)) }),
    ...(financialTransactionId !== undefined && { financialTransactionId: plain(financialTransactionId) }),
    ...(reason !== undefined && {
      reason: { code: shown(reason.code), ...(reason.message !== undefined && { message: shown(reason.message) }) },
    }),
    ...(isFailure && {
      payerHint: payerHint(reason?.code ?? ''),
      mayRetryWithNewReference: describeReason(reason?.code ?? '').mayRetryWithNewReference,
    }),
  };
}

/** How a poll ended. */
export function reportOfResult(result: PollResult): PaymentReport {
  const { referenceId, reads, elapsedMs, payment } = result;
  const seen = payment && reportOf(payment);
  if (result.state !== 'uncertain') return { referenceId, ...seen, state: result.state, reads, elapsedMs };
  const { why, differences } = result;
  const mask = (field: string, value: string) => (field === 'payer' ? maskMsisdn(value) : plain(value));
  return {
    ...seen,
    referenceId,
    state: 'uncertain',
    why,
    ...(differences && {
      differences: differences.map(({ field, wanted, actual }) => ({
        field,
        wanted: mask(field, wanted),
        ...(actual !== undefined && { actual: mask(field, actual) }),
      })),
    }),
    reads,
    elapsedMs,
  };
}

export function exitCodeOf({ state }: PaymentReport): ExitCode {
  switch (state) {
    case 'successful':
      return exitCodes.done;
    case 'failed':
    case 'expired':
      return exitCodes.notDone;
    case 'pending':
      return exitCodes.pending;
    case 'uncertain':
      return exitCodes.uncertain;
  }
}
