import { Form } from '../operations/create.js';
import { type PaymentStatus, prepareRequestToPay, type RequestToPay } from '../operations/request-to-pay.js';
import { differencesOf } from '../payment/compare.js';
import { type Call, openCall } from './call.js';
import { openCreate, preparePoll } from './calls.js';
import { type ClientContext, deadlinesMs, runCall } from './context.js';
import { Failure, Interruption } from './failure.js';
import type { PollOptions } from './poll.js';
import type { PollResult } from './poll-result.js';

/** How to collect: the options of a poll, and a place to store the reference id first. */
export interface CollectOptions extends PollOptions<PaymentStatus> {
  /** Awaited before anything is sent: store the reference id here. Its error passes through, and nothing is sent. */
  readonly onReference?: ((referenceId: string) => unknown) | undefined;
}

export async function collect(
  context: ClientContext,
  request: RequestToPay,
  given?: CollectOptions,
): Promise<PollResult> {
  const options = given ?? {};
  const form = new Form('requestToPay', request, context);
  form.checkHooks(options, 'onReference', 'onUpdate', 'read');
  const prepared = prepareRequestToPay(form);
  const { referenceId, create } = openCreate(context, prepared);
  const work = async (call: Call): Promise<PollResult> => {
    const poll = preparePoll(context, call, referenceId, options);
    await call.run(async () => options.onReference?.(referenceId));
    const sending = openCall(context.clock, call.report, Math.min(deadlinesMs.create, call.remainingMs()), options);
    try {
      await create.run(sending);
    } catch (error) {
      // Of unknown outcome: polled on, like an accepted one.
      if (call.stoppedBy() === 'aborted') throw new Interruption('aborted');
      if (!(error instanceof Failure) || error.code !== 'outcome_unknown') throw error;
    } finally {
      sending.close();
    }
    const result = (await poll.run()) as PollResult;
    if (result.state !== 'successful') return result;
    // A SUCCESSFUL for another amount or currency, or without them, is not our payment: a person decides. What else MTN
    // shows must be ours too: an id used twice by mistake finds the payment of another order.
    const differences = differencesOf(prepared.details, result.payment, 'expected').differences.filter(
      ({ field, actual }) => field === 'amount' || field === 'currency' || actual !== undefined,
    );
    return differences.length === 0 ? result : { ...result, state: 'uncertain', why: 'mismatch', differences };
  };
  return runCall(context, 'collect', 'poll', referenceId, options, work, create.isSafeAgain);
}
