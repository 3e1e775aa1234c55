import type { Issues } from '../errors.js';
import { fits } from './fits.js';

/** @internal A reference id, lower-cased; complains of anything else. */
export function checkReferenceId(issues: Issues, value: unknown): string {
  const referenceId = toReferenceId(value);
  issues.check(referenceId !== undefined, 'referenceId', 'must be a UUID of version 4');
  // After a complaint nothing is done with it.
  return referenceId as string;
}

/** @internal Lower-cases a UUID of version 4 (the only kind MTN takes); undefined for anything else. */
export function toReferenceId(value: unknown): string | undefined {
  return fits(value, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i)
    ? value.toLowerCase()
    : undefined;
}
