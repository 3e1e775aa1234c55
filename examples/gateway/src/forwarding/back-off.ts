const firstMs = 1_000;
const maxMs = 3_600_000;
const giveUpAfterMs = 3 * 24 * 3_600_000;

/**
 * When a result that did not arrive is sent again: after 1 s, then twice as long each time up to an hour, with up to a
 * fifth on top so that not all come back at once. Undefined after three days.
 */
export function nextTryMs(
  attempts: number,
  createdAtMs: number,
  nowMs: number,
  random = Math.random,
): number | undefined {
  if (nowMs - createdAtMs >= giveUpAfterMs) return undefined;
  const delayMs = Math.min(firstMs * 2 ** (attempts - 1), maxMs);
  return nowMs + Math.round(delayMs * (1 + random() / 5));
}
