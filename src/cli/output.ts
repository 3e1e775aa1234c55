import { createInterface } from 'node:readline/promises';
import { stripVTControlCharacters, styleText } from 'node:util';

/** A style of `node:util`. */
export type Style = Parameters<typeof styleText>[0];

/** Where a command writes: the real terminal, or what a test puts in its place. */
export interface Terminal {
  /** May lines be drawn again in place? */
  readonly isInteractive: boolean;
  readonly columns: number;
  readonly rows: number;
  write(text: string): void;
  writeError(text: string): void;
  /** Colours, where there are any. */
  style(style: Style, text: string): string;
  /** Settles when all that was written has left the process; rejects when it cannot. */
  flush(): Promise<void>;
  /** Asks whoever sits there, and gives the answer; empty when the input ends. Absent where nobody sits. */
  readonly ask?: ((question: string, signal: AbortSignal) => Promise<string>) | undefined;
}

/** One line from the terminal. Not in raw mode, so that Ctrl-C still is a signal. */
async function askLine({ stdin, stdout }: NodeJS.Process, question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: stdin, output: stdout, terminal: false });
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    return await Promise.race([lines.question(question, { signal }), ended]);
  } finally {
    lines.close();
  }
}

/** The terminal of a process: no colours and no redrawing where nobody looks on, no colours with `NO_COLOR`. */
export function processTerminal(process: NodeJS.Process): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb';
  const hasColors = isTerminal && stdout.hasColors();
  return {
    isInteractive: isTerminal,
    get columns() {
      return stdout.columns || 80;
    },
    get rows() {
      return stdout.rows || 24;
    },
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    style: (style, text) => (hasColors ? styleText(style, text, { validateStream: false }) : text),
    flush: () =>
      new Promise((resolve, reject) => {
        stdout.write('', (error) => (error ? reject(error) : resolve()));
      }),
    ask: stdin.isTTY && stdout.isTTY ? (question, signal) => askLine(process, question, signal) : undefined,
  };
}

/** Columns a text takes, colours not counted. Our own texts have no wide signs. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Pads on the right, colours not counted. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Cuts a line that would wrap; its colours go with the cut, for half an escape would garble the screen. */
function fitLine(line: string, columns: number): string {
  return widthOf(line) <= columns ? line : `${stripVTControlCharacters(line).slice(0, columns - 1)}…`;
}

/** Lines that are drawn again in place until they are left standing. */
export class LiveLines {
  readonly #terminal: Terminal;
  #height = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.write('\x1b[?25l'); // no cursor
  }

  draw(lines: readonly string[]): void {
    const { columns } = this.#terminal;
    const up = this.#height > 0 ? `\x1b[${this.#height}A` : '';
    // One write, so that no half picture shows. Each line is cleared behind its text, and all below the last.
    const text = lines.map((line) => `${fitLine(line, columns - 1)}\x1b[K\n`).join('');
    this.#terminal.write(`${up}\r${text}\x1b[J`);
    this.#height = lines.length;
  }

  close(): void {
    this.#terminal.write('\x1b[?25h');
  }
}
