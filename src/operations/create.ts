import type { Issues } from '../errors.js';
import { toReferenceId } from '../payment/reference-id.js';
import { callbackUrlProblems } from '../payment/urls.js';

/** The part of a client's settings that the input checks need. */
export interface InputContext {
  readonly targetEnvironment: string;
  readonly isLoopback: boolean;
  readonly callbackUrl?: string | undefined;
  readonly providerCallbackHost?: string | undefined;
}

/** What every create takes beside its own fields. */
export interface CreateOptions {
  /** A UUID of version 4, stored by you before the call; the SDK makes one otherwise. */
  readonly referenceId?: string | undefined;
  /** Where MTN is to call when it is final; default: the client's. */
  readonly callbackUrl?: string | undefined;
}

/** What a create answers when MTN has taken it: queued, not paid. */
export interface AcceptedRequest {
  readonly referenceId: string;
  /** `already-accepted`: MTN had it before this call. */
  readonly outcome: 'accepted' | 'already-accepted';
  /** Was it compared with what MTN has? Not needed, and false, on a plain 202. */
  readonly compared: boolean;
  /** How often this call sent it; always the same bytes under the same id. */
  readonly attempts: number;
  /** Store these two with the payment: it can be read only where it was made. */
  readonly targetEnvironment: string;
  readonly baseUrl: string;
}

/** The input as a record; a complaint when it is none. */
export function asFields(input: unknown, issues: Issues): Record<string, unknown> {
  issues.check(typeof input === 'object' && input !== null, '', 'the input must be an object');
  return Object(input);
}

/** The caller's reference id, lower-cased; undefined when there is none. */
export function checkReferenceId(value: unknown, issues: Issues): string | undefined {
  const referenceId = toReferenceId(value);
  issues.check(value === undefined || referenceId !== undefined, 'referenceId', 'must be a UUID of version 4');
  return referenceId;
}

/** The request's own callback URL, or the client's. */
export function checkCallbackUrl(value: unknown, context: InputContext, issues: Issues): string | undefined {
  if (value === undefined) return context.callbackUrl;
  const { providerCallbackHost, isLoopback } = context;
  for (const problem of callbackUrlProblems(value, { providerCallbackHost, onLoopback: isLoopback })) {
    issues.add('callbackUrl', problem);
  }
  return value as string;
}
