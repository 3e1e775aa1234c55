import { expect, it } from 'vitest';
import { MomoError, type PaymentCallback, parseCallback } from '../../src/callback/index.js';

// FUZZ_RUNS=100000 in CI (`npm run test:fuzz`), a million before a release.
const runs = Number(process.env.FUZZ_RUNS ?? 4_000);
const seed = Number(process.env.FUZZ_SEED ?? 20_260_910);

/** mulberry32: small, and the same everywhere, so that a seed tells a failure. */
function generator(state: number) {
  let a = state;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = generator(seed);
const below = (limit: number) => Math.floor(random() * limit);
const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;

const digits = (count: number) => Array.from({ length: count }, () => below(10)).join('');
const amount = () =>
  pick([
    () => `${1 + below(9)}${digits(below(20))}`,
    () => `${1 + below(9)}${digits(below(20))}.${digits(1 + below(20))}`,
    () => `0.${digits(below(6))}1`,
    () => pick(['0', '0.00', '-1', '1e3', '1E+400', '-0', '00', '1.', '.1', '9007199254740993', '150.00']),
  ])();
const word = () =>
  pick([
    () =>
      JSON.stringify(pick(['SUCCESSFUL', 'FAILED', 'PENDING', 'constructor', 'toString', '__proto__', 'TIMEOUT', ''])),
    () => JSON.stringify(String.fromCodePoint(...Array.from({ length: below(8) }, () => below(0x3000)))),
    () => `"${pick(['\\ud800', '\\udc00\\ud800', '\\ud83d\\ude00', '\\u0000', '\\n', '\\x', '\u2028', 'é', '😀'])}"`,
    () => JSON.stringify('x'.repeat(pick([255, 256, 257, 1_000]))),
  ])();
const scalar = (): string =>
  pick([word, amount, () => `"${amount()}"`, () => 'null', () => 'true', () => '{}', () => '[]', () => '""'])();
const value = (depth: number): string =>
  depth > 3 || random() < 0.7
    ? scalar()
    : random() < 0.5
      ? `[${Array.from({ length: below(4) }, () => value(depth + 1)).join(',')}]`
      : object(depth + 1);
const keys = [
  ...['status', 'transactionStatus', 'amount', 'currency', 'externalId', 'financialTransactionId', 'referenceId'],
  ...['payer', 'intendedPayer', 'partyIdType', 'partyId', 'reason', 'errorReason', 'code', 'message', 'event', 'data'],
  ...['payload', 'mode', 'state', 'source', 'accountNumber', 'fee', 'vat', 'processed', 'created', 'referenceNumber'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'raw', 'claimedState'],
];
function object(depth: number): string {
  const fields = Array.from(
    { length: below(10) },
    () => `${JSON.stringify(pick(keys))}${pick([':', ' : '])}${value(depth)}`,
  );
  return `{${fields.join(pick([',', ', ', ',\n']))}}`;
}

function body(): string {
  const kind = random();
  const status = `"status":${pick(['"SUCCESSFUL"', '"FAILED"', '"toString"', word()])}`;
  if (kind < 0.5) return `{${status},"amount":${pick([amount(), `"${amount()}"`])},"extra":${value(0)}}`;
  if (kind < 0.7) return `{"event":${pick(['"collection.completed"', word()])},"data":${object(1)}}`;
  if (kind < 0.95) return object(0);
  const whole = object(0);
  const cut = below(whole.length + 1);
  return whole.slice(0, cut) + pick(['', '}', '"', '\\', '\0', '😀', whole]);
}

/** The amount's text, found without our parser: the only key `amount` at the top of the bodies that start so. */
function writtenAmount(text: string): string | undefined {
  return /^\{"status":(?:"(?:[^"\\]|\\.)*"|[^,]*),"amount":"?([^",]*)"?,"extra":/.exec(text)?.[1];
}

it(`gives an event or invalid_callback for ${runs} generated bodies, and alters no digit (seed ${seed})`, () => {
  const prototype = JSON.stringify(Object.getOwnPropertyNames(Object.prototype));
  let taken = 0;
  for (let run = 0; run < runs; run += 1) {
    const text = body();
    let callback: PaymentCallback | undefined;
    try {
      callback = parseCallback(random() < 0.5 ? text : new TextEncoder().encode(text));
    } catch (error) {
      if (!MomoError.is(error, 'invalid_callback')) throw new Error(`Untyped: ${text}`, { cause: error });
      continue;
    }
    taken += 1;
    const written = writtenAmount(text);
    if (written !== undefined && callback.source === 'mtn' && (callback.amount ?? '') !== written) {
      throw new Error(`The amount ${written} became ${callback.amount}: ${text}`);
    }
    if (callback.claimedState === 'successful') {
      const isClaimed = callback.claimedStatus === 'SUCCESSFUL' || callback.event === 'collection.completed';
      if (!isClaimed) throw new Error(`Success from nothing: ${text}`);
    }
    if (JSON.stringify(callback.raw) !== JSON.stringify(JSON.parse(text))) throw new Error(`Another raw: ${text}`);
  }
  expect(taken).toBeGreaterThan(runs / 10);
  expect(JSON.stringify(Object.getOwnPropertyNames(Object.prototype))).toBe(prototype);
  for (const name of keys.slice(-2)) expect(({} as Record<string, unknown>)[name]).toBeUndefined();
}, 600_000);
