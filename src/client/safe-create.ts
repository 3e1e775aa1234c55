import type { AcceptedRequest, PreparedCreate } from '../operations/create.js';
import { differencesOf, type PaymentDetails } from '../payment/compare.js';
import type { Call } from './call.js';
import { backOff, type ClientContext, sendAuthorized, sendOnce } from './context.js';
import { judgeCreate, judgeProbe } from './create-rules.js';
import { exchangeFailure } from './exchange.js';
import { Failure, Interruption } from './failure.js';
import { sendStatusRead } from './status-read.js';
import type { WireRequest } from './transport.js';

/** When the status is read after a send of unknown fate; then every 10 s. */
const probeSlotsMs = [2_000, 5_000, 10_000, 20_000, 30_000];

/** A create on its way: what is sent, under which id, and how its fate is read. */
export interface Creation extends PreparedCreate {
  readonly referenceId: string;
  /** The caller gave the id, so an earlier call may have sent it. */
  readonly isCallersId: boolean;
}

export interface SafeCreate {
  run(call: Call): Promise<AcceptedRequest>;
  /** Calling again with the same arguments cannot charge twice. */
  isSafeAgain(): boolean;
}

/** The next slot after so much time; slots missed are not made up. */
function nextSlotMs(elapsedMs: number): number {
  const probeEveryMs = 10_000;
  const slot = probeSlotsMs.find((slotMs) => slotMs > elapsedMs);
  return slot ?? (Math.floor(elapsedMs / probeEveryMs) + 1) * probeEveryMs;
}

/**
 * One create, sent so that the payer can never be charged twice and no payment gets lost: one reference id, the same
 * bytes each time, a status read before anything is believed or sent again. See `create-rules.ts` for what is judged how.
 */
export function createSafely(context: ClientContext, creation: Creation): SafeCreate {
  /** A payment not found may still be on its way: only this late, and this often in a row, is it sent again. */
  const notFoundNeeded = 3;
  const resendNotBeforeMs = 30_000;
  const maxResends = 2;
  const lastResendMs = 90_000;
  const maxUnsentRetries = 3;
  /** There is no limit of attempts after "too fast", so there is one of speed. */
  const busyLeastMs = 1_000;
  const { operation, path, body, referenceId, isCallersId, callbackUrl, resource, details } = creation;
  const { targetEnvironment, baseUrl } = context;
  /** MTN's status of some resources carries nothing to compare with. */
  const isComparable = Object.keys(details).length > 0;
  const request: WireRequest = {
    method: 'POST',
    path,
    body,
    headers: {
      'X-Reference-Id': referenceId,
      ...(callbackUrl && { 'X-Callback-Url': callbackUrl }),
      'Content-Type': 'application/json',
    },
  };
  let attempts = 0;
  let unsentRetries = 0;
  let resends = 0;
  /** Bytes have left, whatever was answered. */
  let hasLeft = false;
  /** A send got no clear answer: the payment may exist. */
  let mayHaveArrived = false;
  /** MTN said it has this id: it is never sent again. */
  let hasArrived = false;
  /** The last send, when all so far were answered "too fast". */
  let busy: Failure | undefined;

  const accepted = (outcome: AcceptedRequest['outcome'], compared: boolean): AcceptedRequest => {
    return { referenceId, outcome, compared, attempts, targetEnvironment, baseUrl };
  };

  /** Undefined when nothing shows that what was found is ours, though it should; a 409 says so by itself. */
  const compare = (found: PaymentDetails): AcceptedRequest | undefined => {
    const { compared, differences } = differencesOf(details, resource.toDetails?.(found) ?? found, 'expected');
    if (isComparable && !compared && mayHaveArrived && !hasArrived) return undefined;
    const fields = differences.flatMap(({ field, actual }) => (actual === undefined ? [] : [field]));
    if (fields.length === 0) return accepted(mayHaveArrived ? 'accepted' : 'already-accepted', compared);
    const what = `MTN has another payment under this reference id (different ${fields.join(', ')})`;
    throw new Failure('reference_conflict', what);
  };

  /** One status read, tried once and ahead of all others. */
  const probe = async (call: Call) => {
    try {
      const exchange = await sendStatusRead(context, call, resource, referenceId, { priority: 'urgent' });
      const verdict = judgeProbe(exchange);
      return verdict === 'answered' ? (resource.read(referenceId, exchange.json) ?? 'unclear') : verdict;
    } catch (error) {
      if (error instanceof Interruption) throw error;
      const isRefused = error instanceof Failure && (error.code === 'unauthorized' || error.code === 'forbidden');
      return isRefused ? 'refused' : 'unclear';
    }
  };

  /** Reads the status until it tells; undefined means that the same request may be sent again. */
  const learnFate = async (call: Call, isAtOnce: boolean, refusal?: Failure): Promise<AcceptedRequest | undefined> => {
    const settledAtMs = call.nowMs();
    const elapsedMs = () => call.nowMs() - settledAtMs;
    let notFoundInARow = 0;
    for (let slotMs = isAtOnce ? 0 : nextSlotMs(0); ; slotMs = nextSlotMs(elapsedMs())) {
      await call.sleep(Math.max(slotMs - elapsedMs(), 0));
      const found = await probe(call);
      const result = typeof found === 'object' ? compare(found) : undefined;
      if (result) return result;
      // Not there, or not for us to see, and no send of ours may have arrived: the refusal stands.
      if (refusal && !mayHaveArrived && (found === 'not-found' || found === 'refused')) throw refusal;
      notFoundInARow = found === 'not-found' ? notFoundInARow + 1 : 0;
      const isLostLongEnough = notFoundInARow >= notFoundNeeded && slotMs >= resendNotBeforeMs;
      const isEarlyEnough = call.nowMs() - call.startedAtMs <= lastResendMs;
      if (isLostLongEnough && isEarlyEnough && mayHaveArrived && !hasArrived && resends < maxResends) {
        resends++;
        return undefined;
      }
    }
  };

  const send = (call: Call) =>
    sendAuthorized(context, call, request, async (authorized) => {
      const why = call.stoppedBy();
      if (why) throw new Interruption(why);
      const hadLeft = hasLeft;
      const mightHaveArrived = mayHaveArrived;
      attempts++;
      // Until it is answered, and for good when the call is interrupted.
      hasLeft = true;
      mayHaveArrived = true;
      const exchange = await sendOnce(context, call, operation, attempts, authorized);
      mayHaveArrived = mightHaveArrived;
      if (exchange.isUnsent) hasLeft = hadLeft;
      return exchange;
    });

  /** One send and what follows of it; undefined means: send again. */
  const sendAndJudge = async (call: Call): Promise<AcceptedRequest | undefined> => {
    const exchange = await send(call).catch((error: unknown) => {
      // No token, so nothing was sent now; but an earlier send may have arrived.
      if (error instanceof Failure && mayHaveArrived) return undefined;
      throw error;
    });
    if (exchange === undefined) return learnFate(call, false);
    const verdict = judgeCreate(exchange);
    const failure = exchangeFailure(exchange);
    if (verdict !== 'unsent') busy = verdict === 'busy' ? failure : undefined;
    if (verdict === 'accepted') return accepted('accepted', false);
    hasArrived ||= verdict === 'arrived';
    mayHaveArrived ||= verdict === 'unknown';
    if (verdict === 'arrived') return learnFate(call, true);
    if (verdict === 'refused') {
      if (mayHaveArrived || isCallersId) return learnFate(call, true, failure);
      throw failure;
    }
    if (mayHaveArrived) return learnFate(call, false);
    // Nothing was created: wait, and send the same again.
    if (verdict === 'unsent' && (exchange.isCertificate || unsentRetries++ >= maxUnsentRetries)) throw failure;
    await backOff(context, call, operation, attempts, exchange, verdict === 'busy' ? busyLeastMs : 0);
    return undefined;
  };

  return {
    isSafeAgain: () => !hasLeft || isCallersId,
    async run(call) {
      try {
        for (;;) {
          const result = await sendAndJudge(call);
          if (result) return result;
        }
      } catch (error) {
        // Out of time after a byte has left: only a clear answer is a failure.
        if (!(error instanceof Interruption) || !hasLeft) throw error;
        if (error.why === 'deadline' && busy && !mayHaveArrived) throw busy;
        throw new Failure('outcome_unknown', `${error.message}, and MTN has not said whether it has this payment`);
      }
    },
  };
}
