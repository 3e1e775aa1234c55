import type { ParseArgsOptionsConfig } from 'node:util';
import type { Terminal } from './output.js';

/** What every command gets. */
export interface CommandContext {
  readonly terminal: Terminal;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

/** What the command line gave for a command's options. */
type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

/** One command, in one file of `commands/`. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** The whole of `--help`. */
  readonly help: string;
  readonly options: ParseArgsOptionsConfig;
  /** @returns The exit code: 0 for done, 1 for not done, 2 for a command line that makes no sense. */
  run(values: OptionValues, context: CommandContext): Promise<number>;
}
