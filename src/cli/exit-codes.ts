/** What the process ends with. A script may take only {@link exitCodes.done} of `pay` and `status` as paid. */
export const exitCodes = {
  /** Done; of a payment: MTN says that it is paid. */
  done: 0,
  /** Not done, or something is wrong; of a payment: MTN says that it failed or expired. */
  notDone: 1,
  /** The command line or the configuration makes no sense: nothing was sent. */
  usage: 2,
  /** Nobody knows yet: it may be paid. */
  uncertain: 3,
  pending: 4,
  /** MTN gave no answer, or refused: a `pay` made no payment, a `status` learned nothing. */
  unanswered: 5,
  /** A fault of this program. Not 1: that would say of a payment that it failed. */
  internal: 70,
  /** Stopped by the user; as shells count Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
