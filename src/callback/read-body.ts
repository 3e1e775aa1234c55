import { maxBodyBytes } from './json.js';
import { within } from './time-limit.js';

/** @internal */
export type BodyReading =
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly status: 400 | 408 | 413; readonly why: 'too-large' | 'too-slow' | 'unreadable' };

const tooLarge = { status: 413, why: 'too-large' } as const;
const unreadable = { status: 400, why: 'unreadable' } as const;

const bodyTimeoutMs = 10_000;

/** @internal Reads a body while it comes in, and stops at the first byte or millisecond too many. Never rejects. */
export async function readBody(request: Request): Promise<BodyReading> {
  if (Number(request.headers.get('content-length')) > maxBodyBytes) return tooLarge;
  if (request.bodyUsed || request.body?.locked) return unreadable;
  if (!request.body) return { bytes: new Uint8Array(0) };
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const reading = await within(collect(reader), bodyTimeoutMs, { status: 408, why: 'too-slow' } as const);
  // Not awaited: a stream may take as long to stop as it likes.
  if ('why' in reading) void reader.cancel().catch(() => undefined);
  return reading;
}

async function collect(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<BodyReading> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      length += part.value.byteLength;
      if (length > maxBodyBytes) return tooLarge;
      chunks.push(part.value);
    }
    const bytes = new Uint8Array(length);
    length = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, length);
      length += chunk.byteLength;
    }
    return { bytes };
  } catch {
    return unreadable; // it broke off, or gave something else than bytes
  }
}
