import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { type Settings, settingsFromEnv } from '../client/options.js';
import { MomoError } from '../index.js';
import type { CommandContext } from './command.js';
import { CommandFailure } from './command-failure.js';
import { exitCodes } from './exit-codes.js';

/** The variables of `MomoCollections.fromEnv`. */
const variables = [
  'MTN_SUBSCRIPTION_KEY',
  'MTN_API_USER',
  'MTN_API_KEY',
  'MTN_TARGET_ENV',
  'MTN_BASE_URL',
  'MTN_CALLBACK_URL',
  'MTN_PROVIDER_CALLBACK_HOST',
] as const;

type Variable = (typeof variables)[number];

/** What the environment and the env file say; the values are secrets. */
export interface Configuration {
  readonly values: Readonly<Partial<Record<Variable, string>>>;
  /** The env file's path, whether there is one or not. */
  readonly file: string;
  readonly hasFile: boolean;
  /** Variables of MTN's prefix that nobody reads: misspelt ones, as a rule. Names only. */
  readonly unread: readonly string[];
}

/** The text of a file; undefined when it is not there. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new CommandFailure('configuration', exitCodes.usage, `${path} cannot be read (${code}).`);
  }
}

/**
 * Reads the variables from the environment, and from the env file what is not there. Empty ones count as absent.
 *
 * @param envFile - As given on the command line; must be there. Default: `.env`, if there is one.
 * @throws CommandFailure `configuration`
 */
export function readConfiguration(
  { env = process.env, cwd = process.cwd() }: CommandContext,
  envFile: unknown,
): Configuration {
  const file = resolve(cwd, typeof envFile === 'string' ? envFile : '.env');
  const text = readIfThere(file);
  if (text === undefined && envFile !== undefined) {
    throw new CommandFailure('configuration', exitCodes.usage, `There is no file ${file}.`);
  }
  const ofFile = parseEnv(text ?? '');
  const found = variables.map((name) => [name, env[name] || ofFile[name] || undefined] as const);
  const names = new Set([...Object.keys(env), ...Object.keys(ofFile)]);
  return {
    values: Object.fromEntries(found.filter(([, value]) => value !== undefined)),
    file,
    hasFile: text !== undefined,
    unread: [...names].filter((name) => /^MTN_/.test(name) && !(variables as readonly string[]).includes(name)).sort(),
  };
}

/** One variable that keeps a client from being made. */
export interface ConfigurationProblem {
  readonly variable: string;
  readonly isMissing: boolean;
  /** What is wrong, without the value. */
  readonly message: string;
}

/** The settings of a client, or what is wrong with the variables. */
export function settingsOf({ values }: Configuration): { settings: Settings } | { problems: ConfigurationProblem[] } {
  try {
    return { settings: settingsFromEnv(values, {}) };
  } catch (error) {
    if (!MomoError.is(error, 'invalid_input')) throw error;
    const problems = error.issues.map(({ path, message }) => {
      const isMissing = values[path as Variable] === undefined;
      return { variable: path, isMissing, message: isMissing ? `${path} is missing` : `${path} ${message}` };
    });
    return { problems };
  }
}

/** What somebody without a configuration can do. */
export const configurationAdvice = `momo-collections provision --callback-host <host> --write   makes a user in MTN's sandbox, and .env
momo-collections sandbox                                    is MTN on this machine: no account needed`;

/**
 * The settings of a client.
 *
 * @throws CommandFailure `configuration`, naming every variable that is missing or malformed
 */
export function requireSettings(configuration: Configuration): Settings {
  const result = settingsOf(configuration);
  if ('settings' in result) return result.settings;
  const { file, hasFile } = configuration;
  const list = result.problems.map(({ message }) => `  ${message}`).join('\n');
  throw new CommandFailure(
    'configuration',
    exitCodes.usage,
    `The configuration is not complete, and nothing was sent:
${list}
Looked in the environment and in ${file}${hasFile ? '' : ' (which is not there)'}. What to do:
${configurationAdvice.replace(/^/gm, '  ')}
  momo-collections doctor                                     checks what there is`,
  );
}
