import { authError, empty, json, Refusal } from '../answers.js';
import {
  readBasicCredentials,
  readCallbackUrl,
  requireSubscriptionKey,
  requireTargetEnvironment,
  withToken,
} from '../checks.js';
import { consentTimes } from '../consents.js';
import type { Exchange, Route } from '../route.js';
import { testNumbers } from '../scenarios.js';
import { sandboxPerson } from './account-holder.js';

function readForm({ headers, body }: Exchange): Readonly<Record<string, string>> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers.get('content-type') ?? '')) {
    throw new Refusal(empty(400, 'Content-Type is not that of a form'));
  }
  return Object.fromEntries(new URLSearchParams(body));
}

// MTN documents success only; these are CIBA's, for the numbers that do the like in a payment.
const undecided: Readonly<Record<string, string>> = {
  [testNumbers.requestToPay.rejected]: 'access_denied',
  [testNumbers.requestToPay.expired]: 'expired_token',
  [testNumbers.requestToPay.ongoing]: 'authorization_pending',
};

export const consentRoutes: readonly Route[] = [
  {
    operation: 'authorizeConsent',
    method: 'POST',
    path: '/collection/v1_0/bc-authorize',
    handle: withToken((exchange) => {
      const form = readForm(exchange);
      const msisdn = /^ID:([0-9]{8,15})\/MSISDN$/.exec(form.login_hint ?? '')?.[1];
      if (msisdn === undefined) return empty(400, 'login_hint is not ID:{msisdn}/MSISDN');
      const { scope = '', access_type: access = '', consent_valid_in: validIn } = form;
      if (scope === '') return empty(400, 'scope is missing');
      if (!['online', 'offline'].includes(access)) return empty(400, 'access_type is neither online nor offline');
      if (validIn !== undefined && (access !== 'offline' || !/^[1-9][0-9]*$/.test(validIn))) {
        return empty(400, 'consent_valid_in is a number of seconds, and goes with offline only');
      }
      readCallbackUrl(exchange);
      const { world, user } = exchange;
      const authReqId = world.consents.ask({
        msisdn,
        scope,
        isOffline: access === 'offline',
        refreshLifeSeconds: Number(validIn ?? consentTimes.refreshLife),
        ownerKey: user.subscriptionKey,
      });
      return json(200, {
        auth_req_id: authReqId,
        interval: consentTimes.interval,
        expires_in: consentTimes.expiresIn,
      });
    }),
  },
  {
    operation: 'createOauth2Token',
    method: 'POST',
    path: '/collection/oauth2/token/',
    handle(exchange) {
      const { headers, world } = exchange;
      const key = requireSubscriptionKey(exchange);
      const credentials = readBasicCredentials(headers);
      const user = credentials && world.accounts.findUser(credentials.id);
      if (user?.apiKey === undefined || user.apiKey !== credentials?.password) {
        return authError(401, 'login_failed', 'API user or API key is wrong');
      }
      requireTargetEnvironment(exchange);
      const { grant_type: type, auth_req_id: authReqId = '', refresh_token: refresh = '' } = readForm(exchange);
      const isCiba = type === 'urn:openid:params:grant-type:ciba';
      if (!isCiba && type !== 'refresh_token') return authError(400, 'unsupported_grant_type', 'grant_type is unknown');
      const consent = isCiba ? world.consents.find(authReqId) : world.consents.findRefreshed(refresh);
      if (consent?.ownerKey !== key) return authError(400, 'invalid_grant', 'unknown, used up or expired');
      const refusal = undecided[consent.msisdn];
      if (refusal !== undefined) return authError(400, refusal, 'the account holder has not consented');
      const { accessToken, refreshToken } = world.consents.redeem(isCiba ? authReqId : refresh, consent);
      return json(200, {
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: consentTimes.tokenLife,
        scope: consent.scope,
        ...(refreshToken && { refresh_token: refreshToken, refresh_token_expired_in: consent.refreshLifeSeconds }),
      });
    },
  },
  {
    operation: 'getUserInfoWithConsent',
    method: 'GET',
    path: '/collection/oauth2/v1_0/userinfo',
    handle(exchange) {
      const key = requireSubscriptionKey(exchange);
      const token = /^Bearer +(\S+)$/i.exec(exchange.headers.get('authorization') ?? '')?.[1] ?? '';
      const consent = exchange.world.consents.findByToken(token);
      if (consent?.ownerKey !== key) return authError(401, 'invalid_token', 'not a token of oauth2/token/');
      requireTargetEnvironment(exchange);
      return json(200, {
        sub: '0',
        name: 'Sand Box',
        ...sandboxPerson,
        phone_number: consent.msisdn,
        phone_number_verified: true,
        active: true,
        updated_at: Math.floor(exchange.world.clock.now() / 1_000),
      });
    },
  },
];
