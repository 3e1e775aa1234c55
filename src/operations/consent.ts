import { closePlain, type Form, takeCallbackUrl, takeOptionalTexts, takeParty, takeText, takeWhole } from './create.js';
import type { PlainRequest } from './resource.js';
import { readAll } from './wire.js';

/** What an account holder is asked to consent to. Experimental. */
export interface AuthorizeConsent {
  /** The account holder's phone number with its country code. */
  readonly msisdn: string;
  /** Separated by spaces, such as `profile` or `all_info`. */
  readonly scope: string;
  /** `offline` gives a refresh token too. */
  readonly accessType: 'online' | 'offline';
  /** How long it holds, in seconds; only with `offline`. */
  readonly consentValidIn?: number | undefined;
  /** For MTN's Ping and Push modes. */
  readonly clientNotificationToken?: string | undefined;
  /** A financial instruction, as base64. */
  readonly scopeInstruction?: string | undefined;
  /** Where MTN is to call with the outcome; the client's own is for payments and not used here. */
  readonly callbackUrl?: string | undefined;
}

/** A consent that was asked for. Experimental. */
export interface ConsentRequest {
  /** What the token is got with, once the account holder has agreed. */
  readonly authReqId: string;
  /** Seconds to wait between two tries for the token. */
  readonly interval?: number;
  /** Seconds until it is too late. */
  readonly expiresIn?: number;
}

/** What stands for a consent: the request's id, or the refresh token of an earlier answer. Experimental. */
export type Oauth2Grant =
  | { readonly authReqId: string; readonly refreshToken?: undefined }
  | { readonly refreshToken: string; readonly authReqId?: undefined };

/** A token that reads what was consented to. It is a secret. Experimental. */
export interface Oauth2Token {
  readonly accessToken: string;
  readonly tokenType?: string;
  /** Seconds. */
  readonly expiresIn?: number;
  readonly scope?: string;
  readonly refreshToken?: string;
  /** Seconds. */
  readonly refreshTokenExpiredIn?: number;
}

/** What came, when the field that it is all about is there. */
function readWith<Result>(name: string): PlainRequest<Result>['read'] {
  return (json) => {
    const found = readAll(json);
    return found[name] ? (found as Result) : undefined;
  };
}

/** @throws MomoError `invalid_input`, with every problem */
export function prepareConsent(form: Form<AuthorizeConsent>): PlainRequest<ConsentRequest> {
  const { msisdn } = form.fields;
  const { partyId } = takeParty(form, 'msisdn', false, typeof msisdn === 'string' ? msisdn : '');
  const texts = {
    scope: takeText(form, 'scope'),
    accessType: takeText(form, 'accessType', /^(on|off)line$/, 'online or offline'),
    ...takeOptionalTexts(form, 'clientNotificationToken', 'scopeInstruction'),
  };
  const consentValidIn =
    form.fields.consentValidIn === undefined ? undefined : String(takeWhole(form, 'consentValidIn'));
  form.check(!consentValidIn || texts.accessType !== 'online', 'consentValidIn', 'goes with offline only');
  return closePlain(form, 'POST', 'v1_0/bc-authorize', readWith('authReqId'), {
    headers: { 'X-Callback-Url': takeCallbackUrl(form) },
    form: { loginHint: `ID:${partyId}/MSISDN`, ...texts, consentValidIn },
    // A second one would ask the account holder again.
    isOnce: true,
  });
}

/** @throws MomoError `invalid_input` */
export function prepareOauth2Token(form: Form<Oauth2Grant>): PlainRequest<Oauth2Token> {
  const grant = takeOptionalTexts(form, 'authReqId', 'refreshToken');
  form.check(Object.keys(grant).length === 1, '', 'give either authReqId or refreshToken');
  return closePlain(form, 'POST', 'oauth2/token/', readWith('accessToken'), {
    authorization: 'Basic',
    form: { grantType: 'authReqId' in grant ? 'urn:openid:params:grant-type:ciba' : 'refresh_token', ...grant },
    // A grant that was used up by an answer that got lost is gone: a second try would only hide why.
    isOnce: true,
  });
}
