import * as z from 'zod/mini';
import type { Party } from '../payment/party.js';

/**
 * Builds a schema at its first use: importing an error class alone must not pull zod in, and a module without side
 * effects is what bundlers can drop.
 */
export function lazily<Value>(make: () => Value): () => Value {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Text that MTN also sends as a JSON number; anything else counts as absent, as `null` does. */
export function looseText() {
  return z.catch(z.optional(z.union([z.string(), z.pipe(z.number(), z.transform(String))])), undefined);
}

/** A party as MTN sends it; a broken one counts as absent. */
export function looseParty() {
  const partyId = z.union([z.string(), z.pipe(z.number(), z.transform(String))]);
  return z.catch(z.optional(z.object({ partyIdType: z.string(), partyId })), undefined);
}

/** Drops the absent fields, so that `'amount' in payment` tells the truth. */
export function compact<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** MTN's party types are three by contract; the type says so, the value is what came. */
export function asParty(party: { partyIdType: string; partyId: string } | undefined): Party | undefined {
  return party as Party | undefined;
}
