import { isDecimal } from '../payment/amount.js';
import type { Party } from '../payment/party.js';
import type { Reason } from '../payment/reason.js';
import { invalidCallback } from './invalid-callback.js';
import { maxBodyBytes, Numeral } from './json.js';

/** @internal An object of the body, and where it stands: `data.` for what is in `data`. */
export interface Fields {
  readonly at: { readonly [key: string]: unknown };
  readonly path: string;
}

const maxTextLength = 256;
const maxAmountLength = 64;

/** @internal */
export function toFields(found: unknown, path = ''): Fields | undefined {
  return typeof found === 'object' && found !== null && !Array.isArray(found) && !(found instanceof Numeral)
    ? { at: found as Fields['at'], path }
    : undefined;
}

/** @internal Missing, null and empty are all "not said". Own keys only: a prototype must not speak for the sender. */
export function valueAt({ at }: Fields, key: string): unknown {
  const found = Object.hasOwn(at, key) ? at[key] : undefined;
  return found === null || found === '' ? undefined : found;
}

/** @internal A nested object. */
export function objectAt(fields: Fields, key: string): Fields | undefined {
  const found = valueAt(fields, key);
  if (found === undefined) return undefined;
  const path = fields.path + key;
  const inner = toFields(found, `${path}.`);
  if (inner === undefined) throw invalidCallback('must be an object', path);
  return inner;
}

/** @internal Text, such as a status or a currency; without `digits` numbers are refused. */
export function textAt(fields: Fields, key: string, maxLength = maxTextLength, digits = false): string | undefined {
  let found = valueAt(fields, key);
  if (digits && typeof found === 'number') found = String(found);
  if (digits && found instanceof Numeral) found = found.source;
  if (found === undefined || (typeof found === 'string' && found.length <= maxLength)) return found;
  throw invalidCallback(`must be text of at most ${maxLength} characters`, fields.path + key);
}

/** @internal An id: text, or a number with the digits of its source. */
export function idAt(fields: Fields, key: string): string | undefined {
  return textAt(fields, key, maxTextLength, true);
}

/** @internal A decimal greater than zero, or of any size for fees. */
export function decimalAt(fields: Fields, key: string, mayBeZero = false): string | undefined {
  const found = textAt(fields, key, maxAmountLength, true);
  if (found !== undefined && (!isDecimal(found) || (!mayBeZero && /^[0.]+$/.test(found)))) {
    throw invalidCallback('must be a positive decimal without exponent, such as "12.50"', fields.path + key);
  }
  return found;
}

/** @internal A party. Kinds that MTN does not document for payers are left to `raw`. */
export function partyAt(fields: Fields, key: string): Party | undefined {
  const party = objectAt(fields, key);
  if (party === undefined) return undefined;
  const partyIdType = (textAt(party, 'partyIdType') ?? 'MSISDN').toUpperCase();
  const partyId = idAt(party, 'partyId');
  return partyId !== undefined && /^(MSISDN|EMAIL|PARTY_CODE)$/.test(partyIdType)
    ? { partyIdType: partyIdType as Party['partyIdType'], partyId }
    : undefined;
}

/** @internal MTN's reason: a bare code, `{ code, message? }`, null or nothing. */
export function reasonAt(fields: Fields, key: string): Reason | undefined {
  const found = toFields(valueAt(fields, key), `${fields.path}${key}.`);
  const code = found === undefined ? textAt(fields, key) : textAt(found, 'code');
  const message = found && textAt(found, 'message', maxBodyBytes);
  if (code === undefined) return undefined;
  return message === undefined ? { code } : { code, message };
}
