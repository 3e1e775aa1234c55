import { invalidInput } from '../../errors.js';
import type { TransactionKind } from './kind.js';
import type { StatementOutcome } from './outcome.js';
import { PackedTexts } from './packed-text.js';

/** @internal One row of either side while it is being matched. Texts are empty when there is none. */
export interface Entry {
  readonly index: number;
  readonly isLedger: boolean;
  readonly kind: TransactionKind;
  readonly referenceId: string;
  readonly financialTransactionId: string;
  readonly externalId: string;
  /** Unsigned; empty when it cannot be read. */
  readonly amount: string;
  readonly currency: string;
  /** The ledger's state, or the statement's word. */
  readonly status: string;
  /** What the statement's word means; `unknown` for the ledger. */
  readonly outcome: StatementOutcome;
  readonly fee: string;
  readonly settlementReference: string;
  readonly line: string;
  readonly problem: string;
  /** Could a statement of the period show it? */
  readonly isInPeriod: boolean;
}

const rowsPerBlock = 1_024;

interface Block {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array | Uint16Array;
  /** What few rows have of their own (side, kind, currency, status), by its number. */
  readonly tags: Uint16Array | Uint8Array;
}

type Tag = Pick<Entry, 'isLedger' | 'kind' | 'currency' | 'status' | 'outcome' | 'isInPeriod'> & {
  readonly hasUuid: boolean;
};

/** @internal Hashes texts of one kind. Zero is kept for "no key". */
export function hashText(text: string): number {
  let hash = fnvOffset;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), fnvPrime);
  return finishHash(hash);
}

const fnvOffset = 0x811c9dc5;
const fnvPrime = 0x01000193;

/** The low bits of FNV-1a are weak on short texts, and they pick the bucket. */
function finishHash(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) >>> 0 || 1;
}

/**
 * Millions of rows in little memory: as bytes, in blocks. An object per row would take ten times as much, and a
 * million of them do not fit a small server. What is done per row leaves as little garbage as it can, for the heap
 * grows by that too.
 *
 * @internal
 */
export class RowTable {
  readonly #blocks: Block[] = [];
  readonly #tags = new TagList();
  /** The rows of the block under way. */
  readonly #last = new PackedTexts(new Uint8Array(rowsPerBlock * 40));
  readonly #lastEnds = new Uint32Array(rowsPerBlock);
  readonly #lastTags = new Uint16Array(rowsPerBlock);
  readonly #reader = new PackedTexts(this.#last.bytes, this.#last);
  readonly #uuid = new Uint8Array(36).fill(hyphen);
  readonly #decoder = new TextDecoder();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @throws MomoError `invalid_input` when nearly every row has a status of its own. */
  add(entry: Omit<Entry, 'index'>): void {
    const at = this.#length % rowsPerBlock;
    const hasUuid = isUuid(entry.referenceId);
    if (hasUuid) this.#writeUuid(entry.referenceId);
    else this.#last.write(entry.referenceId);
    // The texts that most rows have come first: what is empty at the end is not written.
    let empty = 0;
    for (const field of textFields) {
      empty += 1;
      if (entry[field] === '') continue;
      for (; empty > 1; empty -= 1) this.#last.write('');
      this.#last.write(entry[field]);
      empty = 0;
    }
    this.#lastEnds[at] = this.#last.at;
    this.#lastTags[at] = this.#tags.numberOf(entry, hasUuid);
    this.#length += 1;
    if (at === rowsPerBlock - 1) this.#endBlock();
  }

  get(index: number): Entry {
    const { hasUuid, isLedger, kind, currency, status, outcome, isInPeriod } = this.#tagOf(index);
    const end = this.#seek(index);
    const reader = this.#reader;
    return {
      index,
      isLedger,
      kind,
      currency,
      status,
      outcome,
      isInPeriod,
      // In the order in which they were written.
      referenceId: hasUuid ? this.#readUuid() : reader.read(),
      financialTransactionId: reader.at < end ? reader.read() : '',
      externalId: reader.at < end ? reader.read() : '',
      amount: reader.at < end ? reader.read() : '',
      line: reader.at < end ? reader.read() : '',
      fee: reader.at < end ? reader.read() : '',
      settlementReference: reader.at < end ? reader.read() : '',
      problem: reader.at < end ? reader.read() : '',
    };
  }

  isLedger(index: number): boolean {
    return this.#tagOf(index).isLedger;
  }

  /** Of kind and transaction id; zero when the row has none. */
  transactionHash(index: number): number {
    return this.#hashTo(index, this.#seekTransactionId(index));
  }

  /** Of kind and reference id; zero when the row has none. */
  referenceHash(index: number): number {
    return this.#hashTo(index, this.#seekReferenceId(index));
  }

  /** Have these two, which have one, the same transaction id and kind? Tells it by the bytes. */
  haveSameTransactionId(a: number, b: number): boolean {
    const endA = this.#seekTransactionId(a);
    const { bytes, at } = this.#reader;
    return this.#isSame(a, b, bytes, at, endA, this.#seekTransactionId(b));
  }

  /** Have these two, which have one, the same reference id and kind? */
  haveSameReferenceId(a: number, b: number): boolean {
    // 16 bytes of text could look like a UUID.
    if (this.#tagOf(a).hasUuid !== this.#tagOf(b).hasUuid) return false;
    const endA = this.#seekReferenceId(a);
    const { bytes, at } = this.#reader;
    return this.#isSame(a, b, bytes, at, endA, this.#seekReferenceId(b));
  }

  #isSame(a: number, b: number, bytes: Uint8Array, startA: number, endA: number, endB: number): boolean {
    const { bytes: bytesB, at: startB } = this.#reader;
    const length = endA - startA;
    if (endB - startB !== length || this.#tagOf(a).kind !== this.#tagOf(b).kind) return false;
    for (let at = 0; at < length; at += 1) if (bytes[startA + at] !== bytesB[startB + at]) return false;
    return true;
  }

  /** Sets the reader to the id, and says where it ends; the same place when there is none. */
  #seekTransactionId(index: number): number {
    const end = this.#seek(index);
    if (this.#tagOf(index).hasUuid) this.#reader.at += uuidLength;
    else this.#reader.skip();
    return this.#reader.at < end ? this.#endOfText() : this.#reader.at;
  }

  #seekReferenceId(index: number): number {
    this.#seek(index);
    return this.#tagOf(index).hasUuid ? this.#reader.at + uuidLength : this.#endOfText();
  }

  #endOfText(): number {
    const { at } = this.#reader;
    if (this.#reader.bytes[at] === 0) return at;
    this.#reader.skip();
    const end = this.#reader.at;
    this.#reader.at = at;
    return end;
  }

  #hashTo(index: number, end: number): number {
    const { bytes, at: start } = this.#reader;
    if (start === end) return 0;
    let hash = fnvOffset ^ this.#tagOf(index).kind.length;
    for (let at = start; at < end; at += 1) hash = Math.imul(hash ^ (bytes[at] as number), fnvPrime);
    return finishHash(hash);
  }

  #tagOf(index: number): Tag {
    return this.#tags.get(this.#blockOf(index).tags[index % rowsPerBlock] as number);
  }

  /** Sets the reader to a row, and says where the row ends. */
  #seek(index: number): number {
    const at = index % rowsPerBlock;
    const { bytes, ends } = this.#blockOf(index);
    this.#reader.bytes = bytes;
    this.#reader.at = at === 0 ? 0 : (ends[at - 1] as number);
    return ends[at] as number;
  }

  #blockOf(index: number): Block {
    const block = this.#blocks[Math.floor(index / rowsPerBlock)];
    return block ?? { bytes: this.#last.bytes, ends: this.#lastEnds, tags: this.#lastTags };
  }

  /** Its arrays as small as they can be. */
  #endBlock(): void {
    const bytes = this.#last.bytes.slice(0, this.#last.at);
    this.#blocks.push({
      bytes,
      ends: bytes.length < 65_536 ? Uint16Array.from(this.#lastEnds) : this.#lastEnds.slice(),
      tags: this.#tags.length <= 256 ? Uint8Array.from(this.#lastTags) : this.#lastTags.slice(),
    });
    this.#last.at = 0;
  }

  #writeUuid(uuid: string): void {
    this.#last.makeRoom(uuidLength);
    for (let at = 0; at < uuid.length; at += 2) {
      if (uuid.charCodeAt(at) === hyphen) at += 1;
      this.#last.bytes[this.#last.at] = digitOf(uuid.charCodeAt(at)) * 16 + digitOf(uuid.charCodeAt(at + 1));
      this.#last.at += 1;
    }
  }

  #readUuid(): string {
    const { bytes, at } = this.#reader;
    for (let index = 0, to = 0; index < uuidLength; index += 1, to += 2) {
      if (index === 4 || index === 6 || index === 8 || index === 10) to += 1;
      const byte = bytes[at + index] as number;
      this.#uuid[to] = codeOf(byte >> 4);
      this.#uuid[to + 1] = codeOf(byte & 15);
    }
    this.#reader.at += uuidLength;
    return this.#decoder.decode(this.#uuid);
  }
}

const textFields = [
  'financialTransactionId',
  'externalId',
  'amount',
  'line',
  'fee',
  'settlementReference',
  'problem',
] as const;

const uuidLength = 16;
const hyphen = 45;
const codeOf = (digit: number) => (digit < 10 ? digit + 48 : digit + 87);
const digitOf = (code: number) => (code < 58 ? code - 48 : code - 87);

function isUuid(text: string): boolean {
  return text.length === 36 && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text);
}

const maxTags = 65_536;

/** The few combinations there are of what many rows share, each with a number. */
class TagList {
  readonly #tags: Tag[] = [];
  readonly #numbers = new Map<string, Map<string, number[]>>();

  get length(): number {
    return this.#tags.length;
  }

  get(number: number): Tag {
    return this.#tags[number] as Tag;
  }

  numberOf(entry: Omit<Entry, 'index'>, hasUuid: boolean): number {
    const { isLedger, kind, currency, status, outcome, isInPeriod } = entry;
    let ofCurrency = this.#numbers.get(currency);
    if (!ofCurrency) {
      ofCurrency = new Map();
      this.#numbers.set(currency, ofCurrency);
    }
    let numbers = ofCurrency.get(status);
    if (!numbers) {
      numbers = [];
      ofCurrency.set(status, numbers);
    }
    for (const number of numbers) {
      const tag = this.get(number);
      const isSame = tag.isLedger === isLedger && tag.kind === kind && tag.outcome === outcome;
      if (isSame && tag.isInPeriod === isInPeriod && tag.hasUuid === hasUuid) return number;
    }
    if (this.#tags.length === maxTags) {
      throw invalidInput('The reconciliation cannot go on', [
        { path: 'status', message: `has over ${maxTags} different words; is it the right column?` },
      ]);
    }
    numbers.push(this.#tags.length);
    this.#tags.push({ isLedger, kind, currency, status, outcome, isInPeriod, hasUuid });
    return this.#tags.length - 1;
  }
}
