/** How many milliseconds to wait, or 0 for a request that may pass. */
export type RateLimit = (appId: string, requestsPerMinute: number) => number;

/**
 * Per app, in this process: a minute's worth may come at once, and comes back evenly. What is counted lives in memory;
 * several processes let through as many times as much.
 */
export function createRateLimit(now: () => number = Date.now): RateLimit {
  const buckets = new Map<string, { left: number; atMs: number }>();
  return (appId, requestsPerMinute) => {
    const nowMs = now();
    const { left, atMs } = buckets.get(appId) ?? { left: requestsPerMinute, atMs: nowMs };
    const perMs = requestsPerMinute / 60_000;
    const available = Math.min(requestsPerMinute, left + Math.max(nowMs - atMs, 0) * perMs);
    const isTaken = available >= 1;
    buckets.set(appId, { left: isTaken ? available - 1 : available, atMs: nowMs });
    return isTaken ? 0 : Math.ceil((1 - available) / perMs);
  };
}
