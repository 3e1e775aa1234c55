/** @internal What the Node adapter must know of a web handler: does this request's authentication need the raw body? */
export interface RawBodyNeed {
  isNeeded(request: Request): Promise<boolean>;
  onMissing(error: unknown): void;
}

const needs = new WeakMap<object, RawBodyNeed>();

/** @internal */
export function rememberRawBodyNeed(handler: object, need: RawBodyNeed): void {
  needs.set(handler, need);
}

/** @internal */
export function rawBodyNeed(handler: object): RawBodyNeed | undefined {
  return needs.get(handler);
}
