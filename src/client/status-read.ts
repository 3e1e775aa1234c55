import type { StatusResource } from '../operations/resource.js';
import { type Answer, shownAnswer } from './answer.js';
import { answerFailure } from './answer-failure.js';
import { sendAuthorized } from './authorized.js';
import { type Call, type ClientContext, sendOnce } from './context.js';
import { Failure } from './failure.js';
import { sendWithRetries } from './retry.js';
import type { ReadTicket } from './status-budget.js';
import type { Exchange, WireRequest } from './transport.js';

export interface StatusReadPlan {
  readonly ticket: ReadTicket;
  readonly attempts: number;
}

/** One attempt at a status read: a token, a permit of the budget, then the request. */
export function sendStatusRead(
  context: ClientContext,
  call: Pick<Call, 'scope' | 'report'>,
  resource: StatusResource<unknown>,
  referenceId: string,
  ticket: ReadTicket,
  attempt = 1,
): Promise<Exchange> {
  const request: WireRequest = {
    method: 'GET',
    path: resource.path(referenceId),
    headers: { 'X-Target-Environment': context.settings.targetEnvironment },
  };
  return sendAuthorized(context, call, request, async (authorized) => {
    // After the token: a permit that waits for a slow token would leave in a crowd with others.
    await context.budget.take(call.scope, ticket);
    return sendOnce(context, call, resource.operation, attempt, authorized);
  });
}

/** The status in an answer, or why there is none. */
export function statusOf<Status>(resource: StatusResource<Status>, referenceId: string, answer: Answer, nowMs: number) {
  if (answer.status !== 200) return answerFailure(answer, nowMs);
  return (
    resource.read(referenceId, answer.json) ??
    new Failure(
      'unexpected_response',
      `MTN's status answer cannot be read (${shownAnswer(answer)}). That says nothing of the payment; read again.`,
      { status: answer.status, isRetryable: true },
    )
  );
}

/** Reads a status, with retries. */
export async function readStatus<Status>(
  context: ClientContext,
  call: Call,
  resource: StatusResource<Status>,
  referenceId: string,
  { ticket, attempts }: StatusReadPlan,
): Promise<Status> {
  const { clock, random } = context.settings;
  const answer = await sendWithRetries({
    scope: call.scope,
    attempts,
    random,
    send: (attempt) => sendStatusRead(context, call, resource, referenceId, ticket, attempt),
    onRetry: (attempt, delayMs, cause) =>
      call.report({ operation: resource.operation, type: 'retry', attempt, delayMs, cause }),
  });
  const status = statusOf(resource, referenceId, answer, clock.now());
  if (status instanceof Failure) throw status;
  return status;
}
