import type { CallScope } from './call-scope.js';
import type { Clock } from './clock.js';

/** Who goes first: a hint that something happened and the fate of a lost create, then young payments, then old ones. */
export type ReadPriority = 'urgent' | 'young' | 'old';

/** One read in the queue. Its priority may rise while it waits. */
export interface ReadTicket {
  priority: ReadPriority;
}

interface Waiting {
  readonly ticket: ReadTicket;
  readonly grant: () => void;
}

const windowMs = 1_000;
/** After so many grants that passed others by, the one waiting longest goes: none starves. */
const passedByLimit = { urgent: 7, young: 3 } as const;

/** MTN allows 10 status reads a second; everything on one client shares a few less, in any sliding second. */
export class StatusBudget {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #grantedAtMs: number[] = [];
  #passedBy = { urgent: 0, young: 0 };
  #pause: AbortController | undefined;

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = Math.floor(perSecond);
    this.#clock = clock;
  }

  /** Resolves when this read may leave. */
  async take(scope: CallScope, ticket: ReadTicket): Promise<void> {
    if (this.#perSecond === Number.POSITIVE_INFINITY) return;
    await scope.run(
      (signal) =>
        new Promise<void>((resolve, reject) => {
          const waiting: Waiting = {
            ticket,
            grant: () => {
              signal.removeEventListener('abort', leave);
              resolve();
            },
          };
          const leave = () => {
            this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
            if (this.#waiting.length === 0) this.#pause?.abort();
            reject(signal.reason);
          };
          signal.addEventListener('abort', leave, { once: true });
          this.#waiting.push(waiting);
          this.#grantDue();
        }),
    );
  }

  #grantDue(): void {
    while (this.#waiting.length > 0 && this.#pause === undefined) {
      const nowMs = this.#clock.now();
      // A clock set back would otherwise hold everything up for as long as it was set back.
      this.#grantedAtMs = this.#grantedAtMs
        .map((atMs) => Math.min(atMs, nowMs))
        .filter((atMs) => nowMs - atMs <= windowMs);
      const oldest = this.#grantedAtMs[0];
      if (oldest !== undefined && this.#grantedAtMs.length >= this.#perSecond) {
        this.#wait(oldest + windowMs + 1 - nowMs);
        return;
      }
      this.#grantedAtMs.push(nowMs);
      this.#next().grant();
    }
  }

  /** One pause for the whole queue; it ends early when the queue empties. */
  #wait(ms: number): void {
    const pause = new AbortController();
    this.#pause = pause;
    // Racing the abort: a clock that ignores the signal must not block the queue.
    const ended = new Promise<void>((resolve) =>
      pause.signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    const slept = (async () => this.#clock.sleep(ms, pause.signal))().catch(() => {});
    void Promise.race([slept, ended]).then(() => {
      if (this.#pause === pause) this.#pause = undefined;
      this.#grantDue();
    });
  }

  #next(): Waiting {
    const order: ReadPriority[] = ['urgent', 'young', 'old'];
    const best = order.find((priority) => this.#waiting.some(({ ticket }) => ticket.priority === priority)) ?? 'old';
    // The queue is in order of arrival: the first of the others is the one that has waited longest.
    const first = (isBest: boolean) => this.#waiting.findIndex(({ ticket }) => (ticket.priority === best) === isBest);
    const others = first(false);
    let isTurnOfOthers = false;
    if (best !== 'old') {
      isTurnOfOthers = others >= 0 && this.#passedBy[best] >= passedByLimit[best];
      this.#passedBy[best] = others >= 0 && !isTurnOfOthers ? this.#passedBy[best] + 1 : 0;
    }
    return this.#waiting.splice(isTurnOfOthers ? others : first(true), 1)[0] as Waiting;
  }
}
