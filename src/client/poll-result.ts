import type { PaymentStatus } from '../operations/request-to-pay.js';
import type { Difference } from '../payment/compare.js';
import type { PollableStatus, UncertainReason } from '../payment/poll-step.js';

/**
 * How a poll ended. Only `successful` is paid. `uncertain` is neither paid nor failed: keep the reference id and poll
 * again later. `why` is `deadline` (MTN was still undecided), `not-found` (MTN knows no such payment) or `mismatch`
 * (paid, but not what was asked for: see `differences`).
 */
export type PollResult<Status extends PollableStatus = PaymentStatus> = {
  readonly referenceId: string;
  /** How many status reads were made. */
  readonly reads: number;
  readonly elapsedMs: number;
} & (
  | { readonly state: 'successful'; readonly payment: Status & { readonly state: 'successful' } }
  | { readonly state: 'failed'; readonly payment: Status & { readonly state: 'failed' } }
  | { readonly state: 'expired'; readonly payment: Status & { readonly state: 'expired' } }
  | {
      readonly state: 'uncertain';
      readonly why: UncertainReason;
      /** The last status seen, if any. */
      readonly payment?: Status;
      readonly differences?: readonly Difference[];
    }
);
