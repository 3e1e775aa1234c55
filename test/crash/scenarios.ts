import type { MomoSandbox } from '../../src/testing/index.js';

/** What a child process does with the ledger, step by step. */
export type Act =
  | { readonly do: 'charge'; readonly attempt?: number }
  /** The clock goes on to when the next payment is due, and the ledger sweeps. */
  | { readonly do: 'poll' }
  | { readonly do: 'deliver' }
  /** MTN's payer decides. */
  | { readonly do: 'decide'; readonly outcome: 'approve' | 'reject' }
  /** MTN's callback for the newest payment comes in. */
  | { readonly do: 'callback' };

export interface Scenario {
  readonly name: string;
  readonly acts: readonly Act[];
  /** What payers decide about payments of this attempt that are still open when the process is started again. */
  readonly outcomeOf: (attempt: number) => 'approve' | 'reject';
  /** How long the process is down. */
  readonly downForMs: number;
  /** Does the process also have to make the tables? Then those statements are points of a crash too. */
  readonly isFirstUse?: boolean;
  /** What the restarted process does until it dies as well, at a step that follows from the first one's. */
  readonly actsAfterRestart?: readonly Act[];
  /** Does MTN's callback come after the restart? */
  readonly hasLateCallback?: boolean;
  readonly prepare?: (sandbox: MomoSandbox) => void;
}

/** Leases are over, and a payment is still young enough to be sent. */
const soonMs = 75_000;
/** Nothing is sent any more that MTN does not have. */
const lateMs = 15 * 60_000;

const charge = { do: 'charge' } as const;
const poll = { do: 'poll' } as const;
const deliver = { do: 'deliver' } as const;
const approve = { do: 'decide', outcome: 'approve' } as const;
const reject = { do: 'decide', outcome: 'reject' } as const;
const callback = { do: 'callback' } as const;

const paid: Pick<Scenario, 'acts' | 'outcomeOf'> = {
  acts: [charge, poll, approve, poll, deliver],
  outcomeOf: () => 'approve',
};

export const scenarios: readonly Scenario[] = [
  { name: 'paid, in an empty database', ...paid, downForMs: soonMs, isFirstUse: true },
  { name: 'paid, down for 15 minutes', ...paid, downForMs: lateMs },
  {
    name: 'paid, and the restarted process dies too',
    ...paid,
    downForMs: soonMs,
    actsAfterRestart: [poll, poll, approve, poll, deliver],
  },
  {
    name: 'refused',
    acts: [charge, poll, reject, poll, deliver],
    outcomeOf: () => 'reject',
    downForMs: soonMs,
  },
  {
    name: 'the answer to the create is lost',
    ...paid,
    downForMs: soonMs,
    prepare: (sandbox) => sandbox.fault({ on: 'requestToPay', drop: 'after' }),
  },
  {
    name: 'the create is lost',
    ...paid,
    downForMs: soonMs,
    prepare: (sandbox) => sandbox.fault({ on: 'requestToPay', drop: 'before' }),
  },
  {
    name: 'the callback comes',
    acts: [charge, approve, callback, deliver],
    outcomeOf: () => 'approve',
    downForMs: soonMs,
  },
  {
    name: 'the callback comes after the restart',
    acts: [charge, approve, callback, deliver],
    outcomeOf: () => 'approve',
    downForMs: soonMs,
    hasLateCallback: true,
  },
  {
    name: 'a second attempt after a refusal',
    acts: [charge, reject, poll, { do: 'charge', attempt: 2 }, approve, poll, deliver],
    outcomeOf: (attempt) => (attempt === 1 ? 'reject' : 'approve'),
    downForMs: soonMs,
  },
];
