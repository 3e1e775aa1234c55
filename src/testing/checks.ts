import { toReferenceId } from '../payment/reference-id.js';
import { callbackUrlProblems, isLoopback } from '../payment/urls.js';
import { type Answer, authError, empty, gatewayError, gatewayTexts, Refusal, walletError } from './answers.js';
import type { AuthorizedExchange, Exchange, Route } from './route.js';

/** What a subscription key of MTN's looks like. */
const keyShape = /^[0-9a-f]{32}$/i;

function readSubscriptionKey({ headers, url }: Exchange): string {
  const key = headers.get('ocp-apim-subscription-key') ?? url.searchParams.get('subscription-key') ?? '';
  if (key === '') throw new Refusal(gatewayError(401, gatewayTexts.missingKey));
  return key;
}

function invalidKey(): Refusal {
  return new Refusal(gatewayError(401, gatewayTexts.invalidKey));
}

/** The subscription key, known. */
export function requireSubscriptionKey(exchange: Exchange): string {
  const key = readSubscriptionKey(exchange);
  if (!exchange.world.accounts.hasKey(key)) throw invalidKey();
  return key;
}

/** For provisioning: whoever brings a key of his own has just subscribed, as far as this sandbox is concerned. */
export function adoptSubscriptionKey(exchange: Exchange): string {
  const key = readSubscriptionKey(exchange);
  const { accounts } = exchange.world;
  if (!accounts.hasKey(key) && !keyShape.test(key)) throw invalidKey();
  accounts.addKey(key);
  return key;
}

/** User and password of Basic auth; undefined for anything else. */
export function readBasicCredentials(headers: Headers): { id: string; password: string } | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(headers.get('authorization') ?? '')?.[1];
  if (encoded === undefined) return undefined;
  try {
    const text = atob(encoded);
    const at = text.indexOf(':');
    return at < 0 ? undefined : { id: text.slice(0, at), password: text.slice(at + 1) };
  } catch {
    return undefined;
  }
}

/** A header with something in it; an absent or empty one is refused. */
function requireHeader(headers: Headers, name: string): string {
  const value = headers.get(name) ?? '';
  if (value === '') throw new Refusal(empty(400, `${name} is missing`));
  return value;
}

export function requireTargetEnvironment({ headers, world }: Exchange): void {
  if (requireHeader(headers, 'X-Target-Environment') !== world.targetEnvironment) {
    const problem = `X-Target-Environment is not ${world.targetEnvironment}`;
    throw new Refusal(walletError(500, 'NOT_ALLOWED_TARGET_ENVIRONMENT', problem));
  }
}

/** Guards an operation with what all but the token and provisioning calls need: key, token, target environment. */
export function withToken(handle: (exchange: AuthorizedExchange) => Answer): Route['handle'] {
  return (exchange) => {
    const key = requireSubscriptionKey(exchange);
    const accessToken = /^Bearer +(\S+)$/i.exec(exchange.headers.get('authorization') ?? '')?.[1];
    const user = accessToken === undefined ? undefined : exchange.world.accounts.findTokenUser(accessToken);
    if (user === undefined) {
      throw new Refusal(authError(401, 'invalid_token', 'the bearer token is missing, unknown or expired'));
    }
    // MTN gives a token to a user of another product, and then refuses him at every call.
    if (user.subscriptionKey !== key) {
      const problem = 'the API user belongs to another subscription key';
      throw new Refusal(walletError(500, 'NOT_ALLOWED_TARGET_ENVIRONMENT', problem));
    }
    requireTargetEnvironment(exchange);
    return handle({ ...exchange, user });
  };
}

/** A reference id from the caller, in lower case. */
export function requireReferenceId(value: string | null | undefined, where: string): string {
  const referenceId = toReferenceId(value);
  if (referenceId === undefined) throw new Refusal(empty(400, `${where} is not a UUID of version 4`));
  return referenceId;
}

/** The callback URL, if there is one. The host decides between MTN's 500 and a plain 400. */
export function readCallbackUrl({ headers, url, user }: AuthorizedExchange): string | undefined {
  const callbackUrl = headers.get('x-callback-url');
  if (callbackUrl === null) return undefined;
  const onLoopback = isLoopback(url);
  const [problem] = callbackUrlProblems(callbackUrl, { onLoopback });
  if (problem !== undefined) throw new Refusal(empty(400, `X-Callback-Url ${problem}`));
  const { providerCallbackHost } = user;
  const [hostProblem] = callbackUrlProblems(callbackUrl, { onLoopback, providerCallbackHost });
  if (hostProblem !== undefined) {
    throw new Refusal(walletError(500, 'INVALID_CALLBACK_URL_HOST', `X-Callback-Url ${hostProblem}`));
  }
  return callbackUrl;
}
