import type { Fetch } from '../../index.js';
import { maskDigits } from '../../payment/mask.js';

/** An answer, as far as the doctor looks at it. */
export interface SeenAnswer {
  readonly status: number;
  /** The server's clock, in epoch milliseconds. */
  readonly dateMs?: number;
  /**
   * Who wrote it, as its body shows: MTN's wallet `{ code }`, the login `{ error }`, the gateway in front of both
   * `{ statusCode }`, a web page, or nobody we know.
   */
  readonly writer: 'wallet' | 'login' | 'gateway' | 'page' | 'unknown';
  /** The wallet's `code`, or the login's `error`. */
  readonly code?: string;
  /** The gateway's words. */
  readonly message?: string;
}

/** A `fetch` that keeps what was answered last. */
export interface Witness {
  readonly fetch: Fetch;
  /** The last answer, unless a fault of the network came after it. */
  last(): SeenAnswer | undefined;
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function seen({ status, headers }: Response, text: string): SeenAnswer {
  const { code, error, statusCode, message } = fieldsOf(text);
  const dateMs = Date.parse(headers.get('date') ?? '');
  const word = [code, error].find((value) => typeof value === 'string' && /^[\w.-]{1,60}$/.test(value));
  const isText = (value: unknown) => typeof value === 'string' && value !== '';
  return {
    status,
    ...(Number.isNaN(dateMs) ? {} : { dateMs }),
    writer: isText(code)
      ? 'wallet'
      : isText(error)
        ? 'login'
        : statusCode !== undefined
          ? 'gateway'
          : /^\s*</.test(text)
            ? 'page'
            : 'unknown',
    ...(word !== undefined && { code: maskDigits(String(word)) }),
    ...(isText(message) && { message: String(message) }),
  };
}

export function createWitness(fetch: Fetch): Witness {
  let answer: SeenAnswer | undefined;
  return {
    last: () => answer,
    async fetch(input, init) {
      answer = undefined;
      const response = await fetch(input, init);
      // All of it, before the client reads it: both need the body.
      const text = await response.clone().text();
      answer = seen(response, text);
      return response;
    },
  };
}

/** An answer in a few words. The gateway's own text is not quoted: it is only looked at. */
export function showAnswer({ status, writer, code }: SeenAnswer): string {
  const by = { wallet: '', login: '', gateway: ', from the gateway', page: ', a web page', unknown: '' }[writer];
  return `HTTP ${status}${code === undefined ? by : `, ${code}`}`;
}
