import { createHash, randomBytes } from 'node:crypto';

/** A new key of an app: 256 random bits, with a prefix by which leaked keys can be searched for. */
export function makeKey(): string {
  return `mmg_${randomBytes(32).toString('base64url')}`;
}

/**
 * What a key is looked up by. A key has 256 bits of its own, so that no salt and no slow hash is needed, and the database
 * compares hashes, whose timing tells nothing of the key.
 */
export function hashKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}
