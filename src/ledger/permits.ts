import { MomoError } from '../errors.js';
import type { LedgerSettings } from './options.js';

/** MTN allows 10 status reads a second. */
export const permitsPerWindow = 8;
/** A permit can be taken again when more than a second has passed since it was given back, so that no second has nine reads. */
export const permitWindowMs = 1_001;
/** A permit that is taken for longer than this was taken by a clock that was wrong. */
export const strayPermitMs = 60_000;
/** More than a read takes: then what a process held that died comes back. */
const heldForMs = 45_000;
/** A probe of a lost create leaves with its permit in hand, and reaches MTN within a second. */
const probeHeldForMs = permitWindowMs + 1_000;

type Permits = Pick<LedgerSettings, 'store' | 'clock' | 'tell'>;

/** @returns Until when it is held; undefined when there was none within `limitMs`, or the signal was aborted. */
async function awaitPermit(
  { store, clock }: Permits,
  forMs: number,
  limitMs: number,
  signal?: AbortSignal,
): Promise<number | undefined> {
  for (let waitedMs = 0; waitedMs <= limitMs && !signal?.aborted; ) {
    const heldUntilMs = clock.now() + forMs;
    const waitMs = await store.takeReadPermit(heldUntilMs - forMs, heldUntilMs);
    if (waitMs === 0) return heldUntilMs;
    // Spread, so that not everybody asks again in the same millisecond.
    const pauseMs = waitMs + Math.random() * 50;
    if (waitedMs + pauseMs > limitMs) return undefined;
    await clock.sleep(pauseMs, signal);
    waitedMs += pauseMs;
  }
  return undefined;
}

/** Where the store fails nothing is read, and whatever its error is called, it is none of MTN's. */
async function awaitPermitOfStore(permits: Permits, forMs: number, signal: AbortSignal): Promise<number | undefined> {
  try {
    return await awaitPermit(permits, forMs, Number.POSITIVE_INFINITY, signal);
  } catch (cause) {
    throw new MomoError('unavailable', 'The payment store gave no permit to read.', { cause, isRetryable: true });
  }
}

/**
 * What a client awaits before each status read with which it looks after a lost create, so that all processes together
 * stay below MTN's limit. Sends may take long, and are many when MTN is unwell, so these permits come back by themselves.
 */
export function permitEach(permits: Permits): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    await awaitPermitOfStore(permits, probeHeldForMs, signal);
  };
}

/** The permit of a status read, held until that is over. */
export interface ReadPermit {
  /** What a client awaits before each attempt: the next one takes the place of the one before. */
  readonly beforeStatusRead: (signal: AbortSignal) => Promise<void>;
  giveBack(): Promise<void>;
}

/**
 * The permit of one read, taken beforehand: not every client asks.
 *
 * @throws MomoError `rate_limited` when the fleet is too busy
 */
export async function takePermit(permits: Permits, referenceId: string, limitMs: number): Promise<ReadPermit> {
  const { store, clock, tell } = permits;
  let heldUntilMs = await awaitPermit(permits, heldForMs, limitMs);
  if (heldUntilMs === undefined) {
    throw new MomoError('rate_limited', 'The fleet is at its limit of status reads. Ask again a little later.', {
      referenceId,
      isRetryable: true,
      retryAfterMs: 1_000,
    });
  }
  let isUsed = false;
  const giveBack = async () => {
    if (heldUntilMs === undefined) return;
    const given = heldUntilMs;
    heldUntilMs = undefined;
    try {
      await store.returnReadPermit(given, clock.now());
    } catch (error) {
      // What MTN has said is worth more than a permit that comes back a little later by itself.
      tell({ type: 'problem', paymentId: referenceId, action: 'read', error });
    }
  };
  return {
    beforeStatusRead: async (signal) => {
      if (isUsed) {
        await giveBack();
        heldUntilMs = await awaitPermitOfStore(permits, heldForMs, signal);
      }
      isUsed = true;
    },
    giveBack,
  };
}
