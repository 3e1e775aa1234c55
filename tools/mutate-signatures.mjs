// A million mutations of body, signature, secret and URL: none may be accepted.
//   npm run build && node tools/mutate-signatures.mjs [rounds, 1000000]
import { createCallbackUrl, signatureSchemes, verifyCallbackUrl, verifySignature } from '../dist/callback/index.js';

const rounds = Number(process.argv[2] ?? 1_000_000);
const secrets = ['a-secret-of-the-mutations-0123456789', 'the-secret-before-rotation-9876543'];
const text = (length) =>
  Array.from({ length }, () => String.fromCharCode(32 + Math.floor(Math.random() * 95))).join('');
const body = new TextEncoder().encode(`{"status":"SUCCESSFUL","amount":"150","note":"crème brûlée ${text(40)}"}`);

async function sign(secret, hash) {
  const algorithm = { name: 'HMAC', hash };
  const key = await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), algorithm, false, ['sign']);
  return Buffer.from(await crypto.subtle.sign('HMAC', key, body));
}

const below = (limit) => Math.floor(Math.random() * limit);
const flipBit = (bytes) => {
  const copy = Uint8Array.from(bytes);
  copy[below(copy.length)] ^= 1 << below(8);
  return copy;
};
const alphabet = '0123456789abcdefABCDEFghijxyzGHIJXYZ+/=-_ \n\0é, %';
function mutate(signature) {
  const at = below(signature.length);
  const sign = alphabet[below(alphabet.length)];
  const mutated = [
    () => signature.slice(0, at) + sign + signature.slice(at + 1),
    () => signature.slice(0, at) + sign + signature.slice(at),
    () => signature.slice(0, at) + signature.slice(at + 1),
    () => signature.slice(0, at),
    () => signature.slice(at) + signature.slice(0, at),
    () => `${signature}, ${signature}`,
    () => sign.repeat(signature.length),
  ][below(7)]();
  return mutated;
}
/** Hex in another case is the same signature. */
const isSame = (a, b, isHex) => (isHex ? a.toLowerCase() === b.toLowerCase() : a === b);

const targets = [];
for (const scheme of Object.values(signatureSchemes)) {
  for (const encoding of scheme.encodings) {
    const signature = (scheme.prefix ?? '') + (await sign(secrets[0], scheme.hash)).toString(encoding);
    const isGood = await verifySignature({ body, signature, secrets, scheme });
    if (!isGood) throw new Error(`The genuine signature was refused: ${scheme.header}`);
    targets.push({ scheme, signature, isHex: encoding === 'hex' && scheme.prefix === undefined });
  }
}
const expiresAtMs = Date.now() + 86_400_000;
const referenceId = crypto.randomUUID();
const url = await createCallbackUrl({
  baseUrl: 'https://pay.example.com',
  referenceId,
  secret: secrets[0],
  expiresAtMs,
});
const path = new URL(url).pathname.slice(1);

let accepted = 0;
let tried = 0;
const batch = 200;
const start = performance.now();
while (tried < rounds) {
  const checks = Array.from({ length: batch }, async (_, index) => {
    const { scheme, signature, isHex } = targets[index % targets.length];
    switch (index % 4) {
      case 0:
        return verifySignature({ body: flipBit(body), signature, secrets, scheme });
      case 1: {
        const mutated = mutate(signature);
        return !isSame(mutated, signature, isHex) && verifySignature({ body, signature: mutated, secrets, scheme });
      }
      case 2:
        return verifySignature({
          body,
          signature,
          secrets: mutate(secrets[0]).padEnd(16, '!').replace(secrets[0], 'x'.repeat(20)),
          scheme,
        });
      default: {
        const mutated = mutate(path);
        // In front of the reference anything may stand, and a query behind it.
        const isEqual = mutated === path || mutated.endsWith(`/${path}`) || mutated.startsWith(`${path}?`);
        return !isEqual && (await verifyCallbackUrl(`https://pay.example.com/${mutated}`, secrets)) !== undefined;
      }
    }
  });
  accepted += (await Promise.all(checks)).filter(Boolean).length;
  tried += batch;
}
const seconds = ((performance.now() - start) / 1_000).toFixed(0);
console.log(`${tried} mutations in ${seconds} s, ${accepted} accepted.`);
process.exitCode = accepted === 0 ? 0 : 1;
