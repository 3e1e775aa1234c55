import type { PaymentState } from '../../payment/state.js';

/** What a statement says of a transaction: did money move? */
export type StatementOutcome = 'successful' | 'failed' | 'pending' | 'refunded' | 'unknown';

/** More words of a statement, in any case: `{ Liquidado: 'successful' }`. */
export type StatusWords = Readonly<Record<string, Exclude<StatementOutcome, 'unknown'>>>;

const knownWords: Readonly<Record<Exclude<StatementOutcome, 'unknown'>, RegExp>> = {
  successful:
    /^(success|successful|succeeded|completed?|paid|settled|approved|done|ok|reussie?|effectuee?|succes|paye|termine)$/,
  failed:
    /^(fail|failed|failure|rejected|declined|cancell?ed|expired|timeout|timed out|unsuccessful|error|echouee?|echec|rejetee?|refusee?|annulee?|expiree?)$/,
  pending: /^(pending|processing|ongoing|initiated|submitted|created|in progress|en attente|en cours)$/,
  refunded: /^(refund|refunded|reversed|reversal|rolled back|rembourse|remboursee)$/,
};

/** One spelling for comparing: `RÉUSSI`, ` réussi ` and `Reussi` are the same word. */
function plain(word: string): string {
  return word
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
}

/**
 * Reads status words, remembering those it has seen. No status at all means that the statement lists completed
 * transactions only; a word nobody knows, or a blank, stays unknown and agrees with nothing.
 *
 * @internal
 */
export function outcomeReader(own: StatusWords = {}): (word: string | undefined) => StatementOutcome {
  const ownWords = new Map(Object.entries(own).map(([word, outcome]) => [plain(word), outcome]));
  const seen = new Map<string, StatementOutcome>();
  return (word) => {
    if (word === undefined) return 'successful';
    const before = seen.get(word);
    if (before) return before;
    const key = plain(word);
    const known = (Object.keys(knownWords) as (keyof typeof knownWords)[]).find((name) => knownWords[name].test(key));
    const outcome = ownWords.get(key) ?? known ?? 'unknown';
    if (seen.size < 1_000) seen.set(word, outcome);
    return outcome;
  };
}

/** What a ledger state says of the money. */
type Standing = 'paid' | 'refunded' | 'unpaid' | 'open';

/** @internal */
export function standingOf(state: PaymentState): Standing {
  switch (state) {
    case 'successful':
      return 'paid';
    case 'refunded':
      return 'refunded';
    case 'failed':
    case 'expired':
      return 'unpaid';
    default:
      return 'open';
  }
}

/** @internal The standings that agree with an outcome, the likeliest first. */
export function standingsFor(outcome: StatementOutcome): readonly Standing[] {
  switch (outcome) {
    case 'successful': // a refund often moves through another account: the payment itself stays in the statement
      return ['paid', 'refunded'];
    case 'refunded':
      return ['refunded'];
    case 'failed':
      return ['unpaid'];
    case 'pending':
      return ['open'];
    default:
      return [];
  }
}

/** @internal Every standing: those that agree first, then those a surprise is likeliest from. */
export function standingsByLikelihood(outcome: StatementOutcome): readonly Standing[] {
  return [...new Set([...standingsFor(outcome), 'open', 'unpaid', 'paid', 'refunded'] as const)];
}

/** @internal */
export function agrees(state: PaymentState, outcome: StatementOutcome): boolean {
  return standingsFor(outcome).includes(standingOf(state));
}
