import ky from 'ky';
import type { Call } from './call.js';
import { answerExchange, type Exchange, faultExchange, timedOut } from './exchange.js';
import { Interruption } from './failure.js';
import type { Settings } from './options.js';

/** One HTTP request, complete but for the address and what all requests of one client carry. */
export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL, such as `/collection/token/`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What an answer that echoes it must not show. */
  readonly secrets?: readonly string[] | undefined;
}

/** Sends one request once. Throws only when the call is over; everything else comes back as an {@link Exchange}. */
export type Send = (call: Call, request: WireRequest) => Promise<Exchange>;

/**
 * The only place that knows ky. Its retries, time-outs and thrown HTTP errors are off: its time-out ends at the headers,
 * and its errors carry the request with our keys. One timer of our own bounds the whole exchange, body included.
 *
 * @param shared - Headers of every request, beside the subscription key.
 */
export function createTransport(
  { baseUrl, subscriptionKey, apiKey, timeoutMs, fetch }: Settings,
  shared?: WireRequest['headers'],
): Send {
  return async (call, { path, headers = {}, secrets: own = [], ...request }) => {
    try {
      return await call.run(async (signal) => {
        const response = await ky(baseUrl + path, {
          ...request,
          signal,
          headers: { ...shared, ...headers, 'Ocp-Apim-Subscription-Key': subscriptionKey },
          retry: 0,
          timeout: false,
          throwHttpErrors: false,
          redirect: 'manual', // a redirect could carry keys to another host
          // Looked up at each call, so that interceptors installed later are used; and called on nothing, as workers want it.
          fetch: (input, init) => (fetch ?? globalThis.fetch)(input, init),
        });
        const { status, body } = response;
        // 202 says it all, and its body need not ever end.
        if (status === 202) body?.cancel().catch(() => {});
        const text = status === 202 ? '' : await response.text();
        // A callback URL is signed, and so a key too.
        const sent = [headers.Authorization?.split(' ')[1], headers['X-Callback-Url']];
        const secrets = [subscriptionKey, apiKey, ...sent, ...own];
        const echoes = secrets.filter((secret): secret is string => Number(secret?.length) > 3);
        return answerExchange(response, text, echoes, call.nowMs());
      }, timeoutMs);
    } catch (error) {
      if (!(error instanceof Interruption)) return faultExchange(error);
      if (error.why === 'attempt') return timedOut;
      throw error;
    }
  };
}
