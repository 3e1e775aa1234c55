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
  return checkParty(String(value), (message) => {
    throw invalidInput('Not a phone number', [{ path: 'msisdn', message }]);
  }).partyId;
}

const patterns = /* @__PURE__ */ new Map<unknown, RegExp>([
  ['MSISDN', /^[0-9]{8,15}$/],
  // A lone surrogate cannot be written in a URL.
  ['EMAIL', /^[^\s@\p{Cs}]+@[^\s@\p{Cs}]+\.[^\s@\p{Cs}]+$/u],
  ['PARTY_CODE', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i],
]);

/**
 * A party given by a caller (a string is an MSISDN); complains of anything else, and then answers an empty one.
 *
 * @internal
 */
export function checkParty(value: unknown, complain: (problem: string, path: string) => void): Party {
  const isText = typeof value === 'string';
  const { partyIdType, partyId } = isText ? { partyIdType: 'MSISDN', partyId: value } : Object(value);
  const pattern = patterns.get(partyIdType);
  const isMsisdn = partyIdType === 'MSISDN';
  const id = isMsisdn && typeof partyId === 'string' ? partyId.replace(/[+ \u00a0\u202f\u2010-\u2015-]/g, '') : partyId;
  if (pattern && fits(id, pattern)) return { partyIdType, partyId: id };
  if (!pattern) complain('must be a phone number, or of type MSISDN, EMAIL or PARTY_CODE', '');
  else {
    complain(
      isMsisdn ? 'must be a phone number of 8 to 15 digits with its country code' : `must fit ${partyIdType}`,
      isText ? '' : '.partyId',
    );
  }
  return { partyIdType: 'MSISDN', partyId: '' };
}
