import { invalidInput } from '../../errors.js';

/** @internal One record of a CSV file. */
export interface CsvRecord {
  /** The line it begins on, counted from 1. */
  readonly line: number;
  readonly cells: string[];
  readonly problem?: string;
}

const maxRecordLength = 1_048_576;
const quote = 34;
const lineFeed = 10;
const carriageReturn = 13;

/**
 * Reads CSV as RFC 4180 has it, piece by piece: quoted cells with delimiters, quotes and line breaks in them; CRLF, LF
 * or CR. Nothing but the record at hand is kept.
 *
 * @internal
 */
export class CsvParser {
  readonly #delimiter: number;
  #state: 'cell' | 'plain' | 'quoted' | 'closed' = 'cell';
  #cells: string[] = [];
  #cell = '';
  #length = 0;
  #line = 1;
  #recordLine = 1;
  #quoteLine = 1;
  #hadReturn = false;
  #isFirst = true;
  #problem: string | undefined;

  constructor(delimiter: string) {
    this.#delimiter = delimiter.charCodeAt(0);
  }

  /** @throws MomoError `invalid_input` for a record of over a million characters: a quote nobody closed. */
  *push(chunk: string): Generator<CsvRecord> {
    let text = chunk;
    if (this.#isFirst && text !== '') {
      this.#isFirst = false;
      if (text.startsWith('\ufeff')) text = text.slice(1);
    }
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      const isBreak = code === lineFeed || code === carriageReturn;
      const isSecondHalf = code === lineFeed && this.#hadReturn;
      this.#hadReturn = code === carriageReturn;
      if (isBreak && !isSecondHalf) this.#line += 1;
      if (this.#state === 'quoted') {
        if (code !== quote) continue;
        this.#take(text.slice(start, at));
        this.#state = 'closed';
        continue;
      }
      if (isSecondHalf && this.#state === 'cell' && this.#cells.length === 0) {
        start = at + 1;
        this.#recordLine = this.#line;
        continue;
      }
      if (code === this.#delimiter || isBreak) {
        if (this.#state === 'plain') this.#take(text.slice(start, at));
        this.#endCell();
        if (isBreak) yield this.#endRecord();
      } else if (this.#state === 'cell') {
        this.#state = code === quote ? 'quoted' : 'plain';
        start = code === quote ? at + 1 : at;
        this.#quoteLine = this.#line;
      } else if (this.#state === 'closed') {
        // Two quotes are one; anything else belongs to nobody.
        if (code !== quote) this.#problem ??= `line ${this.#line}: text follows a closing quote`;
        this.#state = code === quote ? 'quoted' : 'plain';
        start = at;
      }
    }
    if (this.#state === 'plain' || this.#state === 'quoted') this.#take(text.slice(start));
  }

  /** @throws MomoError `invalid_input` when a quote is still open. */
  *end(): Generator<CsvRecord> {
    if (this.#state === 'quoted') throw this.#openQuote();
    if (this.#state === 'cell' && this.#cells.length === 0) return;
    this.#endCell();
    yield this.#endRecord();
  }

  #take(text: string): void {
    this.#cell += text;
    this.#grow(text.length);
  }

  #grow(by: number): void {
    this.#length += by;
    if (this.#length > maxRecordLength) throw this.#openQuote();
  }

  #endCell(): void {
    this.#cells.push(this.#cell);
    this.#grow(1);
    this.#cell = '';
    this.#state = 'cell';
  }

  #endRecord(): CsvRecord {
    const record = { line: this.#recordLine, cells: this.#cells, ...(this.#problem && { problem: this.#problem }) };
    this.#cells = [];
    this.#length = 0;
    this.#problem = undefined;
    this.#recordLine = this.#line;
    return record;
  }

  #openQuote(): Error {
    const message =
      this.#state === 'quoted'
        ? `line ${this.#quoteLine} opens a quote that is never closed`
        : `line ${this.#recordLine} is over a million characters long`;
    return invalidInput('The CSV cannot be read', [{ path: '', message }]);
  }
}
