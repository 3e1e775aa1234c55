import * as z from 'zod/mini';
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

/** The named fields as text, those that are there. */
export function readTexts<Name extends string>(json: unknown, ...names: Name[]): { readonly [Key in Name]?: string } {
  const found: { [Key in Name]?: string } = {};
  for (const name of names) {
    const text = readText(json, name);
    if (text !== undefined) found[name] = text;
  }
  return found;
}
