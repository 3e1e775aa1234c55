import { toBase64, utf8 } from './encoding.js';

/** @internal A short fingerprint, so that an id says "the same again" without holding a phone number. */
export async function fingerprint(value: unknown): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', utf8(JSON.stringify(value)));
  return toBase64(new Uint8Array(digest, 0, 9));
}
