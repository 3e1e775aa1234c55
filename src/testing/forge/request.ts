import type { SignatureScheme } from '../../callback/signature.js';
import type { CallbackBody } from './bodies.js';

/** How {@link forgeCallbackRequest} sends a body. */
export interface ForgeCallbackOptions {
  /** Your callback URL: one of `createCallbackUrl`, or a wrong one. Default: `https://pay.example.com/momo`. */
  readonly url?: string;
  /** MTN uses both, by product. Default: `POST`. */
  readonly method?: string;
  /** Null leaves it out. Default: `application/json; charset=utf-8`, as captured. */
  readonly contentType?: string | null;
  /** Signs the body as a relay or an aggregator does. `encoding` defaults to the scheme's first. */
  readonly sign?: {
    readonly scheme: SignatureScheme;
    readonly secret: string;
    readonly encoding?: 'hex' | 'base64';
  };
  readonly headers?: { readonly [name: string]: string };
}

/**
 * The header's value for a body signed by a scheme. For tests: the secret may be as short as you like, but not empty.
 *
 * @example
 * ```ts
 * const signature = await signCallbackBody(body, { scheme: signatureSchemes.momoProxy, secret: 'the-app-key-of-the-test' });
 * ```
 */
export async function signCallbackBody(
  body: string | Uint8Array,
  sign: NonNullable<ForgeCallbackOptions['sign']>,
): Promise<string> {
  const { scheme, secret, encoding = scheme.encodings[0] ?? 'hex' } = sign;
  const bytes = (text: string | Uint8Array) =>
    (typeof text === 'string' ? new TextEncoder().encode(text) : text) as Uint8Array<ArrayBuffer>;
  const algorithm = { name: 'HMAC', hash: scheme.hash };
  const key = await crypto.subtle.importKey('raw', bytes(secret), algorithm, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(body)));
  const text =
    encoding === 'hex'
      ? Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('')
      : btoa(String.fromCharCode(...mac));
  return `${scheme.prefix ?? ''}${text}`;
}

/**
 * A callback as it would arrive at your handler, genuine or not: any body, any URL, signed or unsigned. Text and bytes
 * are sent as they are, so that broken JSON can be sent too.
 *
 * @example
 * ```ts
 * const request = await forgeCallbackRequest(forgeCallbackBody('mecash'), {
 *   sign: { scheme: signatureSchemes.meCash, secret, encoding: 'base64' },
 * });
 * expect((await handler(request)).status).toBe(200);
 * ```
 */
export async function forgeCallbackRequest(
  body: CallbackBody | string | Uint8Array,
  options: ForgeCallbackOptions = {},
): Promise<Request> {
  const {
    url = 'https://pay.example.com/momo',
    method = 'POST',
    contentType = 'application/json; charset=utf-8',
    sign,
  } = options;
  // Bytes, because text would bring a content type of its own.
  const sent = (
    body instanceof Uint8Array ? body : new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body))
  ) as Uint8Array<ArrayBuffer>;
  const headers = new Headers({ 'user-agent': 'LWAC Http Client 1.0', ...options.headers });
  if (contentType !== null) headers.set('content-type', contentType);
  if (sign !== undefined) headers.set(sign.scheme.header, await signCallbackBody(sent, sign));
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, hasBody ? { method, headers, body: sent } : { method, headers });
}
