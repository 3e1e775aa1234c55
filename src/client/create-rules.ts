import { isRejectingCode } from '../payment/reason.js';
import type { Answer } from './answer.js';
import { isWalletNotFound } from './answer.js';
import type { Exchange } from './transport.js';

/**
 * What one send of a create means for the payment.
 *
 * - `accepted`: MTN has queued it.
 * - `arrived`: MTN had this reference id already; its status tells whether it is ours.
 * - `refused`: this send created nothing. Final only if no earlier send of the id may have arrived.
 * - `unauthorized`: as `refused`, and a renewed token has been tried.
 * - `busy`: too fast; this send created nothing.
 * - `unsent`: surely not a byte left. `untrusted`: neither, and trying again is no use (a certificate).
 * - `unknown`: it may have arrived.
 */
export type CreateVerdict =
  | 'accepted'
  | 'arrived'
  | 'refused'
  | 'unauthorized'
  | 'busy'
  | 'unsent'
  | 'untrusted'
  | 'unknown';

interface Rule {
  readonly seen: string;
  readonly verdict: CreateVerdict;
  readonly when: (answer: Answer) => boolean;
}

/** The first rule that fits decides; what none fits is unknown. HTTP status alone never refuses a 404 or a 5xx. */
const rules: readonly Rule[] = [
  { seen: '202', verdict: 'accepted', when: ({ status }) => status === 202 },
  { seen: '409', verdict: 'arrived', when: ({ status }) => status === 409 },
  {
    seen: 'a word of an earlier arrival under another status: let the status read decide',
    verdict: 'unknown',
    when: ({ reason }) => reason?.code === 'RESOURCE_ALREADY_EXIST',
  },
  { seen: '401', verdict: 'unauthorized', when: ({ status }) => status === 401 },
  { seen: '429', verdict: 'busy', when: ({ status }) => status === 429 },
  { seen: '400, 403, 411, 415', verdict: 'refused', when: ({ status }) => [400, 403, 411, 415].includes(status) },
  {
    seen: '404 of the gateway: no such address',
    verdict: 'refused',
    when: ({ status, writer }) => status === 404 && writer === 'gateway',
  },
  {
    seen: '5xx with a code that rejects: MTN sends final business answers as 500',
    verdict: 'refused',
    when: ({ status, reason }) => status >= 500 && reason !== undefined && isRejectingCode(reason.code),
  },
];

export function judgeCreate(exchange: Exchange): CreateVerdict {
  if (exchange.kind === 'answer') return rules.find(({ when }) => when(exchange))?.verdict ?? 'unknown';
  if (exchange.sent === 'maybe') return 'unknown';
  return exchange.isCertificate ? 'untrusted' : 'unsent';
}

/** What a status read made to learn a create's fate has seen. `refused`: the read itself was. */
export type ProbeVerdict = 'answered' | 'not-found' | 'refused' | 'unclear';

export function judgeProbe(exchange: Exchange): ProbeVerdict {
  if (exchange.kind === 'fault') return 'unclear';
  if (exchange.status === 200) return 'answered';
  if (isWalletNotFound(exchange)) return 'not-found';
  const isWrongAddress = exchange.status === 404 && exchange.writer === 'gateway';
  return exchange.status === 401 || exchange.status === 403 || isWrongAddress ? 'refused' : 'unclear';
}
