import type { OptionValues } from './command.js';
import { usageFailure } from './command-failure.js';

/** Options of all commands that read the configuration. */
export const commonOptions = {
  json: { type: 'boolean' },
  'env-file': { type: 'string' },
} as const;

/** How the help shows them. */
export const commonOptionsHelp = `  --env-file <path>      Reads this file in the place of .env
  --json                 JSON objects, one a line, for scripts
  --help                 Shows this`;

/** The text of an option, if it was given. */
export function textOf(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/**
 * Seconds, as milliseconds.
 *
 * @throws CommandFailure `usage`
 */
export function secondsOf(values: OptionValues, name: string): number | undefined {
  const text = textOf(values, name);
  if (text === undefined) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  if (seconds <= 0 || seconds > 86_400)
    throw usageFailure(`--${name} must be seconds, more than 0 and at most a day (86400).`);
  return Math.ceil(seconds * 1_000);
}
