import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../../src/cli/output.js';

/** A terminal that keeps what is written to it. */
export interface FakeTerminal extends Terminal {
  write: Terminal['write'];
  readonly text: string;
  readonly errors: string;
}

export function fakeTerminal(options: { isInteractive?: boolean; rows?: number; columns?: number } = {}): FakeTerminal {
  const { isInteractive = false, rows = 24, columns = 80 } = options;
  const written = { text: '', errors: '' };
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
  };
}

/** What the board showed last, with what came after it. Each of its pictures begins with a carriage return. */
export function lastPicture(text: string): string {
  return stripVTControlCharacters(text.split('\r').at(-1) as string);
}
