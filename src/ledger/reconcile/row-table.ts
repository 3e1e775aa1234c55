import type { TransactionKind } from './kind.js';
import type { StatementOutcome } from './outcome.js';

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

const rowsPerBlock = 4_096;
const uuidBytes = 16;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface Block {
  bytes: Uint8Array;
  readonly ends: Uint32Array;
  /** What few rows have of their own (side, kind, currency, status), by its number. */
  readonly tags: Uint32Array;
  readonly transactionHashes: Uint32Array;
  readonly referenceHashes: Uint32Array;
}

type Tag = Pick<Entry, 'isLedger' | 'kind' | 'currency' | 'status' | 'outcome' | 'isInPeriod'> & {
  readonly hasUuid: boolean;
};

/** @internal FNV-1a over UTF-16 units. Zero is kept for "no key". */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // FNV's low bits are weak on short texts, and they pick the bucket.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0 || 1;
}

/**
 * Millions of rows in little memory: as bytes, in blocks. An object per row would take ten times as much, and a
 * million of them do not fit a small server.
 *
 * @internal
 */
export class RowTable {
  readonly #blocks: Block[] = [];
  readonly #tags: Tag[] = [];
  readonly #tagNumbers = new Map<string, number>();
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #scratch = new Uint8Array(rowsPerBlock * 64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(entry: Omit<Entry, 'index'>): void {
    const at = this.#length % rowsPerBlock;
    if (at === 0) this.#startBlock();
    const block = this.#blocks.at(-1) as Block;
    const hasUuid = uuid.test(entry.referenceId);
    const { financialTransactionId } = entry;
    const texts = [
      hasUuid ? '' : entry.referenceId,
      financialTransactionId,
      entry.externalId,
      entry.amount,
      entry.fee,
      entry.settlementReference,
      entry.line,
      entry.problem,
    ];
    let text = texts.join('\0');
    if (text.split('\0', texts.length + 1).length > texts.length) {
      text = texts.map((each) => each.replaceAll('\0', '\ufffd')).join('\0');
    }
    let end = at === 0 ? 0 : (block.ends[at - 1] as number);
    this.#makeRoom(end + uuidBytes + text.length * 3);
    if (hasUuid) {
      const digits = entry.referenceId.replaceAll('-', '');
      for (let index = 0; index < uuidBytes; index += 1) {
        this.#scratch[end + index] = Number.parseInt(digits.slice(index * 2, index * 2 + 2), 16);
      }
      end += uuidBytes;
    }
    end += this.#encoder.encodeInto(text, this.#scratch.subarray(end)).written;
    block.ends[at] = end;
    block.tags[at] = this.#tagOf(entry, hasUuid);
    block.transactionHashes[at] = financialTransactionId === '' ? 0 : hashText(entry.kind + financialTransactionId);
    block.referenceHashes[at] = entry.referenceId === '' ? 0 : hashText(entry.kind + entry.referenceId);
    this.#length += 1;
    if (at === rowsPerBlock - 1) block.bytes = this.#scratch.slice(0, end);
  }

  get(index: number): Entry {
    const at = index % rowsPerBlock;
    const block = this.#blockOf(index);
    let start = at === 0 ? 0 : (block.ends[at - 1] as number);
    const bytes = block.bytes.length > 0 ? block.bytes : this.#scratch;
    const { hasUuid, ...tag } = this.#tags[block.tags[at] as number] as Tag;
    let packed = '';
    if (hasUuid) {
      for (let byte = 0; byte < uuidBytes; byte += 1) packed += hex[bytes[start + byte] as number];
      packed = `${packed.slice(0, 8)}-${packed.slice(8, 12)}-${packed.slice(12, 16)}-${packed.slice(16, 20)}-${packed.slice(20)}`;
      start += uuidBytes;
    }
    const texts = this.#decoder.decode(bytes.subarray(start, block.ends[at])).split('\0');
    return {
      index,
      ...tag,
      referenceId: packed || (texts[0] as string),
      financialTransactionId: texts[1] as string,
      externalId: texts[2] as string,
      amount: texts[3] as string,
      fee: texts[4] as string,
      settlementReference: texts[5] as string,
      line: texts[6] as string,
      problem: texts[7] as string,
    };
  }

  isLedger(index: number): boolean {
    return (this.#tags[this.#blockOf(index).tags[index % rowsPerBlock] as number] as Tag).isLedger;
  }

  /** Zero when the row has no such id. */
  transactionHash(index: number): number {
    return this.#blockOf(index).transactionHashes[index % rowsPerBlock] as number;
  }

  /** Zero when the row has no such id. */
  referenceHash(index: number): number {
    return this.#blockOf(index).referenceHashes[index % rowsPerBlock] as number;
  }

  #blockOf(index: number): Block {
    return this.#blocks[Math.floor(index / rowsPerBlock)] as Block;
  }

  #startBlock(): void {
    this.#blocks.push({
      bytes: new Uint8Array(0),
      ends: new Uint32Array(rowsPerBlock),
      tags: new Uint32Array(rowsPerBlock),
      transactionHashes: new Uint32Array(rowsPerBlock),
      referenceHashes: new Uint32Array(rowsPerBlock),
    });
  }

  #makeRoom(needed: number): void {
    if (needed <= this.#scratch.length) return;
    const larger = new Uint8Array(needed * 2);
    larger.set(this.#scratch);
    this.#scratch = larger;
  }

  #tagOf(entry: Omit<Entry, 'index'>, hasUuid: boolean): number {
    const { isLedger, kind, currency, status, outcome, isInPeriod } = entry;
    const key = [isLedger, kind, currency, isInPeriod, hasUuid, outcome, status].join('\0');
    let number = this.#tagNumbers.get(key);
    if (number === undefined) {
      number = this.#tags.length;
      this.#tags.push({ isLedger, kind, currency, status, outcome, isInPeriod, hasUuid });
      this.#tagNumbers.set(key, number);
    }
    return number;
  }
}

const hex = /* @__PURE__ */ Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
