import { MomoError } from '../errors.js';
import type { LedgerSettings } from './options.js';

/** MTN allows 10 status reads a second. */
export const permitsPerWindow = 8;
/** A permit can be taken again when more than a second has passed, so that any sliding second has at most eight. */
export const permitWindowMs = 1_001;
/** A permit from so far in the future was taken by a clock that was wrong. */
export const strayPermitMs = 60_000;
/** A permit is for now: one that is older stands for another second. */
const freshMs = 100;

type Permits = Pick<LedgerSettings, 'store' | 'clock'>;

/** @returns False when there was none within `limitMs`, or the signal was aborted. */
async function awaitPermit({ store, clock }: Permits, limitMs: number, signal?: AbortSignal): Promise<boolean> {
  for (let waitedMs = 0; waitedMs <= limitMs && !signal?.aborted; ) {
    const waitMs = await store.takeReadPermit(clock.now());
    if (waitMs === 0) return true;
    // Spread, so that not everybody asks again in the same millisecond.
    const pauseMs = waitMs + Math.random() * 50;
    if (waitedMs + pauseMs > limitMs) return false;
    await clock.sleep(pauseMs, signal);
    waitedMs += pauseMs;
  }
  return false;
}

/**
 * What a client awaits before each status read, so that all processes together stay below MTN's limit. Where the store
 * fails nothing is read, and whatever its error is called, it is none of MTN's.
 */
export function permitEach(permits: Permits): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    try {
      await awaitPermit(permits, Number.POSITIVE_INFINITY, signal);
    } catch (cause) {
      throw new MomoError('unavailable', 'The payment store gave no permit to read.', { cause, isRetryable: true });
    }
  };
}

/**
 * The permit of one read, taken beforehand: not every client asks. For a read that is late, or comes again, the client
 * takes another.
 *
 * @throws MomoError `rate_limited` when the fleet is too busy
 */
export async function permitFirst(
  permits: Permits,
  referenceId: string,
  limitMs: number,
): Promise<(signal: AbortSignal) => Promise<void>> {
  if (!(await awaitPermit(permits, limitMs))) {
    throw new MomoError('rate_limited', 'The fleet is at its limit of status reads. Ask again a little later.', {
      referenceId,
      isRetryable: true,
      retryAfterMs: 1_000,
    });
  }
  const takenAtMs = permits.clock.now();
  let isUsed = false;
  const another = permitEach(permits);
  return async (signal) => {
    const isFresh = !isUsed && permits.clock.now() - takenAtMs <= freshMs;
    isUsed = true;
    if (!isFresh) await another(signal);
  };
}
