import type { Call } from './call.js';
import type { Clock } from './clock.js';
import { Interruption } from './failure.js';

/** Who goes first: a hint that something happened and the fate of a lost create, then young payments, then old ones. */
type ReadPriority = 'urgent' | 'young' | 'old';

/** How many milliseconds of waiting each is ahead of a young payment. Finite, so that none starves. */
const aheadMs = { urgent: 300_000, young: 0, old: -10_000 };

/** One read in the queue. Its priority may rise while it waits. */
export interface ReadTicket {
  priority: ReadPriority;
}

/** MTN allows 10 status reads a second; all reads on one client share a few less, in any sliding second. */
export interface StatusBudget {
  /** Resolves when this read may leave. */
  take(call: Call, ticket: ReadTicket): Promise<void>;
}

interface Waiting {
  readonly call: Call;
  readonly ticket: ReadTicket;
  readonly sinceMs: number;
  readonly grant: () => void;
  /** Gives up the place in the queue. */
  readonly leave: () => void;
}

export function createStatusBudget(perSecond: number, clock: Clock): StatusBudget {
  const windowMs = 1_000;
  const waiting = new Set<Waiting>();
  let grantedAtMs: number[] = [];
  let pause: AbortController | undefined;

  /** One pause for the whole queue; it ends early when the queue empties. */
  const wait = async (ms: number) => {
    const controller = new AbortController();
    pause = controller;
    // Racing the abort: a clock that ignores the signal must not block the queue.
    const ended = new Promise((resolve) => controller.signal.addEventListener('abort', resolve));
    await Promise.race([clock.sleep(ms, controller.signal), ended]).catch(() => {});
    pause = undefined;
    grantDue();
  };

  const grantDue = () => {
    while (waiting.size > 0 && pause === undefined) {
      const nowMs = clock.now();
      // By the clock that was passed in, some may be out of time.
      for (const { call, leave } of [...waiting]) if (call.remainingMs() <= 0) leave();
      if (waiting.size === 0) return;
      // A clock set back would otherwise hold everything up for as long as it was set back.
      grantedAtMs = grantedAtMs.map((atMs) => Math.min(atMs, nowMs)).filter((atMs) => nowMs - atMs <= windowMs);
      const [oldestMs] = grantedAtMs;
      if (oldestMs !== undefined && grantedAtMs.length >= Math.floor(perSecond)) {
        const remainingMs = Math.min(...[...waiting].map(({ call }) => call.remainingMs()));
        wait(Math.min(oldestMs + windowMs + 1 - nowMs, remainingMs));
        return;
      }
      grantedAtMs.push(nowMs);
      const rank = ({ ticket, sinceMs }: Waiting) => sinceMs - aheadMs[ticket.priority];
      const first = [...waiting].reduce((best, other) => (rank(other) < rank(best) ? other : best));
      waiting.delete(first);
      first.grant();
    }
  };

  return {
    take: (call, ticket) =>
      call.run(
        (signal) =>
          new Promise<void>((grant, refuse) => {
            const leave = () => {
              waiting.delete(mine);
              if (waiting.size === 0) pause?.abort();
              refuse(new Interruption('deadline'));
            };
            const mine = { call, ticket, sinceMs: clock.now(), grant, leave };
            signal.addEventListener('abort', leave);
            waiting.add(mine);
            grantDue();
          }),
      ),
  };
}
