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
}

/** The terminal of a process: no colours and no redrawing where nobody looks on, no colours with `NO_COLOR`. */
export function processTerminal({ stdout, stderr, env }: NodeJS.Process): Terminal {
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
