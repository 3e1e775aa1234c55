import { tokenLifeSeconds } from '../accounts.js';
import { authError, empty, html, json, requestRejectedHtml } from '../answers.js';
import { readBasicCredentials, requireSubscriptionKey } from '../checks.js';
import type { Exchange, Route } from '../route.js';

/** The one body integrators saw pass; the contract has none at all. */
function isAcceptedBody({ headers, body }: Exchange): boolean {
  if (body === '') return true;
  if (!/^application\/json\b/i.test(headers.get('content-type') ?? '')) return false;
  try {
    return (JSON.parse(body) as { grant_type?: unknown } | null)?.grant_type === 'client_credentials';
  } catch {
    return false;
  }
}

export const tokenRoutes: readonly Route[] = [
  {
    operation: 'createAccessToken',
    method: 'POST',
    path: '/collection/token/',
    handle(exchange) {
      const { headers, body, world } = exchange;
      // The firewall stands before everything else, and says so with HTTP 200.
      if (body !== '' && /^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '')) {
        return { ...html(200, requestRejectedHtml), problem: 'the firewall refuses a form: send no body' };
      }
      requireSubscriptionKey(exchange);
      if (!isAcceptedBody(exchange)) return empty(400, 'the token call takes no body');
      const credentials = readBasicCredentials(headers);
      const user = credentials && world.accounts.findUser(credentials.id);
      if (credentials === undefined || user?.apiKey === undefined || user.apiKey !== credentials.password) {
        return authError(401, 'login_failed', 'API user or API key is wrong');
      }
      return json(200, {
        access_token: world.accounts.issueToken(user),
        token_type: 'access_token',
        expires_in: tokenLifeSeconds,
      });
    },
  },
];
