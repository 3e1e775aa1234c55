import { checkAmount, isDecimal } from '../payment/amount.js';
import { checkParty, type Party } from '../payment/party.js';
import { empty, Refusal, walletError } from './answers.js';
import type { World } from './route.js';

/** MTN's older limit, and the one it enforces; its newer table says 128. */
const maxNoteLength = 160;

function refuse(field: string, problem: string): Refusal {
  return new Refusal(empty(400, `${field} ${problem}`));
}

/** The body as a JSON object. */
export function readJsonObject(headers: Headers, body: string): Readonly<Record<string, unknown>> {
  if (!/^application\/json\b/i.test(headers.get('content-type') ?? '')) throw refuse('Content-Type', 'is not JSON');
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {}
  throw refuse('the body', 'is not a JSON object');
}

/** A text that has to be there. */
export function requireText(value: unknown, field: string, pattern = /./s): string {
  if (typeof value !== 'string' || value === '') throw refuse(field, 'must be a text that is not empty');
  if (!pattern.test(value)) throw refuse(field, `must fit ${pattern}`);
  return value;
}

/** A note, if there is one: MTN refuses empty ones, `&`, apostrophes and anything outside ASCII. */
export function readNote(value: unknown, field: string): string | undefined {
  if (value === undefined) return undefined;
  const note = requireText(value, field);
  if (note.length > maxNoteLength) throw refuse(field, `is longer than ${maxNoteLength} characters`);
  if (/[&'`]|[^ -~]/.test(note))
    throw refuse(field, 'holds a sign that MTN refuses: ASCII without & and apostrophe only');
  return note;
}

/** A party in MTN's own form: plain digits, without the `+` and spaces that the SDK strips. */
export function requireParty(value: unknown, field: string): Party {
  if (typeof value === 'string') throw refuse(field, 'must be { partyIdType, partyId }');
  const party = checkParty(value, (problem, path) => {
    throw refuse(`${field}${path}`, problem);
  });
  if (party.partyId !== (value as Party).partyId) throw refuse(`${field}.partyId`, 'must be digits only');
  return party;
}

/** A currency this environment serves. */
export function requireCurrency(value: unknown, world: World): string {
  const currency = requireText(value, 'currency');
  if (!/^[A-Z]{3}$/.test(currency)) throw refuse('currency', 'must be three capital letters');
  if (world.currency !== undefined && currency !== world.currency) {
    throw new Refusal(walletError(500, 'INVALID_CURRENCY', `${world.targetEnvironment} takes ${world.currency} only`));
  }
  return currency;
}

/** An amount, as MTN gives it back: `12.50` becomes `12.5`. */
export function requireAmount(value: unknown, currency: string): string {
  if (typeof value !== 'string' || !isDecimal(value)) throw refuse('amount', 'must be a decimal string');
  const amount = checkAmount(value, currency, (problem) => {
    throw refuse('amount', problem);
  });
  return normalizeAmount(amount);
}

function normalizeAmount(amount: string): string {
  const [whole = '', fraction = ''] = amount.split('.');
  const digits = whole.replace(/^0+(?=.)/, '');
  const decimals = fraction.replace(/0+$/, '');
  return decimals === '' ? digits : `${digits}.${decimals}`;
}
