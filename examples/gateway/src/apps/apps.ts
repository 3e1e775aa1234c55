import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { hashKey, makeKey } from './keys.ts';
import type { Seal } from './seal.ts';

/** The app to try things with. Its key is printed at every start, so it is for an MTN on this machine alone. */
export const demoAppName = 'demo';

/** A client app. Its id is the scope of its payments in the ledger. */
export interface App {
  readonly id: string;
  readonly name: string;
  /** Where results go that ask for no other address. */
  readonly callbackUrl: string | undefined;
  readonly requestsPerMinute: number;
}

/** What a new app is made of. */
export type NewApp = Omit<App, 'id'>;

/** The apps and their keys. A key itself is handed out once, by `add` or `rotate`. */
export interface Apps {
  add(app: NewApp): Promise<{ app: App; key: string }>;
  /** A new key in the place of the old one, from now on. Undefined when there is no such app. */
  rotate(name: string): Promise<string | undefined>;
  /** Its key opens nothing any more; results are still forwarded. False when there is no such app. */
  disable(name: string): Promise<boolean>;
  findByKey(key: string): Promise<App | undefined>;
  findByName(name: string): Promise<App | undefined>;
  get(id: string): Promise<App | undefined>;
  /** The key itself, for signing. */
  signingKey(id: string): Promise<string>;
}

function toApp(row: Record<string, unknown> | undefined): App | undefined {
  if (row === undefined) return undefined;
  return {
    id: String(row.id),
    name: String(row.name),
    callbackUrl: row.callback_url === null ? undefined : String(row.callback_url),
    requestsPerMinute: Number(row.requests_per_minute),
  };
}

export function createApps({ run }: Database, seal: Seal): Apps {
  const one = async (sql: string, values: readonly string[]) => (await run(sql, values))[0];
  return {
    async add({ name, callbackUrl, requestsPerMinute }) {
      const id = randomUUID();
      const key = makeKey();
      const values = [id, name, hashKey(key), await seal.seal(key, id), callbackUrl ?? null];
      const made = await run(
        `INSERT INTO gateway_apps (id, name, key_hash, sealed_key, callback_url, requests_per_minute, created_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (name) DO NOTHING RETURNING id`,
        [...values, requestsPerMinute, Date.now()],
      );
      if (made.length === 0)
        throw new Error(`There is an app "${name}" already. Choose another name, or rotate its key.`);
      return { app: { id, name, callbackUrl, requestsPerMinute }, key };
    },
    async rotate(name) {
      const found = await one('SELECT id FROM gateway_apps WHERE name = $1', [name]);
      if (found === undefined) return undefined;
      const id = String(found.id);
      const key = makeKey();
      const values = [hashKey(key), await seal.seal(key, id), id];
      await run('UPDATE gateway_apps SET key_hash = $1, sealed_key = $2, is_disabled = 0 WHERE id = $3', values);
      return key;
    },
    async disable(name) {
      const sql = 'UPDATE gateway_apps SET is_disabled = 1 WHERE name = $1 RETURNING id';
      return (await run(sql, [name])).length > 0;
    },
    findByKey: async (key) =>
      toApp(await one('SELECT * FROM gateway_apps WHERE key_hash = $1 AND is_disabled = 0', [hashKey(key)])),
    findByName: async (name) => toApp(await one('SELECT * FROM gateway_apps WHERE name = $1', [name])),
    get: async (id) => toApp(await one('SELECT * FROM gateway_apps WHERE id = $1', [id])),
    async signingKey(id) {
      const row = await one('SELECT sealed_key FROM gateway_apps WHERE id = $1', [id]);
      return seal.open(String(row?.sealed_key), id);
    },
  };
}
