import type { InputIssue } from '../errors.js';
import { remember } from './bounded-map.js';
import { utf8 } from './encoding.js';

/** @internal */
export type HmacHash = 'SHA-256' | 'SHA-512';

/** @internal One secret, or several while they are being rotated; what is wrong with them goes to `issues`. */
export function checkSecrets(value: unknown, path: string, issues: InputIssue[]): readonly string[] {
  const secrets: readonly unknown[] = Array.isArray(value) ? [...value] : [value];
  const isStrong = (secret: unknown) => typeof secret === 'string' && utf8(secret).length >= 16;
  if (secrets.length === 0 || !secrets.every(isStrong)) {
    issues.push({ path, message: 'must be at least 16 bytes each: is a variable missing?' });
  }
  return secrets as readonly string[];
}

// An import costs a fifth of a verification. Keys, not promises, are kept: Workers do not share promises between
// requests. Nothing reaches this map from outside, so nothing prints it.
const keys = new Map<string, CryptoKey>();
const maxKeys = 64;

async function hmacKey(secret: string, hash: HmacHash): Promise<CryptoKey> {
  const id = `${hash} ${secret}`;
  const known = keys.get(id);
  if (known !== undefined) return known;
  const key = await crypto.subtle.importKey('raw', utf8(secret), { name: 'HMAC', hash }, false, ['sign', 'verify']);
  remember(keys, id, key, maxKeys);
  return key;
}

/** @internal */
export async function sign(secret: string, hash: HmacHash, data: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const key = await hmacKey(secret, hash);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, data as Uint8Array<ArrayBuffer>));
}

/** @internal In constant time for each secret; all are tried, so that the time does not tell which one fits. */
export async function verify(
  secrets: readonly string[],
  hash: HmacHash,
  signature: Uint8Array<ArrayBuffer>,
  data: Uint8Array,
): Promise<boolean> {
  const verdicts = await Promise.all(
    secrets.map(async (secret) =>
      crypto.subtle.verify('HMAC', await hmacKey(secret, hash), signature, data as Uint8Array<ArrayBuffer>),
    ),
  );
  return verdicts.includes(true);
}
