import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../../src/cli/output.js';

/** A terminal that keeps what is written to it. */
export interface FakeTerminal extends Terminal {
  write: Terminal['write'];
  readonly text: string;
  readonly errors: string;
  /** The questions put, when there is somebody to ask. */
  readonly questions: readonly string[];
}

export interface FakeTerminalOptions {
  readonly isInteractive?: boolean;
  readonly rows?: number;
  readonly columns?: number;
  /** What the user says to a question. Default: there is nobody to ask. */
  readonly answer?: string;
}

export function fakeTerminal(options: FakeTerminalOptions = {}): FakeTerminal {
  const { isInteractive = false, rows = 24, columns = 80, answer } = options;
  const written = { text: '', errors: '' };
  const questions: string[] = [];
  return {
    isInteractive,
    rows,
    columns,
    get text() {
      return written.text;
    },
    get errors() {
      return written.errors;
    },
    write: (text) => {
      written.text += text;
    },
    writeError: (text) => {
      written.errors += text;
    },
    style: (_, text) => text,
    flush: async () => {},
    questions,
    ...(answer !== undefined && {
      ask: async (question: string) => {
        questions.push(question);
        return answer;
      },
    }),
  };
}

/** What the board showed last, with what came after it. Each of its pictures begins with a carriage return. */
export function lastPicture(text: string): string {
  return stripVTControlCharacters(text.split('\r').at(-1) as string);
}
