import { compact } from './payment/compact.js';
import type { Reason } from './payment/reason.js';

/** One problem of an input: where it is (`payer.partyId`) and what to do about it. The value itself is never quoted. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/** What went wrong, in one stable word. */
export type ErrorCode =
  | 'invalid_input'
  | 'invalid_transition'
  | 'unauthorized'
  | 'forbidden'
  | 'rejected'
  | 'reference_conflict'
  | 'outcome_unknown'
  | 'not_found'
  | 'rate_limited'
  | 'unavailable'
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'unexpected_response'
  | 'invalid_callback'
  | 'invalid_signature';

/** What a {@link MomoError} carries beside its code and message. */
export interface MomoErrorDetails {
  readonly referenceId?: string | undefined;
  readonly status?: number | undefined;
  readonly reason?: Reason | undefined;
  readonly isRetryable?: boolean | undefined;
  readonly issues?: readonly InputIssue[] | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A {@link MomoError} of one code, with the fields that code always has. */
export type MomoErrorOf<Code extends ErrorCode> = Code extends ErrorCode
  ? MomoError & { readonly code: Code } & (Code extends 'outcome_unknown' | 'reference_conflict'
        ? { readonly referenceId: string }
        : Code extends 'invalid_input'
          ? { readonly issues: readonly InputIssue[] }
          : unknown)
  : never;

// Registered, not imported: two copies of this package in one process recognise each other's errors.
const marker = 'momo-collections.error';

/**
 * The one error this package throws. Branch on `code`, never on the message.
 *
 * - `referenceId`: the payment it is about, whenever there is one.
 * - `status`: MTN's HTTP status, when MTN answered.
 * - `reason`: MTN's own `{ code, message? }`, digit runs of 8 and more masked.
 * - `isRetryable`: calling again *with the same arguments* may help and cannot charge twice.
 * - `issues`: every problem of the input (`invalid_input`).
 * - `retryAfterMs`: how long MTN asked to wait (`rate_limited`).
 * - `cause`: name and code of what lay under it, never a request or its headers.
 *
 * @example
 * ```ts
 * import { MomoError } from 'momo-collections';
 *
 * try {
 *   await client.requestToPay(request);
 * } catch (error) {
 *   if (MomoError.is(error, 'outcome_unknown')) await pollLater(error.referenceId);
 *   else throw error;
 * }
 * ```
 */
export class MomoError extends Error {
  readonly code: ErrorCode;
  readonly isRetryable: boolean;
  declare readonly referenceId?: string;
  declare readonly status?: number;
  declare readonly reason?: Reason;
  declare readonly issues?: readonly InputIssue[];
  declare readonly retryAfterMs?: number;

  constructor(code: ErrorCode, message: string, details: MomoErrorDetails = {}) {
    const { cause, isRetryable = false, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'MomoError';
    this.code = code;
    this.isRetryable = isRetryable;
    Object.assign(this, compact(rest));
    Object.defineProperty(this, Symbol.for(marker), { value: true });
  }

  /**
   * Is this one of our errors (and, when given, of this code)? Works across copies of the package, where `instanceof`
   * does not, and narrows the type: `outcome_unknown` has a `referenceId: string`, `invalid_input` has `issues`.
   *
   * @example
   * ```ts
   * if (MomoError.is(error, 'invalid_input')) console.log(error.issues);
   * ```
   */
  static is(value: unknown): value is MomoErrorOf<ErrorCode>;
  static is<Code extends ErrorCode>(value: unknown, code: Code): value is MomoErrorOf<Code>;
  static is(value: unknown, code?: ErrorCode): boolean {
    const error = Object(value) as Partial<MomoError> & { [key: symbol]: unknown };
    return error[Symbol.for(marker)] === true && (code === undefined || error.code === code);
  }

  /** What a log needs: everything but the stack and the cause. */
  toJSON(): { name: string; code: ErrorCode; message: string } & Omit<MomoErrorDetails, 'cause'> {
    return { ...this, name: this.name, code: this.code, message: this.message };
  }
}

/** @internal An `invalid_input` with every problem in its message. */
export function invalidInput(what: string, issues: readonly InputIssue[], referenceId?: string): MomoError {
  const list = issues.map(({ path, message }) => (path ? `${path} ${message}` : message)).join('; ');
  return new MomoError('invalid_input', `${what}: ${list}.`, { issues, referenceId });
}

/** @internal Collects what is wrong with an input, so that a caller learns all of it at once. No value is ever quoted. */
export class Issues {
  readonly #list: InputIssue[] = [];
  readonly #nameOf: (path: string) => string;

  /** @param nameOf - What a path is called where the caller wrote it. */
  constructor(nameOf = (path: string) => path) {
    this.#nameOf = nameOf;
  }

  add(path: string, message: string): void {
    this.#list.push({ path: this.#nameOf(path), message });
  }

  /** Complains unless it is as it should be. */
  check(isFine: boolean, path: string, message: string): boolean {
    if (!isFine) this.add(path, message);
    return isFine;
  }

  checkNumbers(least: number, values: { readonly [path: string]: unknown }): void {
    for (const [path, value] of Object.entries(values)) {
      this.check(typeof value === 'number' && value >= least, path, `must be a number of ${least} or more`);
    }
  }

  /** Functions, where they are given. Before anything is sent: one found wanting after a payment would hide it. */
  checkHooks<Name extends string>(options: { readonly [Key in Name]?: unknown }, ...names: Name[]): void {
    for (const name of names) if (options[name] !== undefined) this.checkFunction(options[name], name);
  }

  checkFunction(value: unknown, path: string): void {
    this.check(typeof value === 'function', path, 'must be a function');
  }

  /** @throws MomoError `invalid_input` */
  throwIfAny(what: string, referenceId?: string): void {
    if (this.#list.length > 0) throw invalidInput(what, this.#list, referenceId);
  }
}
