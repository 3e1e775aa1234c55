import { fits } from './fits.js';

/** @internal Lower-cases a UUID of version 4 (the only kind MTN takes); undefined for anything else. */
export function toReferenceId(value: unknown): string | undefined {
  return fits(value, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i)
    ? value.toLowerCase()
    : undefined;
}
