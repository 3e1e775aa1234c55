import * as z from 'zod/mini';
import { compact } from '../payment/compact.js';
import type { Party } from '../payment/party.js';

/**
 * Makes a reader of one field of MTN's answers: what it cannot read counts as absent. Field by field and not as one
 * `z.object`: a broken note must not hide a status, and object schemas probe for `eval`, which edge platforms report.
 * The schema is built at the first use, so that importing an error class alone does not pull zod in.
 */
function fieldReader<Value>(read: (value: unknown) => Value | undefined) {
  let schema: z.ZodMiniTransform<Value | undefined, unknown> | undefined;
  return (json: unknown, name: string): Value | undefined => {
    schema ??= z.transform(read);
    return z.parse(schema, Object(json)[name]);
  };
}

/** MTN also sends text as JSON numbers. */
function toText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Text that is there, and not empty. */
export const readText = /* @__PURE__ */ fieldReader((value) => toText(value) || undefined);

/** A party. Its type is one of three by contract; the value is what came. */
export const readParty = /* @__PURE__ */ fieldReader((value) => {
  const { partyIdType, partyId } = Object(value) as Record<string, unknown>;
  const id = toText(partyId);
  return typeof partyIdType === 'string' && id !== undefined ? ({ partyIdType, partyId: id } as Party) : undefined;
});

/** True or false, also as text. */
export const readFlag = /* @__PURE__ */ fieldReader((value) =>
  value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined,
);

/** MTN means a number (a time in seconds), and may write it as text. */
const readSeconds = /* @__PURE__ */ fieldReader((value) => {
  const seconds = Number(toText(value) || undefined);
  return Number.isFinite(seconds) ? seconds : undefined;
});

/**
 * Whatever an object of MTN's holds, with names in camelCase: text, but for times in seconds and for flags, which have
 * telling names. What is neither, such as an object or `null`, is left out.
 */
export function readAll(json: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.keys(Object(json)).map((name) => {
    const read = /_(in|at)$|^interval$/.test(name)
      ? readSeconds
      : /verified$|^active$/.test(name)
        ? readFlag
        : readText;
    return [name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()), read(json, name)] as const;
  });
  return compact(Object.fromEntries(entries));
}
