import ky from 'ky';
import { type Answer, describeAnswer } from './answer.js';
import type { CallScope } from './call-scope.js';
import type { Fetch } from './clock.js';
import { bareCause, Interruption } from './failure.js';
import { deliveryOf } from './network-fault.js';

/** One HTTP request, complete but for the address and the subscription key. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL, such as `/collection/token/`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Status codes that say everything by themselves: their body is not awaited. */
  readonly bodylessStatus?: number;
}

/** What came of one attempt that got no complete answer. */
export interface Fault {
  readonly kind: 'fault';
  /** `never`: surely not a byte of the request was sent. */
  readonly sent: 'never' | 'maybe';
  readonly isCertificate: boolean;
  readonly isTimeout: boolean;
  /** `ECONNRESET`, `timeout`, … for events. */
  readonly label: string;
  readonly cause?: Error | undefined;
}

export type Exchange = Answer | Fault;

/** Sends one request once. Interrupts when the call is over; everything else comes back as an {@link Exchange}. */
export type Send = (scope: CallScope, request: WireRequest) => Promise<Exchange>;

export interface TransportOptions {
  readonly baseUrl: string;
  readonly subscriptionKey: string;
  /** Keys that must not show in an error, should MTN echo them. */
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
  readonly fetch?: Fetch | undefined;
}

/**
 * The only place that knows ky. Its retries, time-outs and thrown HTTP errors are off: its time-out ends at the headers,
 * and its errors carry the request with our keys. One timer of our own bounds the whole exchange, body included.
 */
export function createTransport({ baseUrl, subscriptionKey, secrets, timeoutMs, fetch }: TransportOptions): Send {
  const http = ky.create({
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    redirect: 'manual', // a redirect could carry keys to another host
    // Looked up at each call, so that interceptors installed later are used.
    fetch: (input, init) => (fetch ?? globalThis.fetch)(input, init),
  });

  async function exchange(request: WireRequest, signal: AbortSignal): Promise<Answer> {
    const { method, headers, body } = request;
    const response = await http(baseUrl + request.path, {
      method,
      signal,
      headers: { ...headers, 'Ocp-Apim-Subscription-Key': subscriptionKey },
      ...(body === undefined ? {} : { body }),
    });
    const isBodyless = response.status === request.bodylessStatus;
    if (isBodyless) response.body?.cancel().catch(() => {});
    const text = isBodyless ? '' : await response.text();
    const authorization = headers.Authorization?.split(' ')[1] ?? '';
    const echoes = [...secrets, authorization].filter((secret) => secret.length > 3);
    return describeAnswer(response.status, response.headers, text, echoes);
  }

  return async (scope, request) => {
    try {
      return await scope.run((signal) => exchange(request, signal), timeoutMs);
    } catch (error) {
      if (error instanceof Interruption) {
        if (error.why !== 'attempt') throw error;
        return { kind: 'fault', sent: 'maybe', isCertificate: false, isTimeout: true, label: 'timeout' };
      }
      return { kind: 'fault', isTimeout: false, cause: bareCause(error), ...deliveryOf(error) };
    }
  };
}
