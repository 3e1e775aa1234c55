/** Clocks and waits may have fractions, or never end; columns hold whole milliseconds. */
export function wholeMs(ms: number): number {
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Math.floor(ms), Number.MAX_SAFE_INTEGER));
}
