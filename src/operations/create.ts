import type { InputIssue } from '../errors.js';
import { toReferenceId } from '../payment/reference-id.js';
import { callbackUrlProblems } from '../payment/urls.js';

/** The part of a client's settings that the input checks need. */
export interface InputContext {
  readonly targetEnvironment: string;
  readonly isLoopback: boolean;
  readonly callbackUrl: string | undefined;
  readonly providerCallbackHost: string | undefined;
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

/** Collects what is wrong with an input, so that a caller learns all of it at once. */
export type Complain = (path: string, message: string) => void;

/** The input as a record; complaints when it is none. */
export function asFields(input: unknown, complain: Complain): Record<string, unknown> {
  if (typeof input === 'object' && input !== null) return input as Record<string, unknown>;
  complain('', 'must be an object');
  return {};
}

/** The caller's reference id, lower-cased; undefined when there is none (or a complaint about it). */
export function checkReferenceId(value: unknown, complain: Complain): string | undefined {
  const referenceId = value === undefined ? undefined : toReferenceId(value);
  if (value !== undefined && referenceId === undefined) complain('referenceId', 'must be a UUID of version 4');
  return referenceId;
}

export function checkCallbackUrl(value: unknown, context: InputContext, complain: Complain): string | undefined {
  if (value === undefined) return context.callbackUrl;
  const { providerCallbackHost, isLoopback } = context;
  for (const problem of callbackUrlProblems(value, { providerCallbackHost, onLoopback: isLoopback })) {
    complain('callbackUrl', problem);
  }
  return value as string;
}

/** A fresh list and the function that fills it. */
export function collectIssues(): { issues: InputIssue[]; complain: Complain } {
  const issues: InputIssue[] = [];
  return { issues, complain: (path, message) => issues.push({ path, message }) };
}
