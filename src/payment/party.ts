import { invalidInput } from '../errors.js';

/** Who pays or is paid, in MTN's words. An MSISDN is digits with the country code, an e-mail an address, a party code a UUID. */
export interface Party {
  readonly partyIdType: 'MSISDN' | 'EMAIL' | 'PARTY_CODE';
  readonly partyId: string;
}

const msisdnProblem = 'must be a phone number of 8 to 15 digits with its country code, such as 256772123456';

function stripMsisdn(value: string): string | undefined {
  const digits = value.replace(/[+ \u00a0\u202f\u2010-\u2015-]/g, '');
  return /^[0-9]{8,15}$/.test(digits) ? digits : undefined;
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
  const digits = typeof value === 'string' ? stripMsisdn(value) : undefined;
  if (digits === undefined) throw invalidInput('Not a phone number', [{ path: 'msisdn', message: msisdnProblem }]);
  return digits;
}

/**
 * A party given by a caller (a string is an MSISDN), or what is wrong with it and where.
 *
 * @internal
 */
export function checkParty(value: unknown): { party: Party } | { path: string; problem: string } {
  if (typeof value === 'string') {
    const digits = stripMsisdn(value);
    return digits === undefined
      ? { path: '', problem: msisdnProblem }
      : { party: { partyIdType: 'MSISDN', partyId: digits } };
  }
  if (typeof value !== 'object' || value === null) {
    return { path: '', problem: 'must be a phone number, or { partyIdType, partyId }' };
  }
  const { partyIdType, partyId } = value as { partyIdType?: unknown; partyId?: unknown };
  if (typeof partyId !== 'string') return { path: '.partyId', problem: 'must be a string' };
  switch (partyIdType) {
    case 'MSISDN': {
      const digits = stripMsisdn(partyId);
      return digits === undefined
        ? { path: '.partyId', problem: msisdnProblem }
        : { party: { partyIdType, partyId: digits } };
    }
    case 'EMAIL':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(partyId)
        ? { party: { partyIdType, partyId } }
        : { path: '.partyId', problem: 'must be an e-mail address' };
    case 'PARTY_CODE':
      return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(partyId)
        ? { party: { partyIdType, partyId } }
        : { path: '.partyId', problem: 'must be a UUID' };
    default:
      return { path: '.partyIdType', problem: 'must be MSISDN, EMAIL or PARTY_CODE' };
  }
}
