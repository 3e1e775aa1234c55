import { fits } from '../payment/fits.js';
import { parseJson } from './exchange.js';

/** An access token as a store keeps it: plain JSON. */
export interface StoredToken {
  readonly accessToken: string;
  /** Epoch milliseconds. */
  readonly issuedAtMs?: number;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/**
 * Where access tokens outlive one client: memory, a key-value store, a database. Keys are hashes, so merchants may share
 * a store. A store that fails, or takes over a second, is passed by.
 */
export interface TokenStore {
  get(key: string): Promise<StoredToken | undefined>;
  set(key: string, token: StoredToken): Promise<void>;
  delete(key: string): Promise<void>;
  /**
   * Lets one of many processes ask MTN: resolves with a release function, or with nothing while another holds the lock.
   * A lock must end by itself after `ttlMs`.
   */
  lock?(key: string, ttlMs: number): Promise<(() => Promise<void>) | undefined>;
}

/** The part of a key-value store that {@link keyValueTokenStore} uses; Cloudflare KV has this shape. */
export interface KeyValueStore {
  get(key: string): Promise<string | null>;
  /** `expirationTtl` is in seconds, at least 60. */
  put(key: string, value: string, options: { expirationTtl: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

/** @internal Stores are other people's: what they return is checked. */
export function isStoredToken(value: unknown): value is StoredToken {
  const { accessToken, issuedAtMs = 0, expiresAtMs } = Object(value) as Record<string, unknown>;
  return fits(accessToken, /^[!-~]+$/) && Number.isFinite(issuedAtMs) && Number.isFinite(expiresAtMs);
}

/**
 * A token store in memory, to share between clients of one process (one client alone needs none). It has a lock, so
 * clients that share it ask MTN once.
 *
 * @example
 * ```ts
 * const tokenStore = memoryTokenStore();
 * const rwanda = new MomoCollections({ ...rwandaOptions, tokenStore });
 * const uganda = new MomoCollections({ ...ugandaOptions, tokenStore });
 * ```
 */
export function memoryTokenStore(): TokenStore {
  const tokens = new Map<string, StoredToken>();
  const locks = new Map<string, { readonly untilMs: number }>();
  return {
    get: async (key) => tokens.get(key),
    set: async (key, token) => {
      tokens.set(key, token);
    },
    delete: async (key) => {
      tokens.delete(key);
    },
    lock: async (key, ttlMs) => {
      const held = locks.get(key);
      if (held !== undefined && held.untilMs > Date.now()) return undefined;
      const lock = { untilMs: Date.now() + ttlMs };
      locks.set(key, lock);
      return async () => {
        if (locks.get(key) === lock) locks.delete(key);
      };
    },
  };
}

/**
 * A token store on any key-value store of Cloudflare KV's shape. Redis and unstorage need a few lines of adapter (see
 * the guide on tokens).
 *
 * @example
 * ```ts
 * const client = new MomoCollections({ ...options, tokenStore: keyValueTokenStore(env.TOKENS) });
 * ```
 */
export function keyValueTokenStore(kv: KeyValueStore): TokenStore {
  return {
    get: async (key) => {
      // Rubbish counts as absent and is written over; a store that fails would be passed by.
      const value = parseJson((await kv.get(key)) ?? '');
      return isStoredToken(value) ? value : undefined;
    },
    set: (key, token) => {
      const lifeMs = token.expiresAtMs - (token.issuedAtMs ?? Date.now());
      return kv.put(key, JSON.stringify(token), { expirationTtl: Math.max(60, Math.floor(lifeMs / 1_000)) });
    },
    delete: (key) => kv.delete(key),
  };
}
