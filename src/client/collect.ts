import { v4 } from 'uuid';
import { MomoError } from '../errors.js';
import { type PaymentStatus, prepareRequestToPay, type RequestToPay } from '../operations/request-to-pay.js';
import { differencesOf, type PaymentDetails } from '../payment/compare.js';
import { CallScope } from './call-scope.js';
import { createDeadlineMs, createPoll, createRequestToPay, pollDeadlineMs } from './calls.js';
import { type Call, type ClientContext, interruptionFailure, runCall } from './context.js';
import { Failure, Interruption, toMomoError } from './failure.js';
import type { PollOptions } from './poll.js';
import type { PollResult } from './poll-result.js';
import type { SafeCreate } from './safe-create.js';

/** How to collect: the options of a poll, and a place to store the reference id first. */
export interface CollectOptions extends PollOptions<PaymentStatus> {
  /** Awaited before anything is sent: store the reference id here. Its error passes through, and nothing is sent. */
  readonly onReference?: ((referenceId: string) => void | Promise<void>) | undefined;
}

/** A SUCCESSFUL for another amount or currency, or without them, is not our payment: a person decides. */
function checkPaid(result: PollResult, { amount, currency }: PaymentDetails): PollResult {
  if (result.state !== 'successful') return result;
  const { differences } = differencesOf({ amount, currency }, result.payment, 'expected');
  return differences.length === 0 ? result : { ...result, state: 'uncertain', why: 'mismatch', differences };
}

/** Sends the create; one of unknown outcome is polled on like an accepted one. */
async function send(create: SafeCreate, scope: CallScope): Promise<void> {
  try {
    await create.run();
  } catch (error) {
    const explained = create.explain(error);
    if (!MomoError.is(explained, 'outcome_unknown')) throw explained;
    if (scope.stoppedBy === 'aborted') throw new Interruption('aborted');
  } finally {
    scope.close();
  }
}

export async function collect(
  context: ClientContext,
  request: RequestToPay,
  options: CollectOptions = {},
): Promise<PollResult> {
  const prepared = prepareRequestToPay(request, context.settings);
  const referenceId = prepared.referenceId ?? v4();
  let create: SafeCreate | undefined;
  const explain = (error: unknown, call: Call) => {
    const failure = error instanceof Interruption ? interruptionFailure(error, call) : error;
    if (!(failure instanceof Failure)) return failure;
    const isSafeAgain = create?.hasLeft !== true || prepared.referenceId !== undefined;
    const error_ = toMomoError(failure, call, isSafeAgain && failure.details.isRetryable === true);
    return error_;
  };
  const plan = { operation: 'collect', referenceId, defaultDeadlineMs: pollDeadlineMs, explain } as const;
  return runCall(context, plan, options, async (call) => {
    const { scope } = call;
    const poll = createPoll(context, call, referenceId, options);
    const { onReference } = options;
    if (onReference !== undefined) await scope.run(async () => onReference(referenceId));
    const createScope = new CallScope(scope.clock, Math.min(createDeadlineMs, scope.remainingMs()), options.signal);
    create = createRequestToPay(context, { ...call, scope: createScope }, referenceId, prepared);
    await send(create, createScope);
    return checkPaid((await poll.run()) as PollResult, prepared.details);
  });
}
