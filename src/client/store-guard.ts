import type { CallScope } from './call-scope.js';
import { Interruption } from './failure.js';
import { isStoredToken, type StoredToken, type TokenStore } from './token-store.js';

/** A payment never waits longer than this for a cache. */
const storeLimitMs = 1_000;

/** A token store during one refresh: once it has failed, or taken over a second, it is passed by. */
export class StoreGuard {
  readonly #scope: CallScope;
  readonly #store: TokenStore | undefined;
  readonly #key: string;
  #isPassedBy: boolean;

  constructor(scope: CallScope, store: TokenStore | undefined, key: string) {
    this.#scope = scope;
    this.#store = store;
    this.#key = key;
    this.#isPassedBy = store === undefined;
  }

  async get(): Promise<StoredToken | undefined> {
    const token: unknown = await this.#try((store, key) => store.get(key));
    return isStoredToken(token) ? token : undefined;
  }

  async set(token: StoredToken): Promise<void> {
    await this.#try((store, key) => store.set(key, token));
  }

  async delete(): Promise<void> {
    await this.#try((store, key) => store.delete(key));
  }

  /** `held`: another has it. `open`: go on, releasing it after; a store without locks, or a broken one, is always open. */
  async lock(ttlMs: number): Promise<{ state: 'held' } | { state: 'open'; release: () => Promise<void> }> {
    const open = { state: 'open' as const, release: async () => {} };
    if (this.#store?.lock === undefined) return open;
    const release = await this.#try(async (store, key) => store.lock?.(key, ttlMs));
    if (release === undefined) return this.#isPassedBy ? open : { state: 'held' };
    return { state: 'open', release: () => this.#release(release) };
  }

  /** Called even when the refresh is over: a lock left behind would keep others waiting. */
  async #release(release: () => Promise<void>): Promise<void> {
    const released = (async () => release())().catch(() => {});
    await this.#scope.run(() => released, storeLimitMs).catch(() => {});
  }

  async #try<Result>(work: (store: TokenStore, key: string) => Promise<Result>): Promise<Result | undefined> {
    const store = this.#store;
    if (store === undefined || this.#isPassedBy) return undefined;
    try {
      // async: a store that throws at once is a store that fails
      return await this.#scope.run(async () => work(store, this.#key), storeLimitMs);
    } catch (error) {
      if (error instanceof Interruption && error.why !== 'attempt') throw error;
      this.#isPassedBy = true;
      return undefined;
    }
  }
}
