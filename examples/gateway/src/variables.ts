/** Reads environment variables, and collects all that is wrong with them; no value is ever quoted. */
export interface Variables {
  readonly problems: string[];
  check(isFine: boolean, problem: string): void;
  /** Trimmed; an empty one counts as absent. */
  text(name: string): string | undefined;
  wholeNumber(name: string, fallback: number, least: number, most?: number): number;
  flag(name: string): boolean;
  /** One of some words; the first is the default. */
  oneOf<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word;
  /** Separated by commas. */
  list(name: string): string[];
}

export function readVariables(env: Readonly<Record<string, string | undefined>>): Variables {
  const problems: string[] = [];
  const text = (name: string) => env[name]?.trim() || undefined;
  const check = (isFine: boolean, problem: string) => {
    if (!isFine) problems.push(problem);
  };
  return {
    problems,
    check,
    text,
    wholeNumber(name, fallback, least, most = Number.MAX_SAFE_INTEGER) {
      const value = Number(text(name) ?? fallback);
      const isFine = Number.isInteger(value) && value >= least && value <= most;
      check(isFine, `${name} must be a whole number, ${least} or more`);
      return value;
    },
    flag(name) {
      const value = text(name) ?? 'false';
      check(value === 'true' || value === 'false', `${name} must be true or false`);
      return value === 'true';
    },
    oneOf(name, words) {
      const given = text(name);
      const found = words.find((word) => word === given);
      check(given === undefined || found !== undefined, `${name} must be ${words.join(' or ')}`);
      return found ?? words[0];
    },
    list: (name) => (text(name) ?? '').split(',').flatMap((item) => item.trim() || []),
  };
}
