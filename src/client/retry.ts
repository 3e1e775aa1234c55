import { type Answer, retryAfterMs } from './answer.js';
import { exchangeFailure, exchangeLabel, isBusy } from './answer-failure.js';
import type { CallScope } from './call-scope.js';
import type { Exchange } from './transport.js';

export const maxAttempts = 3;
const baseDelayMs = 300;
const maxDelayMs = 5_000;

/** Full jitter: anything from nothing to the doubled step, so that clients that failed together do not return together. */
export function backoffMs(attempt: number, random: () => number): number {
  const step = Math.min(maxDelayMs, baseDelayMs * 2 ** (attempt - 1));
  const share = random();
  return Math.round(step * (share >= 0 && share <= 1 ? share : 0.5));
}

/** What {@link sendWithRetries} needs beside the sending itself. */
export interface RetryPlan {
  readonly scope: CallScope;
  readonly attempts: number;
  readonly random: () => number;
  readonly send: (attempt: number) => Promise<Exchange>;
  readonly onRetry: (attempt: number, delayMs: number, cause: string) => void;
}

/**
 * Repeats a request that changes nothing: network faults, 408, 429 and 5xx without a code that decides. Throws the last
 * failure when attempts are used up, or when the wait would not end before the deadline.
 */
export async function sendWithRetries({ scope, attempts, random, send, onRetry }: RetryPlan): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    const exchange = await send(attempt);
    if (exchange.kind === 'answer' && !isBusy(exchange)) return exchange;
    const nowMs = scope.clock.now();
    const askedMs = exchange.kind === 'answer' ? (retryAfterMs(exchange, nowMs) ?? 0) : 0;
    const delayMs = Math.max(askedMs, backoffMs(attempt, random));
    const isHopeless = exchange.kind === 'fault' && exchange.isCertificate;
    if (isHopeless || attempt >= attempts || delayMs >= scope.remainingMs()) throw exchangeFailure(exchange, nowMs);
    onRetry(attempt, delayMs, exchangeLabel(exchange));
    await scope.sleep(delayMs);
  }
}
