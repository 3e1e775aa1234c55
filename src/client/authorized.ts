import type { Call, ClientContext } from './context.js';
import type { Exchange, WireRequest } from './transport.js';

/**
 * Sends a request with an access token. A 401 drops that token (unless a newer one is there), renews it once and sends
 * the same request again, every header but Authorization unchanged. A second 401 is the caller's to judge.
 */
export async function sendAuthorized(
  context: ClientContext,
  call: Pick<Call, 'scope' | 'report'>,
  request: WireRequest,
  send: (request: WireRequest) => Promise<Exchange>,
): Promise<Exchange> {
  for (let round = 1; ; round++) {
    const { accessToken } = await context.tokens.get(call.scope, call.report);
    const exchange = await send({
      ...request,
      headers: { ...request.headers, Authorization: `Bearer ${accessToken}` },
    });
    const isRefused = exchange.kind === 'answer' && exchange.status === 401;
    if (!isRefused || !context.tokens.refuse(accessToken) || round === 2) return exchange;
  }
}
