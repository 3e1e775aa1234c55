import { sameAmount } from '../../payment/amount.js';
import type { PaymentState } from '../../payment/state.js';
import { Grouping } from './groups.js';
import { agrees, type StatementOutcome, standingOf, standingsByLikelihood, standingsFor } from './outcome.js';
import { type Entry, hashText, type RowTable } from './row-table.js';

/** @internal What became of each row, by its index. */
export interface Matches {
  readonly fate: Uint8Array;
  /** The row it met, or the row it repeats. */
  readonly other: Int32Array;
}

/** @internal Open, met by one id or another, or a repetition. */
export const fates = ['open', 'financialTransactionId', 'referenceId', 'externalId', 'duplicate'] as const;

type Way = 1 | 2 | 3;
const open = 0;
const duplicate = 4;

/**
 * Finds for each row the one it belongs to. Nothing is decided before all rows are known, so their order plays no part:
 * ids go from the strongest to the weakest, and where several rows could meet, what they say decides.
 *
 * @internal
 */
export function matchRows(table: RowTable): Matches {
  const matches = {
    fate: new Uint8Array(table.length),
    other: new Int32Array(table.length).fill(-1),
  };
  const matching = new Matching(table, matches);
  matching.byTransactionId();
  matching.byReferenceId();
  matching.byExternalIdAndAmount();
  matching.byExternalId();
  return matches;
}

class Matching {
  readonly #table: RowTable;
  readonly #matches: Matches;
  readonly #grouping: Grouping;

  constructor(table: RowTable, matches: Matches) {
    this.#table = table;
    this.#matches = matches;
    this.#grouping = new Grouping(table);
  }

  byTransactionId(): void {
    const hashOf = (index: number) => this.#table.transactionHash(index);
    const sameAs = (index: number) => (other: number) => this.#table.haveSameTransactionId(index, other);
    for (const group of this.#grouping.groups(hashOf, this.#isOpen, sameAs)) this.#settleSamePayment(group, 1);
  }

  byReferenceId(): void {
    const hashOf = (index: number) => (this.#isDuplicate(index) ? 0 : this.#table.referenceHash(index));
    const sameAs = (index: number) => (other: number) => this.#table.haveSameReferenceId(index, other);
    for (const group of this.#grouping.groups(hashOf, this.#isOpen, sameAs)) this.#settleSamePayment(group, 2);
  }

  /** Several attempts at one order look the same here, and each may find its own row. */
  byExternalIdAndAmount(): void {
    // Paired rows of the statement take part only where a row without an id of its own may repeat one.
    const mayRepeat = this.#hasOpenRowWithoutId();
    const isLeftOut = (index: number) =>
      !this.#isOpen(index) && (!mayRepeat || this.#isDuplicate(index) || this.#table.isLedger(index));
    const keyOf = (row: Entry) =>
      row.externalId === '' || row.amount === ''
        ? ''
        : [row.kind, row.currency, canonical(row.amount), row.externalId].join('\0');
    for (const group of this.#groupsByText(isLeftOut, keyOf)) {
      const { ledger, statement } = this.#openRows(group);
      this.#pairAlike(ledger, statement);
      this.#markRepeated(group);
    }
  }

  /** Only where it is plain which ledger row is meant: amounts differ here. */
  byExternalId(): void {
    const isLeftOut = (index: number) => !this.#isOpen(index);
    const keyOf = (row: Entry) => (row.externalId === '' ? '' : `${row.kind}\0${row.externalId}`);
    for (const group of this.#groupsByText(isLeftOut, keyOf)) {
      const { ledger, statement } = this.#openRows(group);
      const [only, ...more] = ledger;
      if (!only || more.length > 0) continue;
      const possible = statement.filter((row) => mayMeetByExternalId(only, row));
      const found = possible.find((row) => this.#agree(only, row)) ?? possible[0];
      if (found) this.#pair(only.index, found.index, 3);
    }
  }

  *#groupsByText(isLeftOut: (index: number) => boolean, keyOf: (row: Entry) => string): Generator<Entry[]> {
    const textAt = (index: number) => keyOf(this.#table.get(index));
    const hashOf = (index: number) => {
      const text = isLeftOut(index) ? '' : textAt(index);
      return text === '' ? 0 : hashText(text);
    };
    const sameAs = (index: number) => {
      const text = textAt(index);
      return (other: number) => textAt(other) === text;
    };
    for (const group of this.#grouping.groups(hashOf, this.#isOpen, sameAs)) {
      yield group.map((index) => this.#table.get(index));
    }
  }

  readonly #isOpen = (index: number) => this.#matches.fate[index] === open;

  #hasOpenRowWithoutId(): boolean {
    for (let index = 0; index < this.#table.length; index += 1) {
      const hasId = this.#table.transactionHash(index) > 0 || this.#table.referenceHash(index) > 0;
      if (!hasId && this.#isOpen(index)) return true;
    }
    return false;
  }

  #isPaired(index: number): boolean {
    return !this.#isOpen(index) && !this.#isDuplicate(index);
  }

  #isDuplicate(index: number): boolean {
    return this.#matches.fate[index] === duplicate;
  }

  #agree(ledger: Entry, statement: Entry): boolean {
    return agrees(ledger.status as PaymentState, statement.outcome);
  }

  #openRows(group: readonly Entry[]): { ledger: Entry[]; statement: Entry[] } {
    const openRows = group.filter(({ index }) => this.#isOpen(index)).sort(byContent);
    return { ledger: openRows.filter((row) => row.isLedger), statement: openRows.filter((row) => !row.isLedger) };
  }

  #pair(ledger: number, statement: number, by: Way): void {
    const { fate, other } = this.#matches;
    fate[ledger] = by;
    fate[statement] = by;
    other[ledger] = statement;
    other[statement] = ledger;
  }

  #markDuplicate(row: Entry, of: number): void {
    this.#matches.fate[row.index] = duplicate;
    this.#matches.other[row.index] = of;
  }

  /** All rows of the group are about one payment: at most one pair, and the rest repeats. */
  #settleSamePayment(indexes: readonly number[], by: Way): void {
    const [a = -1, b = -1] = indexes;
    if (
      indexes.length === 2 &&
      this.#isOpen(a) &&
      this.#isOpen(b) &&
      this.#table.isLedger(a) !== this.#table.isLedger(b)
    ) {
      // Nearly all are so: one row of either side.
      if (this.#table.isLedger(a)) this.#pair(a, b, by);
      else this.#pair(b, a, by);
      return;
    }
    const group = indexes.map((index) => this.#table.get(index));
    const { ledger, statement } = this.#openRows(group);
    const paired = group.filter(({ index }) => this.#isPaired(index)).sort(byContent);
    const pairedLedger = paired.find((row) => row.isLedger);
    if (pairedLedger) {
      for (const row of ledger) this.#markDuplicate(row, pairedLedger.index);
      for (const row of statement) this.#markDuplicate(row, this.#matches.other[pairedLedger.index] as number);
      return;
    }
    const best = this.#bestPair(ledger, statement);
    if (best) this.#pair(best.ledger.index, best.statement.index, by);
    const keptStatement = best?.statement ?? paired[0] ?? statement[0];
    const keptLedger = best?.ledger ?? ledger[0];
    for (const row of statement) if (row !== keptStatement) this.#markDuplicate(row, keptStatement?.index ?? -1);
    for (const row of ledger) if (row !== keptLedger) this.#markDuplicate(row, keptLedger?.index ?? -1);
  }

  /** The two that agree in most: status and amount, else the amount, else the status. */
  #bestPair(ledger: readonly Entry[], statement: readonly Entry[]): { ledger: Entry; statement: Entry } | undefined {
    const [firstLedger] = ledger;
    const [firstStatement] = statement;
    if (!firstLedger || !firstStatement) return undefined;
    const money = ({ currency, amount }: Entry) => `${currency} ${canonical(amount)}`;
    const standing = (row: Entry) => standingOf(row.status as PaymentState);
    const wanted = (row: Entry) => standingsFor(row.outcome);
    const rules: [ofLedger: (row: Entry) => string, ofStatement: (row: Entry) => readonly string[]][] = [
      [(row) => standing(row) + money(row), (row) => wanted(row).map((each) => each + money(row))],
      [money, (row) => [money(row)]],
      [standing, wanted],
    ];
    for (const [ofLedger, ofStatement] of rules) {
      const byKey = new Map<string, Entry>();
      for (const row of ledger) if (!byKey.has(ofLedger(row))) byKey.set(ofLedger(row), row);
      for (const row of statement) {
        const key = row.amount === '' ? undefined : ofStatement(row).find((each) => byKey.has(each));
        if (key !== undefined) return { ledger: byKey.get(key) as Entry, statement: row };
      }
    }
    return { ledger: firstLedger, statement: firstStatement };
  }

  /** Pairs rows of one order and amount: first those whose statuses agree, then the rest. */
  #pairAlike(ledger: readonly Entry[], statement: readonly Entry[]): void {
    const queues = new Map<string, Entry[]>();
    // The other way round, for they are taken from the end.
    for (const row of ledger.toReversed()) {
      const key = `${standingOf(row.status as PaymentState)} ${row.financialTransactionId !== ''}`;
      const queue = queues.get(key);
      if (queue) queue.push(row);
      else queues.set(key, [row]);
    }
    // Those with a transaction id have less to choose from.
    const inTurn = [...statement].sort(
      (a, b) => Number(a.financialTransactionId === '') - Number(b.financialTransactionId === ''),
    );
    for (const standingsOf of [standingsFor, standingsByLikelihood]) {
      for (const row of inTurn) {
        if (!this.#isOpen(row.index) || row.referenceId !== '') continue;
        const kinds = row.financialTransactionId === '' ? [true, false] : [false];
        const keys = standingsOf(row.outcome).flatMap((standing) => kinds.map((hasId) => `${standing} ${hasId}`));
        const queue = keys.map((key) => queues.get(key)).find((rows) => rows && rows.length > 0);
        const found = queue?.pop();
        if (found) this.#pair(found.index, row.index, 3);
      }
    }
  }

  /** A statement row that has no id of its own, and says what another one says, is that one again. */
  #markRepeated(group: readonly Entry[]): void {
    const statement = group.filter((row) => !row.isLedger).sort(byContent);
    // A row that has met another, or that has an id, is the one that the rest repeats.
    const isKept = (row: Entry) => !this.#isOpen(row.index) || !hasNoOwnId(row);
    const kept = new Map<StatementOutcome, Entry>();
    for (const row of [...statement.filter(isKept), ...statement]) {
      const before = kept.get(row.outcome);
      if (!before) kept.set(row.outcome, row);
      else if (!isKept(row)) this.#markDuplicate(row, before.index);
    }
  }
}

function hasNoOwnId({ financialTransactionId, referenceId }: Entry): boolean {
  return financialTransactionId === '' && referenceId === '';
}

function mayMeetByExternalId(ledger: Entry, statement: Entry): boolean {
  return (
    statement.referenceId === '' && (statement.financialTransactionId === '' || ledger.financialTransactionId === '')
  );
}

/** One text for equal amounts; `100.00` is `100`. */
function canonical(amount: string): string {
  return amount.includes('.') ? amount.replace(/\.?0+$/, '') : amount;
}

/** @internal */
export function sameMoney(a: Entry, b: Entry): { amount: boolean; currency: boolean } {
  return { amount: a.amount !== '' && sameAmount(a.amount, b.amount), currency: a.currency === b.currency };
}

/** Of rows that could stand for each other, the one that says most comes first. Rows of equal content are the same. */
function byContent(a: Entry, b: Entry): number {
  const left = contentOf(a);
  const right = contentOf(b);
  return left === right ? a.index - b.index : left < right ? -1 : 1;
}

function contentOf(row: Entry): string {
  const gaps = [
    row.problem,
    row.amount && '1',
    row.referenceId && '1',
    row.financialTransactionId && '1',
    row.fee && '1',
    row.externalId && '1',
  ];
  return [
    gaps.map((text, index) => (index === 0 ? Number(text !== '') : Number(text === ''))).join(''),
    row.status,
    row.currency,
    row.amount,
    row.financialTransactionId,
    row.referenceId,
    row.externalId,
    row.fee,
    row.settlementReference,
    row.isInPeriod,
  ].join('\0');
}
