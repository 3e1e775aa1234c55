import { invalidInput } from '../../errors.js';

/** Text, or bytes, as a whole or in pieces: a string, `response.body`, `file.stream()`, `createReadStream(path)`. */
export type TextSource =
  | string
  | Uint8Array
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | ReadableStream<Uint8Array>
  | ReadableStream<string>;

/** @internal Fails before anything is read when the encoding is none. */
export function checkEncoding(encoding: string): boolean {
  try {
    return new TextDecoder(encoding).encoding !== '';
  } catch {
    return false;
  }
}

/** @internal Has it one iterator or the other? */
export function isIterable(value: unknown): boolean {
  return [Symbol.asyncIterator, Symbol.iterator].some((name) => typeof Object(value)[name] === 'function');
}

/** @internal */
export function isTextSource(value: unknown): boolean {
  return isIterable(value) || typeof Object(value).getReader === 'function';
}

/** @internal The text of a source, piece by piece. Bytes are UTF-8 unless said otherwise, or UTF-16 by its byte order mark. */
export async function* textChunks(source: TextSource, encoding: string | undefined): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of piecesOf(source)) {
    if (typeof chunk === 'string') {
      yield chunk;
    } else if (chunk instanceof Uint8Array) {
      decoder ??= new TextDecoder(encoding ?? (chunk[0] === 0xff && chunk[1] === 0xfe ? 'utf-16le' : 'utf-8'));
      yield decoder.decode(chunk, { stream: true });
    } else {
      throw invalidInput('The CSV cannot be read', [{ path: '', message: 'it must come as text or as bytes' }]);
    }
  }
  const rest = decoder?.decode();
  if (rest) yield rest;
}

async function* piecesOf(source: TextSource): AsyncGenerator<unknown> {
  // Both are iterable too, sign by sign.
  if (typeof source === 'string' || source instanceof Uint8Array) yield source;
  else if (Symbol.asyncIterator in source || Symbol.iterator in source) yield* source;
  else yield* readAll(source);
}

/** A stream where streams cannot be iterated yet. */
async function* readAll(stream: ReadableStream<unknown>): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    reader.releaseLock();
  }
}
