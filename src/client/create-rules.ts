import { isRejectingCode } from '../payment/reason.js';
import { type Exchange, isWrongAddress } from './exchange.js';

/**
 * What one send of a create means for the payment.
 *
 * - `accepted`: MTN has queued it.
 * - `arrived`: MTN had this reference id already; its status tells whether it is ours.
 * - `refused`: this send created nothing. Final only if no earlier send of the id may have arrived.
 * - `busy`: too fast; this send created nothing.
 * - `unsent`: surely not a byte left.
 * - `unknown`: it may have arrived.
 */
export type CreateVerdict = 'accepted' | 'arrived' | 'refused' | 'busy' | 'unsent' | 'unknown';

/** The first rule that fits decides. HTTP status alone refuses neither a 404 nor a 5xx. */
const rules: readonly [verdict: CreateVerdict, when: (exchange: Exchange, status: number) => boolean][] = [
  ['accepted', (_, status) => status === 202],
  ['arrived', (_, status) => status === 409],
  ['busy', (_, status) => status === 429],
  ['unsent', ({ isUnsent }) => isUnsent === true],
  // A word of an earlier arrival under another status: the status read decides.
  ['unknown', ({ code }) => code === 'RESOURCE_ALREADY_EXIST'],
  // 401 comes here only after a renewed token was tried.
  ['refused', (_, status) => [400, 401, 403, 411, 415].includes(status)],
  ['refused', isWrongAddress],
  // MTN sends final business answers as 500.
  ['refused', ({ code = '' }, status) => status >= 500 && isRejectingCode(code)],
];

export function judgeCreate(exchange: Exchange): CreateVerdict {
  return rules.find(([, when]) => when(exchange, exchange.status))?.[0] ?? 'unknown';
}

/** What a status read made to learn a create's fate has seen. `refused`: the read itself was. */
export type ProbeVerdict = 'answered' | 'not-found' | 'refused' | 'unclear';

export function judgeProbe(exchange: Exchange): ProbeVerdict {
  const { status, code } = exchange;
  if (status === 200) return 'answered';
  if (status === 401 || status === 403 || isWrongAddress(exchange)) return 'refused';
  return status === 404 && (code === 'RESOURCE_NOT_FOUND' || code === 'TRANSACTION_NOT_FOUND')
    ? 'not-found'
    : 'unclear';
}
