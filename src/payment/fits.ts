/** @internal Is this a text that fits the pattern? */
export function fits(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}
