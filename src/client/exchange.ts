import { maskDigits } from '../payment/mask.js';
import { nonEmpty } from '../payment/non-empty.js';
import { isRejectingCode, type Reason, toReason } from '../payment/reason.js';
import { bareCause, Failure } from './failure.js';
import { deliveryOf } from './network-fault.js';

/** What came of sending a request once: MTN's complete answer, or a fault of the network. */
export interface Exchange {
  /** 0: no complete answer came. */
  readonly status: number;
  /** `http_503`, `ECONNRESET` or `timeout`, for events. */
  readonly label: string;
  /** The body as JSON; undefined when it is none, and `''` when there is none. */
  readonly json?: unknown;
  /**
   * Who wrote it: MTN's wallet `{ code, message }`, or the gateway in front of it `{ statusCode, message }`. Neither wrote
   * an empty body, nor the HTML page of a firewall, which comes even with 200.
   */
  readonly writer?: 'wallet' | 'gateway' | undefined;
  /** The wallet's `code`, or the login's `error`, as it came. */
  readonly code?: string | undefined;
  /** Code and message, fit to be shown. */
  readonly reason?: Reason | undefined;
  /** What came, in a few words fit to be shown. */
  readonly shown: string;
  /** What MTN's `Retry-After` asks for. */
  readonly retryAfterMs?: number | undefined;
  /** Surely not a byte of the request left. */
  readonly isUnsent?: boolean;
  /** The server's certificate was refused: trying again is no use. */
  readonly isCertificate?: boolean;
  readonly cause?: Error;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `Retry-After` comes as seconds or as a date; rubbish counts as absent. */
function readRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (!value) return undefined;
  const wantedMs = Number.isNaN(Number(value)) ? Date.parse(value) - nowMs : Number(value) * 1_000;
  return Number.isNaN(wantedMs) ? undefined : Math.max(wantedMs, 0);
}

/** An answer, with MTN's words fit to be shown: keys and tokens that it echoes and long digit runs are masked. */
export function answerExchange(
  { status, headers }: Response,
  text: string,
  secrets: readonly string[],
  nowMs: number,
): Exchange {
  const json = text.trim() && parseJson(text);
  const { code, error, statusCode, message } = Object(json) as Record<string, unknown>;
  const word = nonEmpty(code) ?? nonEmpty(error);
  const show = (words: string | undefined) =>
    words && maskDigits(secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), words)).slice(0, 200);
  const said = show(nonEmpty(message));
  const shownCode = show(word);
  const body = /^\s*</.test(text) ? 'an HTML page' : text ? 'an unknown body' : 'an empty body';
  return {
    status,
    label: `http_${status}`,
    json,
    writer: nonEmpty(code) ? 'wallet' : statusCode ? 'gateway' : undefined,
    code: word,
    reason: toReason({ code: shownCode, message: said }),
    shown: `HTTP ${status}, ${[shownCode, said?.replace(/\.$/, '')].filter(Boolean).join(': ') || body}`,
    retryAfterMs: readRetryAfter(headers.get('retry-after'), nowMs),
  };
}

export const timedOut: Exchange = { status: 0, label: 'timeout', shown: 'no answer came in time' };

export function faultExchange(error: unknown): Exchange {
  const delivery = deliveryOf(error);
  const shown = `${delivery.isCertificate ? "the server's certificate was refused" : 'the network failed'} (${delivery.label})`;
  return { status: 0, shown, cause: bareCause({ name: Object(error).name, code: delivery.label }), ...delivery };
}

/** Is this an answer after which a read is worth repeating: a fault, 408, 429, or 5xx without a code that decides? */
export function isBusy({ status, code = '' }: Exchange): boolean {
  return status === 0 || status === 408 || status === 429 || (status >= 500 && !isRejectingCode(code));
}

/** The gateway's 404 only means a wrong URL. */
export function isWrongAddress({ status, writer }: Exchange): boolean {
  return status === 404 && writer === 'gateway';
}

function codeOf(exchange: Exchange) {
  const { status, writer, label, code } = exchange;
  if (status === 0) return label === 'timeout' ? 'timeout' : 'network';
  if (status === 401 || code === 'login_failed') return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404 && writer === 'wallet') return 'not_found';
  if (status === 429) return 'rate_limited';
  if (isBusy(exchange)) return 'unavailable';
  // An empty 404 is from nobody we know: neither "no such payment" nor surely "wrong address".
  return status >= 400 && (status !== 404 || isWrongAddress(exchange)) ? 'rejected' : 'unexpected_response';
}

/** What a success says; any other exchange, and an answer that says nothing, is a failure. */
export function readAnswer<Result>(exchange: Exchange, read: (json: unknown) => Result | undefined): Result {
  const { status, json, shown } = exchange;
  if (![200, 202, 204].includes(status)) throw exchangeFailure(exchange);
  const result = read(json);
  if (result !== undefined) return result;
  throw new Failure('unexpected_response', `the answer cannot be read (${shown})`, { status });
}

/** What an exchange that is no success means for a caller who only asked. */
export function exchangeFailure(exchange: Exchange): Failure {
  const { status, reason, shown, retryAfterMs, isCertificate, cause } = exchange;
  // A redirect is not followed: it could carry keys to another host.
  const isFinal = isCertificate || (status >= 300 && status < 400);
  return new Failure(codeOf(exchange), shown, {
    status: status || undefined,
    reason,
    cause,
    retryAfterMs: status === 429 ? retryAfterMs : undefined,
    ...(isFinal && { isRetryable: false }),
  });
}
