import { MomoError } from '../errors.js';
import type { AcceptedRequest } from '../operations/create.js';
import type { Operation, StatusResource } from '../operations/resource.js';
import { type Difference, differencesOf, type PaymentDetails } from '../payment/compare.js';
import type { Answer } from './answer.js';
import { retryAfterMs } from './answer.js';
import { exchangeFailure, exchangeLabel } from './answer-failure.js';
import { sendAuthorized } from './authorized.js';
import { type Call, type ClientContext, interruptionFailure, sendOnce } from './context.js';
import { judgeCreate, judgeProbe } from './create-rules.js';
import { Failure, Interruption, toMomoError } from './failure.js';
import { backoffMs } from './retry.js';
import { sendStatusRead } from './status-read.js';
import type { Exchange, WireRequest } from './transport.js';

/** When the status is read after a send of unknown fate; then every 10 s. */
const probeSlotsMs = [2_000, 5_000, 10_000, 20_000, 30_000];
const probeEveryMs = 10_000;
/** A payment not found may still be on its way: only this late, and this often in a row, is it sent again. */
const notFoundNeeded = 3;
const resendNotBeforeMs = 30_000;
const maxResends = 2;
const lastResendMs = 90_000;
const maxUnsentRetries = 3;

/** A create on its way: what is sent, under which id, and how its fate is read. */
export interface Creation {
  readonly operation: Operation;
  readonly path: string;
  readonly body: string;
  readonly referenceId: string;
  /** The caller gave the id, so an earlier call may have sent it. */
  readonly isCallersId: boolean;
  readonly callbackUrl: string | undefined;
  readonly resource: StatusResource<PaymentDetails>;
  readonly details: PaymentDetails;
}

/** The next slot after so much time; slots missed are not made up. */
function nextSlotMs(elapsedMs: number): number {
  const slot = probeSlotsMs.find((slotMs) => slotMs > elapsedMs);
  return slot ?? (Math.floor(elapsedMs / probeEveryMs) + 1) * probeEveryMs;
}

/**
 * One create, sent so that the payer can never be charged twice and no payment gets lost: one reference id, the same
 * bytes each time, a status read before anything is believed or sent again. See `create-rules.ts` for what is judged how.
 */
export class SafeCreate {
  readonly #context: ClientContext;
  readonly #call: Call;
  readonly #creation: Creation;
  readonly #request: WireRequest;
  #attempts = 0;
  #unsentRetries = 0;
  #resends = 0;
  /** Bytes have left, whatever was answered. */
  #hasLeft = false;
  /** A send got no clear answer: the payment may exist. */
  #mayHaveArrived = false;
  /** MTN said it has this id: it is never sent again. */
  #hasArrived = false;
  /** Every send so far was answered "too fast". */
  #lastBusy: Failure | undefined;

  constructor(context: ClientContext, call: Call, creation: Creation) {
    const { path, body, referenceId, callbackUrl } = creation;
    this.#context = context;
    this.#call = call;
    this.#creation = creation;
    this.#request = {
      method: 'POST',
      path,
      body,
      bodylessStatus: 202,
      headers: {
        'X-Target-Environment': context.settings.targetEnvironment,
        'X-Reference-Id': referenceId,
        ...(callbackUrl === undefined ? {} : { 'X-Callback-Url': callbackUrl }),
        'Content-Type': 'application/json',
      },
    };
  }

  /** Has a byte of it left, so that the payer's phone may ring? */
  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  async run(): Promise<AcceptedRequest> {
    for (;;) {
      const accepted = await this.#sendAndJudge();
      if (accepted !== undefined) return accepted;
    }
  }

  /** The error for what ended the create: after a byte has left, only a clear answer is a failure. */
  explain(error: unknown): unknown {
    const { referenceId, isCallersId, operation } = this.#creation;
    let failure = error;
    if (error instanceof Interruption) {
      if (!this.#hasLeft) failure = interruptionFailure(error, this.#call);
      else if (error.why === 'deadline' && this.#lastBusy !== undefined) failure = this.#lastBusy;
      else failure = this.#unknownOutcome(error);
    }
    if (!(failure instanceof Failure)) return failure;
    const isSafeAgain = !this.#hasLeft || isCallersId;
    return toMomoError(failure, { operation, referenceId }, isSafeAgain && failure.details.isRetryable === true);
  }

  #unknownOutcome({ why }: Interruption): Failure {
    const ended = why === 'aborted' ? 'the call was aborted' : 'the deadline has passed';
    return new Failure(
      'outcome_unknown',
      `${ended} and MTN has not said whether it has this payment; it may still ring on the payer's phone. Never make another one for it: poll this reference id, or call again with it.`,
    );
  }

  /** One send and what follows of it; undefined means: send again. */
  async #sendAndJudge(): Promise<AcceptedRequest | undefined> {
    let exchange: Exchange;
    try {
      exchange = await this.#send();
    } catch (error) {
      // No token, so nothing was sent now; but an earlier send may have arrived.
      if (error instanceof Failure && this.#mayHaveArrived) return this.#learnFate();
      throw error;
    }
    const verdict = judgeCreate(exchange);
    if (verdict !== 'busy' && verdict !== 'unsent') this.#lastBusy = undefined;
    switch (verdict) {
      case 'accepted':
        return this.#accepted('accepted', false);
      case 'arrived':
        this.#hasArrived = true;
        return this.#learnFate({ atOnce: true });
      case 'unknown':
        this.#mayHaveArrived = true;
        return this.#learnFate();
      default:
    }
    const failure = exchangeFailure(exchange, this.#context.settings.clock.now());
    if (verdict === 'refused' || verdict === 'unauthorized') {
      if (!this.#mayHaveArrived && !this.#creation.isCallersId) throw failure;
      return this.#learnFate({ atOnce: true, refusal: failure });
    }
    if (this.#mayHaveArrived) return this.#learnFate();
    if (verdict === 'untrusted') throw failure;
    await this.#waitToResend(exchange, failure);
    return undefined;
  }

  async #send(): Promise<Exchange> {
    const { operation } = this.#creation;
    return sendAuthorized(this.#context, this.#call, this.#request, async (request) => {
      const hadLeft = this.#hasLeft;
      this.#attempts++;
      this.#hasLeft = true;
      const exchange = await sendOnce(this.#context, this.#call, operation, this.#attempts, request);
      if (exchange.kind === 'fault' && exchange.sent === 'never') this.#hasLeft = hadLeft;
      return exchange;
    });
  }

  /** After "too fast" or a fault before the first byte: nothing was created, so wait and send the same again. */
  async #waitToResend(exchange: Exchange, failure: Failure): Promise<void> {
    const { clock, random } = this.#context.settings;
    const { scope, report } = this.#call;
    let askedMs = 0;
    if (exchange.kind === 'answer') {
      this.#lastBusy = failure;
      askedMs = retryAfterMs(exchange, clock.now()) ?? 0;
    } else if (this.#unsentRetries++ >= maxUnsentRetries) {
      throw failure;
    }
    const delayMs = Math.max(askedMs, backoffMs(this.#attempts, random));
    if (delayMs >= scope.remainingMs()) throw failure;
    report({
      operation: this.#creation.operation,
      type: 'retry',
      attempt: this.#attempts,
      delayMs,
      cause: exchangeLabel(exchange),
    });
    await scope.sleep(delayMs);
  }

  /** Reads the status until it tells; undefined means that the same request may be sent again. */
  async #learnFate({
    atOnce = false,
    refusal,
  }: {
    atOnce?: boolean;
    refusal?: Failure;
  } = {}): Promise<AcceptedRequest | undefined> {
    const { scope } = this.#call;
    const settledAtMs = scope.clock.now();
    let notFoundInARow = 0;
    for (let slotMs = atOnce ? 0 : nextSlotMs(0); ; slotMs = nextSlotMs(scope.clock.now() - settledAtMs)) {
      const waitMs = settledAtMs + slotMs - scope.clock.now();
      if (waitMs >= scope.remainingMs()) throw new Interruption('deadline');
      if (waitMs > 0) await scope.sleep(waitMs);
      const probe = await this.#probe();
      if (probe.verdict === 'found') return this.#compare(probe.details);
      // Not there, or not for us to see, and no send of ours may have arrived: the refusal stands.
      if (probe.verdict !== 'unclear' && refusal !== undefined && !this.#mayHaveArrived) throw refusal;
      notFoundInARow = probe.verdict === 'not-found' ? notFoundInARow + 1 : 0;
      if (notFoundInARow >= notFoundNeeded && slotMs >= resendNotBeforeMs && this.#mayResend()) {
        this.#resends++;
        return undefined;
      }
    }
  }

  #mayResend(): boolean {
    const { scope } = this.#call;
    const isEarlyEnough = scope.clock.now() - scope.startedAtMs <= lastResendMs;
    return this.#mayHaveArrived && !this.#hasArrived && this.#resends < maxResends && isEarlyEnough;
  }

  /** One status read, tried once and ahead of all others. */
  async #probe(): Promise<
    { verdict: 'found'; details: PaymentDetails } | { verdict: 'not-found' | 'refused' | 'unclear' }
  > {
    const { resource, referenceId } = this.#creation;
    try {
      const exchange = await sendStatusRead(this.#context, this.#call, resource, referenceId, { priority: 'urgent' });
      const verdict = judgeProbe(exchange);
      if (verdict !== 'answered') return { verdict };
      const details = resource.read(referenceId, (exchange as Answer).json);
      return details === undefined ? { verdict: 'unclear' } : { verdict: 'found', details };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { verdict: error.code === 'unauthorized' || error.code === 'forbidden' ? 'refused' : 'unclear' };
    }
  }

  #compare(found: PaymentDetails): AcceptedRequest {
    const { details, referenceId, operation } = this.#creation;
    const { compared, differences } = differencesOf(details, found, 'expected');
    const conflicts: Difference[] = differences.filter(({ actual }) => actual !== undefined);
    if (conflicts.length > 0) {
      const fields = conflicts.map(({ field }) => field).join(', ');
      throw new MomoError(
        'reference_conflict',
        `${operation} ${referenceId}: MTN has another payment under this reference id (different ${fields}). This one was not made; use a new reference id for a new payment.`,
        { referenceId },
      );
    }
    return this.#accepted(this.#mayHaveArrived ? 'accepted' : 'already-accepted', compared);
  }

  #accepted(outcome: AcceptedRequest['outcome'], compared: boolean): AcceptedRequest {
    const { targetEnvironment, baseUrl } = this.#context.settings;
    const { referenceId } = this.#creation;
    return { referenceId, outcome, compared, attempts: this.#attempts, targetEnvironment, baseUrl };
  }
}
