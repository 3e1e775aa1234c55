import { webcrypto } from 'node:crypto';

/** Keeps secrets readable for this gateway alone. */
export interface Seal {
  /** @param owner - Whose it is: sealed for one, it does not open for another. */
  seal(secret: string, owner: string): Promise<string>;
  /** @throws Error when the master key is another, or the text was changed. */
  open(sealed: string, owner: string): Promise<string>;
}

const ivBytes = 12;

/** AES-256-GCM under the master key. Sealed texts are `v1.` and base64url of the random IV and the ciphertext. */
export async function createSeal(masterKey: Uint8Array<ArrayBuffer>): Promise<Seal> {
  const key = await webcrypto.subtle.importKey('raw', masterKey, 'AES-GCM', false, ['encrypt', 'decrypt']);
  const algorithm = (iv: Uint8Array<ArrayBuffer>, owner: string) => ({
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(`mobile-money-gateway v1|${owner}`),
  });
  return {
    async seal(secret, owner) {
      const iv = webcrypto.getRandomValues(new Uint8Array(ivBytes));
      const sealed = await webcrypto.subtle.encrypt(algorithm(iv, owner), key, new TextEncoder().encode(secret));
      return `v1.${Buffer.concat([iv, new Uint8Array(sealed)]).toString('base64url')}`;
    },
    async open(sealed, owner) {
      const bytes = new Uint8Array(Buffer.from(sealed.replace(/^v1\./, ''), 'base64url'));
      try {
        const iv = bytes.slice(0, ivBytes);
        const opened = await webcrypto.subtle.decrypt(algorithm(iv, owner), key, bytes.slice(ivBytes));
        return new TextDecoder().decode(opened);
      } catch {
        throw new Error('An app key could not be opened. Is GATEWAY_MASTER_KEY the one it was sealed with?');
      }
    },
  };
}
