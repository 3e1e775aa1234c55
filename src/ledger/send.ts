import { MomoError } from '../errors.js';
import type { AcceptedRequest } from '../operations/create.js';
import { clientOf } from './client-of.js';
import { type Draft, openDraft } from './draft.js';
import { inTime } from './in-time.js';
import { sendWithinMs } from './observe.js';
import type { LedgerSettings } from './options.js';
import { permitEach } from './permits.js';
import { graceMs } from './read.js';
import { requireRow, takeStep } from './step.js';
import type { PaymentRow } from './store.js';

/** How long a send may take: a web route waits for it, and a lease is a little longer. */
export const sendDeadlineMs = 25_000;
/** Before a send that surely did not arrive is tried once more. */
const unsentRetryMs = 5_000;
/** As the safe create has it: so often, so late, and no more than twice is a payment not found sent again. */
const notFoundNeeded = 3;
const resendNotBeforeMs = 30_000;
const maxSends = 3;

/**
 * What a failed send means.
 *
 * - `refused`: this send made nothing, and will not.
 * - `unsent`: surely nothing arrived; it may be tried again.
 * - `conflict`: MTN has another payment under this id.
 * - `unknown`: everything else. The payment may exist.
 */
function meaningOf(error: unknown): 'refused' | 'unsent' | 'conflict' | 'unknown' {
  if (!MomoError.is(error)) return 'unknown';
  switch (error.code) {
    case 'invalid_input':
    case 'rejected':
    case 'unauthorized':
    case 'forbidden':
      return 'refused';
    case 'network':
    case 'rate_limited':
      return 'unsent';
    case 'reference_conflict':
      return 'conflict';
    default:
      return 'unknown';
  }
}

/** A payment that nobody has sent, and that nobody will: it is too old. Whoever began to send it meanwhile keeps it. */
function giveUpUnsent(draft: Draft): void {
  if (draft.payment.state !== 'created' || draft.row.sending.mayHaveArrived) return;
  const message = 'It was not sent within two minutes, so the payer was not asked.';
  draft.move('failed', { reason: { code: 'never_sent', message } });
  draft.setDue(undefined);
  draft.log({ direction: 'outbound-to-app', action: 'give-up', outcome: 'never_sent' });
}

function isTooOldToSend({ payment }: PaymentRow, nowMs: number): boolean {
  return nowMs - payment.createdAtMs >= sendWithinMs;
}

/** May a payment that MTN does not find be sent again, by the rules of the safe create? */
export function isToBeSentAgain({ sending, payment }: PaymentRow, nowMs: number): boolean {
  const { hasArrived, notFoundInARow, startedAtMs = nowMs, sends } = sending;
  return (
    (payment.state === 'created' || payment.state === 'submitted') &&
    !hasArrived &&
    notFoundInARow >= notFoundNeeded &&
    nowMs - startedAtMs >= resendNotBeforeMs &&
    sends < maxSends &&
    nowMs - payment.createdAtMs < sendWithinMs
  );
}

function recordAccepted(draft: Draft, accepted: AcceptedRequest): void {
  const { payment } = draft;
  // Given up without MTN's word, and now MTN has it.
  const isGivenUp = payment.state === 'failed' && !draft.row.sending.hasArrived;
  const { targetEnvironment, baseUrl } = accepted;
  const where = { ...(targetEnvironment && { targetEnvironment }), ...(baseUrl && { baseUrl }) };
  draft.setSending({ mayHaveArrived: true, hasArrived: true, notFoundInARow: 0 });
  if (payment.state === 'created') draft.move('submitted', { ...where, submittedAtMs: draft.nowMs });
  else draft.set({ ...where, submittedAtMs: payment.submittedAtMs ?? draft.nowMs });
  if (isGivenUp) {
    draft.move('uncertain');
    draft.flag({ reason: 'contradiction' });
  }
  if (draft.payment.state === 'submitted') draft.setDue(Math.max(draft.nowMs, draft.row.poll.nextReadAtMs));
}

/** A send among the others of its payment. */
interface OwnSend {
  /** Which one of them this was. */
  readonly number: number;
  /** Could an earlier one have arrived? */
  readonly mightHave: boolean;
}

/** Where another send may have arrived, an earlier one or one that began meanwhile, a refusal of this one says nothing. */
function recordFailure(draft: Draft, error: unknown, own: OwnSend): void {
  const { payment, nowMs } = draft;
  const { sends, hasArrived } = draft.row.sending;
  const mightHave = own.mightHave || hasArrived || sends !== own.number;
  const meaning = meaningOf(error);
  const isOpen = payment.state === 'created' || payment.state === 'submitted';
  if (meaning === 'unsent' || meaning === 'refused') draft.setSending({ mayHaveArrived: mightHave });
  if (!isOpen) return;
  if (meaning === 'conflict') {
    draft.setSending({ hasArrived: true });
    draft.move('uncertain');
    draft.flag({ reason: 'mismatch' });
    draft.setDue(undefined);
  } else if (meaning === 'refused' && !mightHave) {
    const { code, reason, message } = error as MomoError;
    draft.move('failed', { reason: reason ?? { code, message } });
    draft.setDue(undefined);
  } else if (meaning === 'unsent' && !mightHave) {
    draft.setDue(nowMs + unsentRetryMs);
  } else {
    if (payment.state === 'created') draft.move('submitted');
    draft.setDue(Math.max(nowMs, draft.row.poll.nextReadAtMs));
  }
}

/** How a send goes. */
export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number | undefined;
  /** What is to be written along with the beginning. */
  readonly onBegin?: ((draft: Draft) => void) | undefined;
}

/**
 * Sends a payment: first it is written down that this begins, then it leaves, then what came of it is written down.
 * Whoever finds that somebody else has changed the payment meanwhile sends nothing. One that is too old is not sent, however
 * young it was when this process fell asleep over it.
 *
 * @param lease - Released with the result.
 * @throws MomoError `invalid_input` when there is no client for it; then nothing is written
 */
export async function send(
  settings: LedgerSettings,
  known: PaymentRow,
  lease: number,
  { signal, deadlineMs = sendDeadlineMs, onBegin }: SendOptions = {},
): Promise<PaymentRow> {
  const { store, clock, organisation } = settings;
  if (isTooOldToSend(known, clock.now())) return takeStep(settings, known, giveUpUnsent, lease);
  const client = clientOf(settings, known.payment);
  const mightHave = known.sending.mayHaveArrived;
  const begin = openDraft(known, clock.now(), { organisation });
  const sends = known.sending.sends + 1;
  begin.setSending({ sends, startedAtMs: clock.now(), mayHaveArrived: true, notFoundInARow: 0 });
  begin.log({ direction: 'outbound-to-mtn', action: 'send', outcome: sends === 1 ? 'first' : 'again' });
  onBegin?.(begin);
  const change = begin.close();
  if ((await store.commit(change)) !== 'committed') return requireRow(settings, known.payment.id);
  for (const entry of change.audit) settings.tell({ type: 'audit', entry });
  const { row } = change;
  const { id: referenceId } = row.payment;
  const { body, callbackUrl } = row.sending;
  const startedAtMs = clock.now();
  const line = () => ({
    direction: 'inbound-from-mtn' as const,
    action: 'send-result' as const,
    durationMs: clock.now() - startedAtMs,
  });
  let accepted: AcceptedRequest;
  try {
    const request = { ...JSON.parse(body), referenceId, ...(callbackUrl !== undefined && { callbackUrl }) };
    const options = { deadlineMs, beforeStatusRead: permitEach(settings), ...(signal && { signal }) };
    const what = 'requestToPay of the client';
    // One that resolves has taken it, whatever it says of it.
    accepted = Object(
      await inTime(() => client.requestToPay(request, options), deadlineMs + graceMs, {
        code: 'outcome_unknown',
        what,
        referenceId,
      }),
    );
  } catch (error) {
    settings.tell({ type: 'problem', paymentId: referenceId, action: 'send', error });
    const { code, status } = MomoError.is(error) ? error : { code: 'unknown_error', status: undefined };
    const failed = { ...line(), outcome: code, ...(status !== undefined && { httpStatus: status }) };
    return takeStep(
      settings,
      row,
      (draft) => {
        recordFailure(draft, error, { number: sends, mightHave });
        draft.log(failed);
      },
      lease,
    );
  }
  const isPlain = accepted.attempts === 1 && accepted.outcome === 'accepted' && !accepted.compared;
  const done = { ...line(), outcome: accepted.outcome ?? 'accepted', ...(isPlain && { httpStatus: 202 }) };
  return takeStep(
    settings,
    row,
    (draft) => {
      recordAccepted(draft, accepted);
      draft.log(done);
    },
    lease,
  );
}
