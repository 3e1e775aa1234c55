import { accountHolderRequest, type HeldByParty } from './account-holder.js';
import { closePlain, type Form, takeText } from './create.js';
import type { PlainRequest } from './resource.js';
import { readAll } from './wire.js';

/** Who an account holder is, as far as MTN tells without consent. */
export interface BasicUserInfo {
  readonly givenName?: string;
  readonly familyName?: string;
  /** Such as `1976-08-13`. */
  readonly birthdate?: string;
  /** Such as `sv_SE`. */
  readonly locale?: string;
  readonly gender?: string;
  readonly status?: string;
  readonly sub?: string;
  /** Epoch seconds, as MTN writes it. */
  readonly updatedAt?: number;
}

/** An address, where MTN gives it in parts. */
export interface UserAddress {
  readonly formatted?: string;
  readonly streetAddress?: string;
  readonly postalCode?: string;
  readonly locality?: string;
  readonly region?: string;
  readonly country?: string;
}

/** Who an account holder is, as far as he consented. Experimental: little is known of it outside MTN's contract. */
export interface UserInfo extends BasicUserInfo {
  readonly name?: string;
  readonly middleName?: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly phoneNumber?: string;
  readonly phoneNumberVerified?: boolean;
  /** One text by contract, parts as seen. */
  readonly address?: string | UserAddress;
  readonly creditScore?: string;
  readonly active?: boolean;
  readonly countryOfBirth?: string;
  readonly regionOfBirth?: string;
  readonly cityOfBirth?: string;
  readonly occupation?: string;
  readonly employerName?: string;
  readonly identificationType?: string;
  readonly identificationValue?: string;
}

function readUserInfo(json: unknown): UserInfo | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const { address } = json as { address?: unknown };
  return { ...readAll(json), ...(typeof address === 'object' && address && { address: readAll(address) }) };
}

export function prepareBasicUserInfo(form: Form<HeldByParty>): PlainRequest<BasicUserInfo> {
  return accountHolderRequest(form, 'accountholder', '/basicuserinfo', readUserInfo, true);
}

/** @throws MomoError `invalid_input` */
export function prepareUserInfo(form: Form<{ readonly oauth2AccessToken: string }>): PlainRequest<UserInfo> {
  const token = takeText(form, 'oauth2AccessToken', /^[!-~]+$/, 'a token of createOauth2Token');
  const authorization = `Bearer ${token}` as const;
  return closePlain(form, 'GET', 'oauth2/v1_0/userinfo', readUserInfo, { authorization });
}
