import { type InputIssue, invalidInput } from '../errors.js';
import { toReferenceId } from '../payment/reference-id.js';
import { callbackUrlProblems, isLoopback, parseUrl } from '../payment/urls.js';
import { toBase64, utf8 } from './encoding.js';
import { checkSecrets, sign } from './hmac.js';

/** What {@link createCallbackUrl} takes. */
export interface CallbackUrlOptions {
  /** Where your handler listens: https, or http on a loopback. A path is kept, a trailing slash is not; no query. */
  readonly baseUrl: string;
  /** The payment's reference id, a UUID v4. */
  readonly referenceId: string;
  /** At least 16 bytes, used for nothing else. */
  readonly secret: string;
  /** When it stops being taken, in epoch milliseconds. At least a day ahead: callbacks come late. */
  readonly expiresAtMs: number;
}

/** 128 bits: enough against forgery, short enough for a path. Not the host, which proxies rewrite. */
async function pathSignature(secret: string, referenceId: string, expiry: string): Promise<string> {
  const mac = await sign(secret, 'SHA-256', utf8(`momo-collections callback v1|${referenceId}|${expiry}`));
  return toBase64(mac.subarray(0, 16)).slice(0, 22).replaceAll('+', '-').replaceAll('/', '_');
}

/** Looks at every character whatever it finds, so that the time tells nothing of where the first wrong one is. */
function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}

/**
 * Makes the callback URL of one payment: `{baseUrl}/{referenceId}/{expiry}/{signature}`. MTN signs nothing and leaves
 * the reference id out, so the path brings both. It is a secret: whoever has it can make your handler read that
 * payment's status. It does not look at the clock.
 *
 * @throws MomoError `invalid_input`, naming every problem and quoting none of the values.
 * @example
 * ```ts
 * const callbackUrl = await createCallbackUrl({
 *   baseUrl: 'https://pay.example.com/momo',
 *   referenceId,
 *   secret: env.CALLBACK_SECRET,
 *   expiresAtMs: Date.now() + 7 * 86_400_000,
 * });
 * await client.requestToPay({ ...request, referenceId, callbackUrl });
 * ```
 */
export async function createCallbackUrl(options: CallbackUrlOptions): Promise<string> {
  const { baseUrl, secret, expiresAtMs } = options;
  const issues: InputIssue[] = [];
  const check = (path: string, message: string, isGood = false) => isGood || issues.push({ path, message });
  const url = parseUrl(baseUrl);
  const onLoopback = url !== undefined && isLoopback(url);
  for (const message of callbackUrlProblems(baseUrl, { onLoopback })) check('baseUrl', message);
  check('baseUrl', 'must have no query and no fragment', !/[?#]/.test(baseUrl));
  const referenceId = toReferenceId(options.referenceId);
  check('referenceId', 'must be a UUID v4', referenceId !== undefined);
  checkSecrets([secret], 'secret', issues);
  check('expiresAtMs', 'must be epoch milliseconds', Number.isSafeInteger(expiresAtMs) && expiresAtMs > 0);
  if (issues.length > 0 || url === undefined || referenceId === undefined) {
    throw invalidInput('The callback URL cannot be made', issues, referenceId);
  }
  const signature = await pathSignature(secret, referenceId, String(expiresAtMs));
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}/${referenceId}/${expiresAtMs}/${signature}`;
}

// Canonical forms only: lower-case UUID v4, no leading zero, no padding, nothing percent-encoded, nothing after it.
const signedPath = /(?:^|\/)([^/]+)\/([1-9]\d{0,15})\/([\w-]{22})$/;

/**
 * The reference id of a callback URL that {@link createCallbackUrl} made with one of these secrets, or undefined: wrong,
 * altered, truncated, not in its exact form, or expired. Host and path prefix do not matter (a proxy may change them),
 * and a query is ignored.
 *
 * @param url - Absolute, or only the path.
 * @param secrets - The current secret; several while it is being rotated.
 * @param nowMs - Epoch milliseconds. Default: `Date.now()`.
 * @throws MomoError `invalid_input` for secrets that are missing or under 16 bytes; never for the URL.
 * @example
 * ```ts
 * const known = await verifyCallbackUrl(request.url, [currentSecret, previousSecret]);
 * if (known !== undefined) await checkSoon(known.referenceId);
 * ```
 */
export async function verifyCallbackUrl(
  url: string | URL,
  secrets: string | readonly string[],
  nowMs: number = Date.now(),
): Promise<{ referenceId: string } | undefined> {
  const issues: InputIssue[] = [];
  const checkedSecrets = checkSecrets(secrets, 'secrets', issues);
  if (issues.length > 0) throw invalidInput('Callback URLs cannot be verified', issues);
  const [, referenceId, expiry, signature] = signedPath.exec(String(url).split('?', 1)[0] ?? '') ?? [];
  // Not `nowMs >= expiry`: a clock that gives NaN must not make every URL live for ever.
  if (!referenceId || !expiry || !signature || !(nowMs < Number(expiry))) return undefined;
  if (toReferenceId(referenceId) !== referenceId) return undefined;
  const wanted = await Promise.all(checkedSecrets.map((secret) => pathSignature(secret, referenceId, expiry)));
  const verdicts = wanted.map((candidate) => equalInConstantTime(candidate, signature));
  return verdicts.includes(true) ? { referenceId } : undefined;
}
