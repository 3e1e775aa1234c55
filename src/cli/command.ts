import type { ParseArgsOptionsConfig } from 'node:util';
import type { Clock, Fetch } from '../index.js';
import type { Terminal } from './output.js';

/** What every command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  /** The environment variables. Default: those of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Where `.env` is looked for, and relative paths begin. Default: the current folder. */
  readonly cwd?: string;
  /** How MTN is asked. Default: the global `fetch`. */
  readonly fetch?: Fetch;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** What the command line gave for a command's options. */
export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** One command, in one file of `commands/`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole of `--help`. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** The words it takes beside options, by name; `isOptional` ones may be left out. Default: none. */
  readonly words?: readonly { readonly name: string; readonly isOptional?: boolean }[];
  /** Takes a program with its arguments after `--`, in place of words. Default: no. */
  readonly takesProgram?: boolean;
  /** @returns The exit code, one of `exit-codes.ts`. */
  run(values: OptionValues, context: CommandContext, words: readonly string[]): Promise<number>;
}
