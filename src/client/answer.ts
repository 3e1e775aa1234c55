import { maskDigits } from '../payment/mask.js';
import type { Reason } from '../payment/reason.js';

/** Longer waits than this that MTN asks for are cut: a deadline of ours is usually nearer. */
const maxRetryAfterMs = 30_000;

/** A complete HTTP answer. */
export interface Answer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined when it is none. */
  readonly json: unknown;
  /**
   * Who wrote it: MTN's wallet `{ code, message }`, its login `{ error }`, the gateway in front `{ statusCode, message }`,
   * or none of them (an empty body, or the HTML page of a firewall, which comes even with 200).
   */
  readonly writer: 'wallet' | 'login' | 'gateway' | 'unknown';
  /** The wallet's or the login's code and message, as they came. */
  readonly reason: Reason | undefined;
  /** Makes words of this answer fit to be shown: keys and tokens that MTN echoes and long digit runs are masked. */
  readonly show: (text: string) => string;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nonEmpty(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

export function describeAnswer(
  status: number,
  headers: Headers,
  text: string,
  secrets: readonly string[] = [],
): Answer {
  const json = parseJson(text);
  const { code, error, statusCode, message } = (typeof json === 'object' && json !== null ? json : {}) as Record<
    string,
    unknown
  >;
  const word = nonEmpty(code) ? code : nonEmpty(error) ? error : undefined;
  const writer = nonEmpty(code)
    ? 'wallet'
    : nonEmpty(error)
      ? 'login'
      : statusCode === undefined
        ? 'unknown'
        : 'gateway';
  const reason = word === undefined ? undefined : { code: word, ...(nonEmpty(message) ? { message } : {}) };
  const show = (words: string) =>
    maskDigits(secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), words)).slice(0, 200);
  return { kind: 'answer', status, headers, text, json, writer, reason, show };
}

/** MTN's reason, fit to be shown. */
export function shownReason(answer: Answer): Reason | undefined {
  const { reason, show } = answer;
  if (reason === undefined) return undefined;
  return { code: show(reason.code), ...(reason.message === undefined ? {} : { message: show(reason.message) }) };
}

/** `HTTP 500, PAYER_NOT_FOUND: Payee does not exist`, for messages. */
export function shownAnswer(answer: Answer): string {
  const reason = shownReason(answer);
  const gateway = answer.writer === 'gateway' ? (answer.json as { message?: unknown }).message : undefined;
  const words = reason
    ? [reason.code, reason.message].filter((word) => word !== undefined).join(': ')
    : nonEmpty(gateway)
      ? `gateway: ${answer.show(gateway)}`
      : /^\s*</.test(answer.text)
        ? 'an HTML page'
        : answer.text === ''
          ? 'an empty body'
          : 'an unknown body';
  return `HTTP ${answer.status}, ${words}`;
}

/** Is this MTN's wallet saying that it knows no such payment? A 404 of the gateway only means a wrong URL. */
export function isWalletNotFound(answer: Answer): boolean {
  const code = answer.writer === 'wallet' ? answer.reason?.code : undefined;
  return answer.status === 404 && (code === 'RESOURCE_NOT_FOUND' || code === 'TRANSACTION_NOT_FOUND');
}

/** `Retry-After` in milliseconds, from seconds or a date, within 0 and 30 s; undefined when absent or rubbish. */
export function retryAfterMs(answer: Answer, nowMs: number): number | undefined {
  const value = answer.headers.get('retry-after')?.trim();
  if (!value) return undefined;
  const wantedMs = /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(wantedMs) ? undefined : Math.min(Math.max(Math.ceil(wantedMs), 0), maxRetryAfterMs);
}
