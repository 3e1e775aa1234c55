/** JSON with sorted keys, so that equal values are equal texts; what is undefined is not there. */
function toText(value: unknown): string {
  return (
    JSON.stringify(value, (_key, part: unknown) =>
      part !== null && typeof part === 'object' && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
        : part,
    ) ?? 'undefined'
  );
}

const short = (text: string) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);

export function expectSame(actual: unknown, wanted: unknown, what: string): void {
  const [is, shouldBe] = [toText(actual), toText(wanted)];
  if (is !== shouldBe) throw new Error(`${what}: expected ${short(shouldBe)}, and got ${short(is)}`);
}

export function expectTrue(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`expected ${what}`);
}
