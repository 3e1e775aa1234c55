import { v4 } from 'uuid';
import { invalidInput, MomoError } from '../errors.js';
import type { Operation } from '../operations/resource.js';
import { type CallOptions, CallScope } from './call-scope.js';
import { createReport, type Report } from './events.js';
import { bareCause, Failure, Interruption, toMomoError } from './failure.js';
import type { Settings } from './options.js';
import type { PollHints } from './poll-hints.js';
import type { StatusBudget } from './status-budget.js';
import type { TokenSource } from './token-source.js';
import type { Exchange, Send, WireRequest } from './transport.js';

/** What all calls of one client share. */
export interface ClientContext {
  readonly settings: Settings;
  readonly send: Send;
  readonly tokens: TokenSource;
  readonly budget: StatusBudget;
  readonly hints: PollHints;
}

/** One public call on its way. */
export interface Call {
  readonly operation: Operation;
  readonly referenceId?: string | undefined;
  readonly scope: CallScope;
  readonly report: Report;
}

export interface CallPlan {
  readonly operation: Operation;
  readonly referenceId?: string | undefined;
  readonly defaultDeadlineMs: number;
  /** Turns what ended the call into the error its caller gets; the default serves calls that change nothing. */
  readonly explain?: (error: unknown, call: Call) => unknown;
}

/** @throws MomoError `invalid_input` */
function checkCallOptions(
  operation: string,
  { signal, deadlineMs }: CallOptions,
  referenceId: string | undefined,
): void {
  const issues = [];
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    issues.push({ path: 'signal', message: 'must be an AbortSignal' });
  }
  if (deadlineMs !== undefined && !(typeof deadlineMs === 'number' && deadlineMs >= 0)) {
    issues.push({ path: 'deadlineMs', message: 'must be a number of 0 or more' });
  }
  if (issues.length > 0) throw invalidInput(`${operation} was not called`, issues, referenceId);
}

/** What an abort or a passed deadline means where nothing was changed. */
export function interruptionFailure({ why }: Interruption, call: Call): Failure {
  return why === 'aborted'
    ? new Failure('aborted', 'the call was aborted.', { isRetryable: true, cause: bareCause(call.scope.abortReason) })
    : new Failure('timeout', 'the deadline of the call has passed. Try again, or raise deadlineMs.', {
        isRetryable: true,
      });
}

function explainRead(error: unknown, call: Call): unknown {
  const failure = error instanceof Interruption ? interruptionFailure(error, call) : error;
  return failure instanceof Failure ? toMomoError(failure, call) : failure;
}

/** Runs one public call: within its bounds, with its events, and with errors that name it. */
export async function runCall<Result>(
  { settings }: ClientContext,
  { operation, referenceId, defaultDeadlineMs, explain = explainRead }: CallPlan,
  options: CallOptions | undefined,
  work: (call: Call) => Promise<Result>,
): Promise<Result> {
  const { signal, deadlineMs = defaultDeadlineMs } = options ?? {};
  checkCallOptions(operation, { signal, deadlineMs }, referenceId);
  const scope = new CallScope(settings.clock, deadlineMs, signal);
  const report = createReport(settings.onEvent, () => settings.clock.now(), { callId: v4(), referenceId });
  const call: Call = { operation, referenceId, scope, report };
  const settled = () => ({ operation, type: 'settled' as const, durationMs: settings.clock.now() - scope.startedAtMs });
  try {
    const result = await work(call);
    report(settled());
    return result;
  } catch (error) {
    const explained = explain(error, call);
    report(MomoError.is(explained) ? { ...settled(), code: explained.code } : settled());
    throw explained;
  } finally {
    scope.close();
  }
}

/** One attempt, with its events. */
export async function sendOnce(
  { send, settings }: ClientContext,
  { scope, report }: Pick<Call, 'scope' | 'report'>,
  operation: Operation,
  attempt: number,
  request: WireRequest,
): Promise<Exchange> {
  scope.throwIfStopped();
  report({ operation, type: 'request', attempt });
  const sentAtMs = settings.clock.now();
  const exchange = await send(scope, request);
  if (exchange.kind === 'answer') {
    report({
      operation,
      type: 'response',
      attempt,
      status: exchange.status,
      durationMs: settings.clock.now() - sentAtMs,
    });
  }
  return exchange;
}
