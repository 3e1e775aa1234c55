import { type ErrorCode, MomoError } from '../index.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import type { Terminal } from './output.js';

/** A {@link MomoError}'s code, or what only a command line can meet. */
type FailureCode = ErrorCode | 'usage' | 'configuration' | 'output' | 'exists' | 'program' | 'internal';

/** Ends a command: what to say, and the exit code. */
export class CommandFailure extends Error {
  readonly code: FailureCode;
  readonly exitCode: ExitCode;
  readonly referenceId: string | undefined;

  constructor(code: FailureCode, exitCode: ExitCode, message: string, referenceId?: string) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
    this.referenceId = referenceId;
  }
}

/** A command line that makes no sense. */
export function usageFailure(message: string): CommandFailure {
  return new CommandFailure('usage', exitCodes.usage, message);
}

function exitCodeOf(code: ErrorCode): ExitCode {
  if (code === 'aborted') return exitCodes.interrupted;
  return code === 'invalid_input' ? exitCodes.usage : exitCodes.unanswered;
}

/** What a command threw, as a failure with an exit code; what nobody expected is a fault of this program. */
function toFailure(thrown: unknown): CommandFailure {
  if (thrown instanceof CommandFailure) return thrown;
  if (MomoError.is(thrown)) {
    const { code, message, referenceId } = thrown;
    return new CommandFailure(code, exitCodeOf(code), message, referenceId);
  }
  const { name, message } = thrown instanceof Error ? thrown : new Error(String(thrown));
  return new CommandFailure('internal', exitCodes.internal, `A fault of this program (${name}): ${message}`);
}

/**
 * Says on stderr why a command ended.
 *
 * @returns The exit code.
 */
export function reportFailure(terminal: Terminal, json: boolean, thrown: unknown): ExitCode {
  const { code, exitCode, message, referenceId } = toFailure(thrown);
  const error = { code, message, ...(referenceId !== undefined && { referenceId }) };
  terminal.writeError(json ? `${JSON.stringify({ error })}\n` : `${message}\n`);
  return exitCode;
}
