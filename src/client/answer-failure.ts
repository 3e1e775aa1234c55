import { isRejectingCode } from '../payment/reason.js';
import { type Answer, retryAfterMs, shownAnswer, shownReason } from './answer.js';
import { Failure } from './failure.js';
import type { Exchange, Fault } from './transport.js';

/** A fault of the network as a failure. */
export function faultFailure(fault: Fault): Failure {
  if (fault.isTimeout) {
    return new Failure('timeout', 'MTN did not answer in time. Try again, or raise timeoutMs.', { isRetryable: true });
  }
  const advice = fault.isCertificate
    ? "the server's certificate was refused. Check baseUrl, the clock and the trusted certificates of this machine"
    : fault.sent === 'never'
      ? 'MTN could not be reached. Check baseUrl, DNS and the network, then try again'
      : 'the connection broke. Try again';
  return new Failure('network', `${advice} (${fault.label}).`, {
    isRetryable: !fault.isCertificate,
    cause: fault.cause,
  });
}

function unauthorizedText(answer: Answer): string {
  const shown = shownAnswer(answer);
  return answer.writer === 'gateway'
    ? `MTN refused the subscription key (${shown}). Check that subscriptionKey is an active key of the Collections product on this base URL.`
    : `MTN refused the access token, a fresh one too (${shown}). Check that apiUser, apiKey and subscriptionKey belong together and to this targetEnvironment.`;
}

/** What an answer that is no success means for a caller who only asked, by HTTP status, body and code. */
export function answerFailure(answer: Answer, nowMs: number): Failure {
  const { status } = answer;
  const reason = shownReason(answer);
  const shown = shownAnswer(answer);
  const details = { status, reason };
  if (status === 401) return new Failure('unauthorized', unauthorizedText(answer), details);
  if (status === 403) {
    return new Failure(
      'forbidden',
      `MTN forbids this call (${shown}). Ask your MTN account manager whether the product is enabled and this server's IP address is on their list.`,
      details,
    );
  }
  if (status === 404 && answer.writer === 'wallet') {
    return new Failure('not_found', `MTN knows nothing under this id (${shown}). Just after a create, ask again.`, {
      ...details,
      isRetryable: true,
    });
  }
  if (status === 404 && answer.writer === 'gateway') {
    return new Failure('rejected', `there is nothing at this address (${shown}). Check baseUrl.`, details);
  }
  if (status === 429) {
    return new Failure('rate_limited', `MTN asks to slow down (${shown}). Try again later.`, {
      ...details,
      isRetryable: true,
      retryAfterMs: retryAfterMs(answer, nowMs),
    });
  }
  if (isBusy(answer)) {
    return new Failure('unavailable', `MTN could not answer (${shown}). Try again later.`, {
      ...details,
      isRetryable: true,
    });
  }
  // An empty 404 is from nobody we know: neither "no such payment" nor surely "wrong address".
  if (status >= 400 && status !== 404) {
    return new Failure(
      'rejected',
      `MTN refused the request (${shown}). Mend the request before you try again.`,
      details,
    );
  }
  const advice =
    status >= 300 && status < 400
      ? 'Redirects are not followed, they could carry keys to another host; check baseUrl.'
      : 'A firewall or proxy may stand in between; try again, and check baseUrl if it stays.';
  return new Failure('unexpected_response', `the answer makes no sense (${shown}). ${advice}`, {
    ...details,
    isRetryable: status < 300 || status >= 400,
  });
}

/** Is this an answer after which a read is worth repeating: 408, 429, or 5xx without a code that decides? */
export function isBusy({ status, reason }: Answer): boolean {
  return status === 408 || status === 429 || (status >= 500 && !(reason && isRejectingCode(reason.code)));
}

export function exchangeFailure(exchange: Exchange, nowMs: number): Failure {
  return exchange.kind === 'fault' ? faultFailure(exchange) : answerFailure(exchange, nowMs);
}

/** `http_503`, `ECONNRESET` or `timeout`, for events. */
export function exchangeLabel(exchange: Exchange): string {
  return exchange.kind === 'fault' ? exchange.label : `http_${exchange.status}`;
}
