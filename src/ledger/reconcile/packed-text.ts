const encoder = /* @__PURE__ */ new TextEncoder();
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { ignoreBOM: true });

/** How the number in front of a packed text is to be read: its two lowest bits. */
const isText = 0;
const isWhole = 1;
const isHundredths = 2;
const isNumbered = 3;

/** `order-123456` and its like have one of a few prefixes; more of them than this stay text. */
const maxPrefixes = 256;
/** Longer ones would hold on to the piece of the file that they were cut from. */
const longestPrefix = 12;

/** Where the digits at the end begin that can be kept as a number: from the first that is no zero, and 12 at most. */
function numberStart(text: string): number {
  let start = text.length;
  for (let at = text.length - 1; at >= 0 && text.length - at <= 12; at -= 1) {
    const code = text.charCodeAt(at);
    if (code < 48 || code > 57) break;
    if (code > 48) start = at;
  }
  return start;
}

/** `15000` and `12.50` are most of what a row has, and take half the room as numbers. Undefined for anything else. */
function packNumber(text: string): number | undefined {
  const { length } = text;
  // Room for the two bits below 2^53.
  if (length === 0 || length > 15) return undefined;
  const dot = length > 3 && text.charCodeAt(length - 3) === 46 ? length - 3 : -1;
  let number = 0;
  for (let at = 0; at < length; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (at === dot) continue;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  // A leading zero says something in an id: kept as text.
  const hasLeadingZero = text.charCodeAt(0) === 48 && length > 1 && dot !== 1;
  return hasLeadingZero ? undefined : number * 4 + (dot < 0 ? isWhole : isHundredths);
}

/**
 * Short texts as bytes, one after the other. An empty text is one zero byte; the same text is always the same bytes.
 *
 * @internal
 */
export class PackedTexts {
  readonly #prefixes: string[];
  readonly #prefixNumbers: Map<string, number>;
  bytes: Uint8Array;
  /** Where the next text is read or written. */
  at = 0;

  /** @param sharing - Whose texts are to be read. */
  constructor(bytes: Uint8Array, sharing?: PackedTexts) {
    this.bytes = bytes;
    this.#prefixes = sharing ? sharing.#prefixes : [];
    this.#prefixNumbers = sharing ? sharing.#prefixNumbers : new Map();
  }

  write(text: string): void {
    const number = packNumber(text);
    if (number !== undefined) {
      this.#writeNumber(number);
      return;
    }
    const start = numberStart(text);
    const prefix = start < text.length - 2 ? this.#prefixNumber(text.slice(0, start)) : undefined;
    if (prefix !== undefined) {
      this.#writeNumber(Number(text.slice(start)) * 4 + isNumbered);
      this.makeRoom(1);
      this.bytes[this.at] = prefix;
      this.at += 1;
      return;
    }
    const length = asciiLength(text);
    if (length >= 0) {
      this.#writeNumber(length * 4 + isText);
      this.makeRoom(length);
      for (let index = 0; index < length; index += 1) this.bytes[this.at + index] = text.charCodeAt(index);
      this.at += length;
    } else {
      const encoded = encoder.encode(text);
      this.#writeNumber(encoded.length * 4 + isText);
      this.makeRoom(encoded.length);
      this.bytes.set(encoded, this.at);
      this.at += encoded.length;
    }
  }

  read(): string {
    const number = this.#readNumber();
    const value = Math.floor(number / 4);
    if (number % 4 === isWhole) return String(value);
    if (number % 4 === isHundredths) return `${Math.floor(value / 100)}.${String(value % 100).padStart(2, '0')}`;
    if (number % 4 === isNumbered) {
      this.at += 1;
      return `${this.#prefixes[this.bytes[this.at - 1] as number]}${value}`;
    }
    this.at += value;
    return value === 0 ? '' : decoder.decode(this.bytes.subarray(this.at - value, this.at));
  }

  /** Goes past a text. */
  skip(): void {
    const number = this.#readNumber();
    if (number % 4 === isText) this.at += Math.floor(number / 4);
    else if (number % 4 === isNumbered) this.at += 1;
  }

  makeRoom(needed: number): void {
    if (this.at + needed <= this.bytes.length) return;
    const larger = new Uint8Array((this.at + needed) * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  #prefixNumber(prefix: string): number | undefined {
    const known = this.#prefixNumbers.get(prefix);
    if (known !== undefined || this.#prefixes.length === maxPrefixes || prefix.length > longestPrefix) return known;
    this.#prefixNumbers.set(prefix, this.#prefixes.length);
    this.#prefixes.push(prefix);
    return this.#prefixes.length - 1;
  }

  #writeNumber(number: number): void {
    this.makeRoom(8);
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) {
      this.bytes[this.at] = (rest % 128) + 128;
      this.at += 1;
    }
    this.bytes[this.at] = rest;
    this.at += 1;
  }

  #readNumber(): number {
    let number = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.bytes[this.at] as number;
      this.at += 1;
      number += (byte % 128) * factor;
      if (byte < 128) return number;
    }
  }
}

function asciiLength(text: string): number {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return -1;
  return text.length;
}
