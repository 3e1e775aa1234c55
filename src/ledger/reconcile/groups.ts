import type { RowTable } from './row-table.js';

/**
 * Gathers rows of the same key, group by group, with two numbers of memory per row at most: a hash table of chains. Rows whose
 * hashes agree by chance are told apart by the key itself.
 *
 * @internal
 */
export class Grouping {
  readonly #table: RowTable;
  readonly #heads: Int32Array;
  readonly #next: Int32Array;

  constructor(table: RowTable) {
    this.#table = table;
    // Two keys to a chain, for most keys have a row on either side.
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(table.length / 4, 2))));
    this.#next = new Int32Array(table.length);
  }

  /**
   * @param hashOf - Zero leaves the row out.
   * @param isOfInterest - A chain is looked at only when one of its rows is.
   * @param sameAs - Gives what tells whether another row has this one's key exactly.
   */
  *groups(
    hashOf: (index: number) => number,
    isOfInterest: (index: number) => boolean,
    sameAs: (index: number) => (other: number) => boolean,
  ): Generator<number[]> {
    this.#heads.fill(-1);
    const mask = this.#heads.length - 1;
    for (let index = 0; index < this.#table.length; index += 1) {
      const hash = hashOf(index);
      if (hash === 0) continue;
      this.#next[index] = this.#heads[hash & mask] as number;
      this.#heads[hash & mask] = index;
    }
    for (let bucket = 0; bucket < this.#heads.length; bucket += 1) {
      if (!this.#someInChain(this.#heads[bucket] as number, isOfInterest)) continue;
      // One group after the other leaves the chain.
      while ((this.#heads[bucket] as number) >= 0) {
        const group = this.#takeGroup(bucket, sameAs);
        if (group.length > 1) yield group;
      }
    }
  }

  #takeGroup(bucket: number, sameAs: (index: number) => (other: number) => boolean): number[] {
    const first = this.#heads[bucket] as number;
    const isSame = sameAs(first);
    const group = [first];
    let rest = -1;
    for (let index = this.#next[first] as number; index >= 0; ) {
      const next = this.#next[index] as number;
      if (isSame(index)) {
        group.push(index);
      } else {
        this.#next[index] = rest;
        rest = index;
      }
      index = next;
    }
    this.#heads[bucket] = rest;
    return group;
  }

  #someInChain(head: number, isOfInterest: (index: number) => boolean): boolean {
    for (let index = head; index >= 0; index = this.#next[index] as number) if (isOfInterest(index)) return true;
    return false;
  }
}
