import { appendFileSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readIfThere } from '../configuration.js';

type Values = Readonly<Record<string, string>>;

/** A value as env files take it: bare when it is simple, else in quotes that are not in it. */
function quote(value: string): string {
  if (/^[\w.:/@+-]*$/.test(value)) return value;
  const mark = ["'", '"', '`'].find((candidate) => !value.includes(candidate)) ?? "'";
  return `${mark}${value}${mark}`;
}

/** Lines for an env file. */
export function envLines(values: Values): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${quote(value)}\n`)
    .join('');
}

/** The variables that a file already has with another value; those would have to be changed. */
export function conflictsIn(path: string, wanted: Readonly<Record<string, string | undefined>>): string[] {
  const there = parseEnv(readIfThere(path) ?? '');
  return Object.entries(wanted).flatMap(([name, value]) => (there[name] && there[name] !== value ? [name] : []));
}

/**
 * Writes the variables that the file does not have. A new file is for its owner's eyes only; what is in an old one stays.
 *
 * @returns The names written.
 * @throws What the file system throws.
 */
export function addToEnvFile(path: string, values: Values): string[] {
  const text = readIfThere(path);
  const there = parseEnv(text ?? '');
  const missing = Object.fromEntries(Object.entries(values).filter(([name]) => !there[name]));
  const lines = envLines(missing);
  // "x": never through a link, and never over a file that came in between.
  if (text === undefined) writeFileSync(path, lines, { mode: 0o600, flag: 'wx' });
  else appendFileSync(path, text === '' || text.endsWith('\n') ? lines : `\n${lines}`);
  return Object.keys(missing);
}
