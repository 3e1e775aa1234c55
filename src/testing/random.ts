/** Ids for the sandbox: from WebCrypto, or repeatable from the user's `random`. */
export interface RandomSource {
  hex(digits: number): string;
  uuid(): string;
  integer(below: number): number;
}

export function createRandomSource(random?: () => number): RandomSource {
  function byte(): number {
    if (random === undefined) return crypto.getRandomValues(new Uint8Array(1))[0] as number;
    return Math.floor(random() * 256) & 255;
  }
  function hex(digits: number): string {
    return Array.from({ length: Math.ceil(digits / 2) }, () => byte().toString(16).padStart(2, '0'))
      .join('')
      .slice(0, digits);
  }
  function integer(below: number): number {
    return Number.parseInt(hex(12), 16) % below;
  }
  return {
    hex,
    integer,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'.charAt(integer(4))}${hex(3)}-${hex(12)}`,
  };
}
