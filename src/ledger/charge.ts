import { v4 } from 'uuid';
import { createCallbackUrl } from '../callback/callback-url.js';
import { Issues, MomoError } from '../errors.js';
import { Form } from '../operations/create.js';
import { prepareRequestToPay } from '../operations/request-to-pay.js';
import { sameAmount } from '../payment/amount.js';
import { compact } from '../payment/compact.js';
import { sameParty } from '../payment/compare.js';
import type { Party } from '../payment/party.js';
import { createPollState } from '../payment/poll-step.js';
import { isLoopback, parseUrl } from '../payment/urls.js';
import { clientOf } from './client-of.js';
import { type Draft, openDraft } from './draft.js';
import { sendWithinMs } from './observe.js';
import type { LedgerSettings } from './options.js';
import type { LedgerPayment, PaymentRecord } from './payment.js';
import { readStatus, takeIn } from './read.js';
import { send, sendDeadlineMs } from './send.js';
import { takeStep } from './step.js';
import type { PaymentRow } from './store.js';

/** What to charge. */
export interface ChargeRequest {
  /** Your order's id: one payment for each (`scope`, `externalId`, `attempt`), however often it is asked for. */
  readonly externalId: string;
  /** In major units: a decimal string such as `12.50`, or a whole number. */
  readonly amount: string | number | bigint;
  /** ISO 4217, such as `RWF`. */
  readonly currency: string;
  /** A phone number with its country code, or another party. */
  readonly payer: string | Party;
  /** Whose order it is, where one ledger serves several shops; default empty. */
  readonly scope?: string | undefined;
  /** Default 1. The next number is taken only after MTN has said that the one before failed or expired. */
  readonly attempt?: number | undefined;
  /** What it pays, for receipts and reports. */
  readonly record?: PaymentRecord | undefined;
  /** Texts of your own, kept with the payment from its first moment on. Neither MTN nor a receipt shows them. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Shown to the payer, and to you; default: the external id. */
  readonly payerMessage?: string | undefined;
  readonly payeeNote?: string | undefined;
  /** Instead of the ledger's own signed URL. */
  readonly callbackUrl?: string | undefined;
}

/** How to charge. */
export interface ChargeOptions {
  /** Ends the waiting, not the payment: once it is stored `pollDue` goes on with it. */
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for MTN to take it, in milliseconds; default 25 000. After that `pollDue` goes on. */
  readonly deadlineMs?: number | undefined;
}

/** Callbacks come late, and late reads go on for a week. */
const callbackUrlLivesMs = 8 * 86_400_000;
/** More than the time of a send, so that nobody takes over while it is under way. */
const leaseMarginMs = 5_000;

type Wanted = Pick<
  LedgerPayment,
  'scope' | 'externalId' | 'attempt' | 'amount' | 'currency' | 'payer' | 'payerMessage' | 'payeeNote'
> & { readonly body: string; readonly callbackUrl: string | undefined } & Pick<ChargeRequest, 'record' | 'metadata'>;

/** What a database can keep in an index. */
const maxKeyLength = 500;

const isPlainObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPlainText = (value: unknown) => typeof value === 'string' && /^[^\p{Cc}\p{Cs}]*$/u.test(value);

/** Where a payment goes, as far as it is known. */
type Place = Pick<LedgerPayment, 'baseUrl' | 'targetEnvironment'>;

/**
 * @param ownUrl - Where callbacks go that the request does not send elsewhere.
 * @throws MomoError `invalid_input`
 */
function checkCharge(request: ChargeRequest, ownUrl: string | undefined, place: Place): Wanted {
  const { scope = '', attempt = 1, record, metadata, callbackUrl } = Object(request) as ChargeRequest;
  // Callbacks on a loopback are for an MTN that is there too.
  const url = parseUrl(place.baseUrl || (callbackUrl ?? ownUrl));
  const input = { ...request, callbackUrl: callbackUrl ?? ownUrl, referenceId: undefined };
  const form = new Form('requestToPay', input, {
    targetEnvironment: place.targetEnvironment ?? '',
    onLoopback: url !== undefined && isLoopback(url),
  });
  const { body } = prepareRequestToPay(form);
  const issues = new Issues();
  for (const [path, key] of Object.entries({ externalId: request.externalId, scope })) {
    issues.check(isPlainText(key), path, 'must be text without control characters');
    issues.check(
      typeof key !== 'string' || key.length <= maxKeyLength,
      path,
      `must have at most ${maxKeyLength} characters`,
    );
  }
  issues.check(Number.isSafeInteger(attempt) && attempt >= 1, 'attempt', 'must be 1, 2, 3 …');
  const { type, id } = Object(record) as Partial<PaymentRecord>;
  const isRecord = isPlainText(type) && isPlainText(id);
  issues.check(record === undefined || isRecord, 'record', 'must have a type and an id');
  const isMetadata = metadata === undefined || (isPlainObject(metadata) && Object.values(metadata).every(isPlainText));
  issues.check(isMetadata, 'metadata', 'must be an object whose values are texts without control characters');
  issues.throwIfAny('The payment was not charged');
  const { amount, currency, externalId, payer, payerMessage, payeeNote } = JSON.parse(body);
  const money = { amount, currency, externalId, payer, payerMessage, payeeNote };
  return {
    ...money,
    scope,
    attempt,
    body,
    callbackUrl,
    record: record && { type: String(type), id: String(id) },
    metadata: metadata && { ...metadata },
  };
}

function nameOf({ scope, externalId, attempt }: Wanted): string {
  return `${scope === '' ? '' : `${scope} `}${externalId}, attempt ${attempt}`;
}

/** The payment that is there already, if it is the same one. */
function requireSame(row: PaymentRow, wanted: Wanted): PaymentRow {
  const { payment } = row;
  const fields = [
    ...(sameAmount(payment.amount, wanted.amount) ? [] : ['amount']),
    ...(payment.currency === wanted.currency ? [] : ['currency']),
    ...(sameParty(payment.payer, wanted.payer) ? [] : ['payer']),
  ];
  if (fields.length === 0) return row;
  throw new MomoError(
    'reference_conflict',
    `${nameOf(wanted)}, is in the ledger with another ${fields.join(', ')}. Nothing was charged: charge another ` +
      'order under another externalId, or ask for the next attempt once this one has failed.',
    { referenceId: payment.id },
  );
}

/** The attempt before must have ended without money, by MTN's word of this moment; and of those before nobody may know better. */
async function requireFailed(settings: LedgerSettings, attempts: readonly PaymentRow[], wanted: Wanted): Promise<void> {
  const before = attempts.find(({ payment }) => payment.attempt === wanted.attempt - 1);
  if (before === undefined) {
    const issues = new Issues();
    issues.add('attempt', `must be at most one more than the attempts there are: ${wanted.attempt - 1} is missing`);
    issues.throwIfAny('The payment was not charged');
    return;
  }
  const open = attempts.find(({ payment: { state } }) => state !== 'failed' && state !== 'expired');
  if (open && open !== before) {
    const { id, attempt, state } = open.payment;
    throw new MomoError(
      'invalid_transition',
      `${nameOf(wanted)}, was not made: attempt ${attempt} is ${state}. A new attempt is made only while all others have ` +
        'failed or expired.',
      { referenceId: id },
    );
  }
  const timed = await readStatus(settings, before);
  const row = await takeStep(settings, before, (draft) => takeIn(draft, timed));
  const { state, id } = row.payment;
  const { reading } = timed;
  // What MTN refused, or what never left, MTN does not know: then the ledger's own "failed" stands. Not so where a send
  // may have arrived, whatever a person made of it.
  const isFailedByMtn =
    reading.kind === 'status'
      ? reading.status.state === 'failed' || reading.status.state === 'expired'
      : reading.kind === 'not-found' && !row.sending.mayHaveArrived;
  if (isFailedByMtn && (state === 'failed' || state === 'expired')) return;
  if (reading.kind === 'busy') throw timed.error;
  throw new MomoError(
    'invalid_transition',
    `${nameOf(wanted)}, was not made: attempt ${wanted.attempt - 1} is ${state}, and MTN says ${timed.outcome}. ` +
      'A new attempt is made only after MTN says that the one before failed or expired.',
    { referenceId: id },
  );
}

/** Other payments of the same payer and amount, shortly before. */
async function similarTo(settings: LedgerSettings, wanted: Wanted, nowMs: number): Promise<string[]> {
  const { store, duplicateWindowMs } = settings;
  if (duplicateWindowMs === undefined) return [];
  const ids: string[] = [];
  const { scope, payer, amount, currency, externalId } = wanted;
  const filter = { scope, payerId: payer.partyId, createdFromMs: Math.max(nowMs - duplicateWindowMs, 0) };
  for await (const { payment } of store.list(filter)) {
    const isOther = payment.externalId !== externalId;
    const isAlive = payment.state !== 'failed' && payment.state !== 'expired';
    const isBefore = payment.createdAtMs <= nowMs;
    const isAlike = payment.currency === currency && sameAmount(payment.amount, amount);
    if (isOther && isAlive && isBefore && isAlike) ids.push(payment.id);
  }
  return ids;
}

/** A payment that nobody has sent yet, of version 0. */
async function newRow(settings: LedgerSettings, wanted: Wanted, nowMs: number): Promise<PaymentRow> {
  const referenceId = v4();
  const { callbackUrl: baseUrl, callbackSecrets, schedule } = settings;
  const { body, callbackUrl, record, metadata, ...money } = wanted;
  const [secret] = callbackSecrets;
  const expiresAtMs = nowMs + callbackUrlLivesMs;
  const url =
    callbackUrl ?? (baseUrl && secret && (await createCallbackUrl({ baseUrl, referenceId, secret, expiresAtMs })));
  return {
    payment: {
      id: referenceId,
      referenceId,
      ...money,
      method: 'MTN MoMo',
      ...(record && { record }),
      ...(metadata && { metadata }),
      state: 'created',
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
      refunds: [],
      refundedAmount: '0',
      review: [],
      notes: [],
    },
    sending: {
      body,
      ...(url && { callbackUrl: url }),
      sends: 0,
      mayHaveArrived: false,
      hasArrived: false,
      notFoundInARow: 0,
    },
    poll: createPollState({ referenceId, startedAtMs: nowMs, schedule }),
    dueAtMs: nowMs,
    eventCount: 0,
    version: 0,
  };
}

/** @throws MomoError `invalid_input`; `aborted` when it is over before it begins */
function checkChargeOptions(options: ChargeOptions): ChargeOptions & { readonly deadlineMs: number } {
  const { signal, deadlineMs = sendDeadlineMs } = Object(options) as ChargeOptions;
  const issues = new Issues();
  issues.checkNumbers(1, { deadlineMs });
  issues.check(
    signal === undefined || typeof Object(signal).removeEventListener === 'function',
    'signal',
    'must be an AbortSignal',
  );
  issues.throwIfAny('The payment was not charged');
  if (signal?.aborted) throw new MomoError('aborted', 'The payment was not charged: the call was aborted before it.');
  return { signal, deadlineMs };
}

/** @see PaymentLedger.charge */
export async function charge(
  settings: LedgerSettings,
  request: ChargeRequest,
  options: ChargeOptions,
): Promise<LedgerPayment> {
  const { store, clock, leaseMs, callbackUrl } = settings;
  const { signal, deadlineMs } = checkChargeOptions(options);
  let wanted = checkCharge(request, callbackUrl, {});
  const attempts = await store.find(wanted.scope, wanted.externalId);
  const attemptOf = (rows: readonly PaymentRow[], attempt: number) =>
    rows.find(({ payment }) => payment.attempt === attempt);
  const known = attemptOf(attempts, wanted.attempt);
  if (known) return requireSame(known, wanted).payment;
  if (wanted.attempt > 1) await requireFailed(settings, attempts, wanted);

  const nowMs = clock.now();
  const row = await newRow(settings, wanted, nowMs);
  const { baseUrl, targetEnvironment } = clientOf(settings, row.payment);
  // Once more, by the rules of where it goes.
  wanted = checkCharge(request, callbackUrl, compact<Place>({ baseUrl, targetEnvironment }));
  const draft = openDraft(row, nowMs, {});
  draft.set({
    ...(baseUrl !== undefined && { baseUrl }),
    ...(targetEnvironment !== undefined && { targetEnvironment }),
  });
  draft.log({ direction: 'inbound-from-app', action: 'charge', to: 'created' });
  const suspect = (step: Draft, otherIds: readonly string[]) => {
    if (otherIds.length > 0) step.flag({ reason: 'suspected_duplicate', otherIds });
  };
  suspect(draft, await similarTo(settings, wanted, nowMs));
  const change = draft.close();

  // However long the caller would wait: should this process die, others are to go on with it.
  const leasedUntilMs = nowMs + Math.max(leaseMs, Math.min(deadlineMs + leaseMarginMs, sendWithinMs));
  if (!(await store.insert(change, leasedUntilMs))) {
    // Somebody else was faster with the same order.
    const winner = attemptOf(await store.find(wanted.scope, wanted.externalId), wanted.attempt);
    if (winner) return requireSame(winner, wanted).payment;
    throw new MomoError('unavailable', `${nameOf(wanted)}, could neither be added nor found. Look at the store.`);
  }
  for (const entry of change.audit) settings.tell({ type: 'audit', entry });
  // Two that came at once saw nothing of each other before; now they do.
  const otherIds = await similarTo(settings, wanted, nowMs);
  const sent = await send(settings, change.row, leasedUntilMs, {
    signal,
    deadlineMs,
    onBegin: (step) => suspect(step, otherIds),
  });
  return sent.payment;
}
