import type { Call } from './call.js';
import { Interruption } from './failure.js';
import { isStoredToken, type StoredToken, type TokenStore } from './token-store.js';

/** A token store during one refresh: once it has failed, or taken over a second, it is passed by. */
export interface GuardedStore {
  get(): Promise<StoredToken | undefined>;
  set(token: StoredToken): Promise<unknown>;
  delete(): Promise<unknown>;
  /** `held`: another has the lock. A store without locks, or a broken one, is always open. */
  lock(ttlMs: number): Promise<'held' | (() => Promise<void>)>;
}

export function guardStore(call: Call, store: TokenStore | undefined, key: string): GuardedStore {
  /** A payment never waits longer than this for a cache. */
  const storeLimitMs = 1_000;
  let isPassedBy = store === undefined;
  const attempt = async <Result>(work: (store: TokenStore) => Promise<Result>): Promise<Result | undefined> => {
    if (store === undefined || isPassedBy) return undefined;
    try {
      // async: a store that throws at once is a store that fails
      return await call.run(async () => work(store), storeLimitMs);
    } catch (error) {
      if (error instanceof Interruption && error.why !== 'attempt') throw error;
      isPassedBy = true;
      return undefined;
    }
  };
  return {
    get: async () => {
      const token = await attempt((tokens) => tokens.get(key));
      return isStoredToken(token) ? token : undefined;
    },
    set: (token) => attempt((tokens) => tokens.set(key, token)),
    delete: () => attempt((tokens) => tokens.delete(key)),
    lock: async (ttlMs) => {
      const release = await attempt(async (tokens) => tokens.lock?.(key, ttlMs));
      if (release === undefined) return isPassedBy || !store?.lock ? async () => {} : 'held';
      return async () => {
        // Called even when the refresh is over: a lock left behind would keep others waiting.
        const released = (async () => release())().catch(() => {});
        await call.run(() => released, storeLimitMs).catch(() => {});
      };
    },
  };
}
