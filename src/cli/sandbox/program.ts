import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { CommandFailure } from '../command-failure.js';
import { exitCodes } from '../exit-codes.js';

/** How a program is run beside the sandbox. */
export interface ProgramOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string | undefined;
  /** Ends the program. */
  readonly signal: AbortSignal;
  /** Then what the program writes goes to stderr. */
  readonly isStdoutTaken: boolean;
}

const isWindows = process.platform === 'win32';
const quote = (word: string) => `"${word.replaceAll('"', '\\"')}"`;

/**
 * Runs a program to its end, in this terminal.
 *
 * @returns Its exit code; 0 when it was ended by the signal.
 * @throws CommandFailure `program` when it cannot be started.
 */
export function runProgram(
  [command = '', ...args]: readonly string[],
  { env, cwd, signal, isStdoutTaken }: ProgramOptions,
): Promise<number> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve(exitCodes.done);
    const stdio = ['inherit', isStdoutTaken ? 2 : 'inherit', 'inherit'] as const;
    const options = { env, cwd, stdio: [...stdio] };
    // What npm installs are batch files on Windows, and only its shell runs them.
    const child = isWindows
      ? spawn([command, ...args].map(quote).join(' '), { ...options, shell: true })
      : spawn(command, args, options);
    let isStopped = false;
    function stop() {
      isStopped = true;
      child.kill();
    }
    signal.addEventListener('abort', stop, { once: true });
    // Whoever ends this process means the program too.
    process.once('SIGTERM', stop);
    const settle = () => {
      signal.removeEventListener('abort', stop);
      process.removeListener('SIGTERM', stop);
    };
    child.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      settle();
      const why = code === 'ENOENT' ? 'there is no such program' : message;
      reject(new CommandFailure('program', exitCodes.notDone, `${command} cannot be started: ${why}.`));
    });
    child.once('exit', (code, name) => {
      settle();
      resolve(isStopped ? exitCodes.done : (code ?? 128 + constants.signals[name as NodeJS.Signals]));
    });
  });
}
