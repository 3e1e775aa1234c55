import { within } from '../callback/time-limit.js';
import { maxTimerMs } from '../client/clock.js';
import { MomoError } from '../errors.js';

/**
 * What work of somebody else's gives: a client, an event handler. Whatever that does with its deadline, nobody waits for
 * it longer than this, so that one that never ends does not hold up all others.
 *
 * @throws MomoError of the code given when the time is over; what the work itself throws
 */
export async function inTime<Result>(
  work: () => Result | Promise<Result>,
  limitMs: number,
  { code, what, referenceId }: { readonly code: 'timeout' | 'outcome_unknown'; what: string; referenceId: string },
): Promise<Result> {
  const late = Symbol('late');
  const result = await within((async () => work())(), Math.min(limitMs, maxTimerMs), late);
  if (result !== late) return result as Result;
  throw new MomoError(code, `${what} had not settled after ${limitMs} ms, and is waited for no longer.`, {
    referenceId,
    isRetryable: true,
  });
}
