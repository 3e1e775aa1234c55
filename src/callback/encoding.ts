/** @internal */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;
}

/** @internal Strict: this many bytes exactly, either case, nothing else. `parseInt` alone would skip over junk. */
export function fromHex(text: string, byteLength: number): Uint8Array<ArrayBuffer> | undefined {
  if (text.length !== byteLength * 2 || !/^[0-9a-f]+$/i.test(text)) return undefined;
  return Uint8Array.from({ length: byteLength }, (_, index) =>
    Number.parseInt(text.slice(index * 2, index * 2 + 2), 16),
  );
}

/** @internal */
export function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/** @internal Strict: this many bytes exactly, padded and canonical. `atob` alone skips white space and spare bits. */
export function fromBase64(text: string, byteLength: number): Uint8Array<ArrayBuffer> | undefined {
  if (text.length !== Math.ceil(byteLength / 3) * 4) return undefined;
  try {
    const bytes = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    return bytes.length === byteLength && toBase64(bytes) === text ? bytes : undefined;
  } catch {
    return undefined;
  }
}
