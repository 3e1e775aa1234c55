import { type InputIssue, invalidInput } from '../errors.js';
import { fromBase64, fromHex, utf8 } from './encoding.js';
import { checkSecrets, verify } from './hmac.js';
import type { CallbackSource } from './payment-callback.js';

/**
 * How a sender signs its callbacks: an HMAC of the raw body, in one header.
 *
 * @example
 * ```ts
 * const myRelay: SignatureScheme = { header: 'X-Relay-Signature', hash: 'SHA-256', encodings: ['base64'], prefix: 'v1=' };
 * ```
 */
export interface SignatureScheme {
  /** The header's name, in any case. */
  readonly header: string;
  readonly hash: 'SHA-256' | 'SHA-512';
  /** Hex in either case; base64 of the standard alphabet, padded and canonical. */
  readonly encodings: readonly ('hex' | 'base64')[];
  /** What stands before the signature in the header, exactly, such as `sha256=`. Default: nothing. */
  readonly prefix?: string;
  /** Who sends what is signed so: the handler gives it to `parseCallback`. Default: told by the body. */
  readonly source?: CallbackSource;
}

/**
 * Ready schemes: momo-proxy's header, and both of meCash's.
 *
 * @example
 * ```ts
 * const proxyKey = process.env.PROXY_KEY ?? '';
 * await verifySignature({ body, headers, secrets: proxyKey, scheme: signatureSchemes.momoProxy });
 * ```
 */
export const signatureSchemes: {
  readonly momoProxy: SignatureScheme;
  readonly meCash: SignatureScheme;
  readonly meCashSha256: SignatureScheme;
} = {
  momoProxy: { header: 'X-MoMo-Proxy-Signature', hash: 'SHA-256', encodings: ['hex'], source: 'momo-proxy' },
  meCash: { header: 'X-Signature', hash: 'SHA-512', encodings: ['hex', 'base64'], source: 'mecash' },
  meCashSha256: {
    header: 'X-meCash-Signature',
    hash: 'SHA-256',
    encodings: ['hex'],
    prefix: 'sha256=',
    source: 'mecash',
  },
};

/** Headers as the web, Node, Express, Fastify or a serverless event give them. */
export type CallbackHeaders =
  | Headers
  | Iterable<readonly [name: string, value: string]>
  | { readonly [name: string]: string | readonly string[] | undefined };

/** What {@link verifySignature} takes: the headers, or the header's value alone as `signature`. */
export type VerifySignatureOptions = {
  /** The body as it arrived, before any decoding. Text is taken as its UTF-8 bytes. */
  readonly body: string | Uint8Array;
  /** The secret shared with the sender; several while it is being rotated. At least 16 bytes each. */
  readonly secrets: string | readonly string[];
  readonly scheme: SignatureScheme;
} & (
  | { readonly headers: CallbackHeaders; readonly signature?: undefined }
  | { readonly signature: string | null | undefined; readonly headers?: undefined }
);

/** The header's one value; undefined when it is missing or repeated. */
function headerValue(headers: unknown, name: string): string | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined;
  // `Headers` is iterable too, and joins repeated headers by a comma, which no encoding holds.
  const entries = (Symbol.iterator in headers ? [...(headers as Iterable<unknown>)] : Object.entries(headers)) as [
    string,
    unknown,
  ][];
  const values = entries.flatMap(([key, value]) =>
    key.toLowerCase() === name.toLowerCase() ? (value ?? []) : [],
  ) as unknown[];
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : undefined;
}

/** @internal What is wrong with a scheme goes to `issues`. */
export function checkScheme(scheme: unknown, path: string, issues: InputIssue[]): void {
  const { header, hash, encodings, prefix = '' } = (scheme ?? {}) as { [key in keyof SignatureScheme]?: unknown };
  const isGood =
    typeof header === 'string' &&
    /^[\w-]+$/.test(header) &&
    (hash === 'SHA-256' || hash === 'SHA-512') &&
    /^(hex|base64|hex,base64|base64,hex)$/.test(String(encodings)) &&
    typeof prefix === 'string';
  if (!isGood) {
    issues.push({ path, message: 'must have header, hash and encodings as SignatureScheme says' });
  }
}

function decodeSignature(value: unknown, scheme: SignatureScheme): Uint8Array<ArrayBuffer> | undefined {
  const { prefix = '', hash, encodings } = scheme;
  const byteLength = hash === 'SHA-256' ? 32 : 64;
  // The cap on the header's size: beyond the longest right form nothing is looked at.
  if (typeof value !== 'string' || value.length > prefix.length + byteLength * 2 || !value.startsWith(prefix)) {
    return undefined;
  }
  const text = value.slice(prefix.length);
  return (
    (encodings.includes('hex') ? fromHex(text, byteLength) : undefined) ??
    (encodings.includes('base64') ? fromBase64(text, byteLength) : undefined)
  );
}

/**
 * Is this body signed with one of these secrets? Checked by WebCrypto, in constant time, over the raw bytes. Whatever
 * is wrong with the message (no header, a repeated one, another length, white space, other characters, a changed body)
 * is `false`. A valid signature proves the path a message took, not the payment: see `confirmCallback`.
 *
 * @throws MomoError `invalid_input` when set up wrongly: no secret, one under 16 bytes, or a broken scheme.
 * @example
 * ```ts
 * const body = new Uint8Array(await request.arrayBuffer());
 * const isSigned = await verifySignature({
 *   body,
 *   headers: request.headers,
 *   secrets: [currentKey, previousKey],
 *   scheme: signatureSchemes.momoProxy,
 * });
 * ```
 */
export async function verifySignature(options: VerifySignatureOptions): Promise<boolean> {
  const { body, headers, signature, secrets, scheme } = options;
  const issues: InputIssue[] = [];
  checkScheme(scheme, 'scheme', issues);
  const checkedSecrets = checkSecrets(secrets, 'secrets', issues);
  if (issues.length > 0) throw invalidInput('Signatures cannot be verified', issues);
  try {
    const decoded = decodeSignature(signature === undefined ? headerValue(headers, scheme.header) : signature, scheme);
    if (decoded === undefined) return false;
    return await verify(checkedSecrets, scheme.hash, decoded, typeof body === 'string' ? utf8(body) : body);
  } catch {
    // Bytes that are none, headers that throw, a runtime without WebCrypto: nothing here was verified.
    return false;
  }
}
