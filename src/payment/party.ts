import { invalidInput } from '../errors.js';
import { fits } from './fits.js';

/** Who pays or is paid, in MTN's words. An MSISDN is digits with the country code, an e-mail an address, a party code a UUID. */
export interface Party {
  readonly partyIdType: 'MSISDN' | 'EMAIL' | 'PARTY_CODE';
  readonly partyId: string;
}

/**
 * A phone number as MTN wants it: `+`, spaces and dashes stripped, then 8 to 15 digits. National lengths are not
 * checked: numbering plans change.
 *
 * @throws MomoError `invalid_input`
 * @example
 * ```ts
 * normalizeMsisdn('+256 772-123-456'); // '256772123456'
 * ```
 */
export function normalizeMsisdn(value: string): string {
  const checked = checkParty(String(value));
  if ('party' in checked) return checked.party.partyId;
  throw invalidInput('Not a phone number', [{ path: 'msisdn', message: checked.problem }]);
}

const patterns: Partial<Record<string, RegExp>> = {
  MSISDN: /^[0-9]{8,15}$/,
  // A lone surrogate cannot be written in a URL.
  EMAIL: /^[^\s@\p{Cs}]+@[^\s@\p{Cs}]+\.[^\s@\p{Cs}]+$/u,
  PARTY_CODE: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
};

/**
 * A party given by a caller (a string is an MSISDN), or what is wrong with it and where.
 *
 * @internal
 */
export function checkParty(value: unknown): { party: Party } | { path: string; problem: string } {
  const isText = typeof value === 'string';
  const { partyIdType, partyId } = isText ? { partyIdType: 'MSISDN', partyId: value } : Object(value);
  const pattern = typeof partyIdType === 'string' && Object.hasOwn(patterns, partyIdType) && patterns[partyIdType];
  if (!pattern) return { path: '', problem: 'must be a phone number, or of type MSISDN, EMAIL or PARTY_CODE' };
  const isMsisdn = partyIdType === 'MSISDN';
  const id = isMsisdn ? String(partyId).replace(/[+ \u00a0\u202f\u2010-\u2015-]/g, '') : partyId;
  if (typeof partyId === 'string' && fits(id, pattern)) return { party: { partyIdType, partyId: id } as Party };
  return {
    path: isText ? '' : '.partyId',
    problem: isMsisdn ? 'must be a phone number of 8 to 15 digits with its country code' : `must fit ${partyIdType}`,
  };
}
