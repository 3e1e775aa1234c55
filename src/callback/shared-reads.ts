import { remember } from './bounded-map.js';
import { within } from './time-limit.js';

interface SharedRead<Reading> {
  readonly startedAtMs: number;
  readonly reading: Promise<Reading>;
}

const windowMs = 5_000;
const maxReads = 1_000;
const never = new Promise<undefined>(() => {});

/**
 * One read per reference id and five seconds, however many callbacks ask. Only what MTN said is shared, never what it
 * means for a callback. Who joins a read that is not final may have come after MTN's change: for all of those one more
 * read is made when the window ends. So a forged or early callback cannot use up the genuine one's read, and neither
 * can a read that hangs.
 *
 * @internal
 */
export function sharedReads<Reading>(
  read: (referenceId: string) => Promise<Reading>,
  isFinal: (reading: Reading) => boolean,
  now: () => number,
): (referenceId: string) => Promise<Reading> {
  const reads = new Map<string, SharedRead<Reading>>();

  function remainingMs({ startedAtMs }: SharedRead<Reading>): number {
    const age = now() - startedAtMs;
    return age >= 0 ? windowMs - age : 0; // a clock set back ends every window
  }

  function open(referenceId: string): Promise<Reading> {
    const opened = { startedAtMs: now(), reading: read(referenceId) };
    remember(reads, referenceId, opened, maxReads);
    return opened.reading;
  }

  return async (referenceId) => {
    const known = reads.get(referenceId);
    if (known === undefined || remainingMs(known) <= 0) return open(referenceId);
    const shared = await within(known.reading, remainingMs(known), undefined);
    if (shared !== undefined) {
      if (isFinal(shared)) return shared;
      // A timer for each: one made in another request of a Worker may never fire.
      await within(never, remainingMs(known), undefined);
    }
    const newer = reads.get(referenceId);
    return newer === undefined || newer === known ? open(referenceId) : newer.reading;
  };
}
