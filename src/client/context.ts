import { v4 } from 'uuid';
import { Issues, MomoError } from '../errors.js';
import type { Operation } from '../operations/resource.js';
import { type Call, type CallOptions, openCall } from './call.js';
import { createReport } from './events.js';
import { type Exchange, exchangeFailure, isBusy } from './exchange.js';
import { Failure, Interruption, toMomoError } from './failure.js';
import type { Settings } from './options.js';
import type { PollHints } from './poll-hints.js';
import type { StatusBudget } from './status-budget.js';
import type { TokenSource } from './token-source.js';
import type { Send, WireRequest } from './transport.js';

/** What all calls of one client share. */
export interface ClientContext extends Settings {
  /** `Basic …`, for the calls that want the API user's own credentials. */
  readonly basic: string;
  readonly send: Send;
  readonly tokens: TokenSource;
  readonly budget: StatusBudget;
  readonly hints: PollHints;
}

/** How long a call may take in all, in milliseconds, unless its caller says otherwise. */
export const deadlinesMs = { create: 120_000, read: 60_000, poll: 600_000 };

/**
 * Runs one public call: within its bounds, with its events, and with errors that name it.
 *
 * @param isSafeAgain - Asked of creates that failed: the same call again cannot charge twice?
 */
export async function runCall<Result>(
  { clock, onEvent }: ClientContext,
  operation: Operation,
  kind: keyof typeof deadlinesMs,
  referenceId: string | undefined,
  options: CallOptions | undefined,
  work: (call: Call) => Promise<Result>,
  isSafeAgain?: () => boolean,
): Promise<Result> {
  const { signal, deadlineMs = deadlinesMs[kind] } = options ?? {};
  const issues = new Issues();
  issues.check(!signal || typeof signal.removeEventListener === 'function', 'signal', 'must be an AbortSignal');
  issues.checkNumbers(0, { deadlineMs });
  issues.throwIfAny(`${operation} was not called`, referenceId);
  const report = createReport(onEvent, clock, { callId: v4(), referenceId });
  const call = openCall(clock, report, deadlineMs, options);
  const settle = (code?: MomoError['code']) =>
    report(operation, { type: 'settled', durationMs: call.nowMs() - call.startedAtMs, ...(code && { code }) });
  try {
    const result = await work(call);
    settle();
    return result;
  } catch (thrown) {
    const failure = thrown instanceof Interruption ? call.interruption(thrown) : thrown;
    const error = failure instanceof Failure ? toMomoError(failure, operation, referenceId, isSafeAgain?.()) : failure;
    settle(MomoError.is(error) ? error.code : undefined);
    throw error;
  } finally {
    call.close();
  }
}

/** Sends a request once, with its events. */
export async function sendOnce(
  { send }: ClientContext,
  call: Call,
  operation: Operation,
  attempt: number,
  request: WireRequest,
): Promise<Exchange> {
  call.report(operation, { type: 'request', attempt });
  const sentAtMs = call.nowMs();
  const exchange = await send(call, request);
  const { status } = exchange;
  if (status) call.report(operation, { type: 'response', attempt, status, durationMs: call.nowMs() - sentAtMs });
  return exchange;
}

/**
 * Sends a request with an access token. A 401 drops that token (unless a newer one is there), renews it once and sends
 * the same request again, every header but Authorization unchanged. A second 401 is the caller's to judge.
 */
export async function sendAuthorized(
  { tokens }: ClientContext,
  call: Call,
  request: WireRequest,
  send: (request: WireRequest) => Promise<Exchange>,
): Promise<Exchange> {
  for (let round = 1; ; round++) {
    const { accessToken } = await tokens.get(call);
    const exchange = await send({
      ...request,
      headers: { ...request.headers, Authorization: `Bearer ${accessToken}` },
    });
    if (exchange.status !== 401 || !tokens.refuse(accessToken) || round === 2) return exchange;
  }
}

export const maxAttempts = 3;

/**
 * Waits before the next attempt, with full jitter: anything from nothing to the doubled step, so that clients that failed
 * together do not return together. Throws the exchange's failure when the wait would not end before the deadline.
 */
export async function backOff(
  { random }: ClientContext,
  call: Call,
  operation: Operation,
  attempt: number,
  exchange: Exchange,
  leastMs = 0,
): Promise<void> {
  const baseDelayMs = 300;
  const maxDelayMs = 5_000;
  /** Longer waits than this that MTN asks for are cut: a deadline of ours is usually nearer. */
  const maxRetryAfterMs = 30_000;
  const stepMs = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  const askedMs = Math.min(exchange.retryAfterMs ?? leastMs, maxRetryAfterMs);
  const delayMs = Math.max(askedMs, Math.round(stepMs * random()));
  if (delayMs >= call.remainingMs()) throw exchangeFailure(exchange);
  call.report(operation, { type: 'retry', attempt, delayMs, cause: exchange.label });
  await call.sleep(delayMs);
}

/** Repeats a request that changes nothing: after network faults, 408, 429 and 5xx without a code that decides. */
export async function sendWithRetries(
  context: ClientContext,
  call: Call,
  operation: Operation,
  attempts: number,
  send: (attempt: number) => Promise<Exchange>,
): Promise<Exchange> {
  for (let attempt = 1; ; attempt++) {
    const exchange = await send(attempt);
    if (!isBusy(exchange)) return exchange;
    if (exchange.isCertificate || attempt >= attempts) throw exchangeFailure(exchange);
    await backOff(context, call, operation, attempt, exchange);
  }
}
