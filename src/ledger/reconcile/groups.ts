import type { Entry, RowTable } from './row-table.js';

/**
 * Gathers rows of the same key, group by group, with two numbers of memory per row: a hash table of chains. Rows whose
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
    // Most keys have a row on either side: half as many chains as rows.
    this.#heads = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(table.length / 2, 2))));
    this.#next = new Int32Array(table.length);
  }

  /**
   * @param hashOf - Zero leaves the row out.
   * @param isOfInterest - A chain is looked at only when one of its rows is.
   * @param keyOf - What rows of one group share exactly.
   */
  *groups(
    hashOf: (index: number) => number,
    isOfInterest: (index: number) => boolean,
    keyOf: (entry: Entry) => string,
  ): Generator<Entry[]> {
    this.#heads.fill(-1);
    const mask = this.#heads.length - 1;
    for (let index = 0; index < this.#table.length; index += 1) {
      const hash = hashOf(index);
      if (hash === 0) continue;
      this.#next[index] = this.#heads[hash & mask] as number;
      this.#heads[hash & mask] = index;
    }
    for (const head of this.#heads) {
      if (head < 0 || !this.#hasMore(head) || !this.#someInChain(head, isOfInterest)) continue;
      const groups = new Map<string, Entry[]>();
      for (let index = head; index >= 0; index = this.#next[index] as number) {
        const entry = this.#table.get(index);
        const key = keyOf(entry);
        const group = groups.get(key);
        if (group) group.push(entry);
        else groups.set(key, [entry]);
      }
      for (const group of groups.values()) if (group.length > 1) yield group;
    }
  }

  #hasMore(head: number): boolean {
    return (this.#next[head] as number) >= 0;
  }

  #someInChain(head: number, isOfInterest: (index: number) => boolean): boolean {
    for (let index = head; index >= 0; index = this.#next[index] as number) if (isOfInterest(index)) return true;
    return false;
  }
}
