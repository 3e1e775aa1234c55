import type { ApiUser } from '../accounts.js';
import { type Answer, empty, gatewayError, gatewayTexts, json, Refusal, walletError } from '../answers.js';
import { adoptSubscriptionKey, requireReferenceId, requireSubscriptionKey } from '../checks.js';
import { readJsonObject, requireText } from '../fields.js';
import type { Exchange, Route } from '../route.js';

const path = '/v1_0/apiuser';

/** Only the sandbox makes users this way: in production the partner portal does, and the gateway knows no such path. */
function inSandbox(handle: (exchange: Exchange) => Answer): Route['handle'] {
  return (exchange) =>
    exchange.world.targetEnvironment === 'sandbox' ? handle(exchange) : gatewayError(404, gatewayTexts.notFound);
}

function requireUser(exchange: Exchange): ApiUser {
  const key = requireSubscriptionKey(exchange);
  const user = exchange.world.accounts.findUser(
    requireReferenceId(exchange.params.apiUser, 'the API user in the path'),
  );
  if (user?.subscriptionKey !== key) throw new Refusal(walletError(404, 'RESOURCE_NOT_FOUND'));
  return user;
}

export const provisioningRoutes: readonly Route[] = [
  {
    operation: 'createApiUser',
    method: 'POST',
    path,
    handle: inSandbox((exchange) => {
      const { headers, body, world } = exchange;
      const subscriptionKey = adoptSubscriptionKey(exchange);
      const id = requireReferenceId(headers.get('x-reference-id'), 'X-Reference-Id');
      // Taken as it is: MTN too accepts a whole URL here, which then matches no callback.
      const providerCallbackHost = requireText(
        readJsonObject(headers, body).providerCallbackHost,
        'providerCallbackHost',
      );
      if (world.accounts.findUser(id) !== undefined) return walletError(409, 'RESOURCE_ALREADY_EXIST');
      world.accounts.addUser({ id, subscriptionKey, providerCallbackHost, apiKey: undefined });
      return empty(201);
    }),
  },
  {
    operation: 'createApiKey',
    method: 'POST',
    path: `${path}/{apiUser}/apikey`,
    handle: inSandbox((exchange) => {
      const user = requireUser(exchange);
      if (exchange.body !== '') return empty(400, 'this call takes no body');
      user.apiKey = exchange.world.random.hex(32);
      return json(201, { apiKey: user.apiKey });
    }),
  },
  {
    operation: 'getApiUser',
    method: 'GET',
    path: `${path}/{apiUser}`,
    handle: inSandbox((exchange) => {
      const { providerCallbackHost = '*' } = requireUser(exchange);
      return json(200, { providerCallbackHost, targetEnvironment: exchange.world.targetEnvironment });
    }),
  },
];
