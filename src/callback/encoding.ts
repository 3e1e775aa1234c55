const encoder = /* @__PURE__ */ new TextEncoder();

/** @internal */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text) as Uint8Array<ArrayBuffer>;
}

/** @internal Strict: this many bytes exactly, either case, nothing else. `parseInt` alone would skip over junk. */
export function fromHex(text: string, byteLength: number): Uint8Array<ArrayBuffer> | undefined {
  if (text.length !== byteLength * 2 || !/^[0-9a-f]+$/i.test(text)) return undefined;
  const bytes = new Uint8Array(byteLength);
  for (let at = 0; at < byteLength; at += 1) bytes[at] = Number(`0x${text.slice(at * 2, at * 2 + 2)}`);
  return bytes;
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
