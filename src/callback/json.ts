import { utf8 } from './encoding.js';
import { invalidCallback } from './invalid-callback.js';

/** @internal The largest body taken, in bytes. */
export const maxBodyBytes = 65_536;

// Real callbacks have under fifty values, five deep. The limits keep hostile bodies cheap, here and where `raw` goes on
// to: a reviver call costs as much as a hundred characters, and `JSON.stringify` overflows on deep nesting.
const maxDepth = 100;
const maxRevived = 5_000;

/** @internal A number of the body, as it was written there. */
export class Numeral {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true });

// "JSON.parse source text access" is newer than TypeScript's library.
type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;
type ParseWithSource = (text: string, reviver: Reviver) => unknown;

function decode(body: unknown): string {
  const isText = typeof body === 'string';
  // Not `instanceof`: bytes may come from another realm (edge runtimes, test runners).
  if (!isText && !ArrayBuffer.isView(body)) throw invalidCallback('must be given as text or bytes, not yet parsed');
  const byteLength = isText ? (body.length > maxBodyBytes / 3 ? utf8(body).length : 0) : body.byteLength;
  if (byteLength > maxBodyBytes) throw invalidCallback(`must be at most ${maxBodyBytes} bytes`);
  try {
    return isText ? body.replace(/^\ufeff/, '') : decoder.decode(body as Uint8Array<ArrayBuffer>);
  } catch {
    throw invalidCallback('must be UTF-8');
  }
}

function tooComplex() {
  return invalidCallback('must not be so deep, nor hold so many values');
}

/** Throws for half a character, in keys too (in unicode mode the class matches lone surrogates only), and for depth. */
function checkValues(value: unknown, depth: number): void {
  if (typeof value === 'string' && /[\ud800-\udfff]/u.test(value)) throw invalidCallback('must be well-formed Unicode');
  if (typeof value !== 'object' || value === null) return;
  if (depth === 0) throw tooComplex();
  for (const key of Array.isArray(value) ? [] : Object.keys(value)) checkValues(key, 1);
  for (const inner of Object.values(value)) checkValues(inner, depth - 1);
}

/** Is each number written as JavaScript writes it? Sure where the whole text is; asked only of what is as short as real callbacks. */
function isCanonical(text: string, raw: unknown): boolean {
  return text.length < 4_096 && JSON.stringify(raw) === text;
}

/**
 * The body as `JSON.parse` gives it, and once more with a {@link Numeral} for each number that may lose digits. The second
 * reading costs six times the first, so it is done only where there seem to be such numbers. Throws `invalid_callback`.
 *
 * @internal
 */
export function readJson(body: unknown): { raw: unknown; exact: unknown } {
  const text = decode(body);
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    throw invalidCallback('must be JSON');
  }
  checkValues(raw, maxDepth);
  return { raw, exact: /[:,[]\s*[-\d]/.test(text) && !isCanonical(text, raw) ? readExact(text) : raw };
}

function readExact(text: string): unknown {
  let calls = 0;
  return (JSON.parse as ParseWithSource)(text, (_key, value, context) => {
    calls += 1;
    if (calls > maxRevived) throw tooComplex();
    if (typeof value !== 'number') return value;
    // An older runtime gives no source and has rounded the number already: rather none than another one.
    if (!context && !Number.isSafeInteger(value)) throw invalidCallback('must write such numbers as strings');
    return new Numeral(context?.source ?? String(value));
  });
}
