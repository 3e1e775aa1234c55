import { checkSecrets } from '../callback/hmac.js';
import { type Clock, systemClock } from '../client/clock.js';
import { type InputIssue, Issues, MomoError } from '../errors.js';
import type { AcceptedRequest } from '../operations/create.js';
import type { PaymentStatus, RequestToPay } from '../operations/request-to-pay.js';
import { createPollState, type PollSchedule } from '../payment/poll-step.js';
import { callbackUrlProblems, isLoopback, parseUrl } from '../payment/urls.js';
import type { AuditEntry } from './audit.js';
import { isLedgerClient } from './client-of.js';
import type { LedgerPayment } from './payment.js';
import type { Organisation } from './receipt.js';
import type { PaymentStore } from './store.js';

/**
 * What the ledger asks of a client: `MomoCollections` has it, and so may the client of another provider. Whatever may
 * have been sent without a clear answer has to reject with the code `outcome_unknown`; anything that is no `MomoError`
 * counts as that too.
 */
export interface LedgerClient {
  requestToPay(
    request: RequestToPay & { readonly referenceId: string },
    options?: LedgerCallOptions,
  ): Promise<AcceptedRequest>;
  getRequestToPay(referenceId: string, options?: LedgerCallOptions): Promise<PaymentStatus>;
  /** A hint for a poll that runs on this client. */
  checkNow(referenceId: string): unknown;
  /**
   * Where it sends to: kept with a payment before it is sent, when the client says. A payment that was made elsewhere is
   * neither sent nor read.
   */
  readonly baseUrl?: string | undefined;
  readonly targetEnvironment?: string | undefined;
}

/** What the ledger passes along with each call. */
export interface LedgerCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bounds the whole call, in milliseconds. */
  readonly deadlineMs?: number | undefined;
  /** To be awaited before each status read that leaves: the limit that all processes of a store share. */
  readonly beforeStatusRead?: ((signal: AbortSignal) => Promise<unknown>) | undefined;
}

/** Something the ledger did, for logs and metrics. It holds no secret and no phone number. */
export type LedgerNotice =
  | { readonly type: 'audit'; readonly entry: AuditEntry }
  /** Something failed that does not stop the rest: a read, an event handler. */
  | {
      readonly type: 'problem';
      readonly paymentId: string;
      readonly action: 'send' | 'read' | 'deliver';
      readonly error: unknown;
    };

/** What a {@link PaymentLedger} is made of. */
export interface PaymentLedgerOptions {
  /** The client, or, where several merchants share a ledger, which one a payment belongs to (by its `scope`, say). */
  readonly client: LedgerClient | ((payment: LedgerPayment) => LedgerClient);
  readonly store: PaymentStore;
  /** Where `handleCallback` can be reached; each payment gets a signed URL below it. Needs `callbackSecrets`. */
  readonly callbackUrl?: string | undefined;
  /** The first one signs; all are taken. At least 16 bytes each. */
  readonly callbackSecrets?: string | readonly string[] | undefined;
  /** On every receipt. */
  readonly organisation?: Organisation | undefined;
  /** When `pollDue` reads; default `interactive`. `callback-first` reads less, where callbacks do come. */
  readonly schedule?: PollSchedule | undefined;
  /** Flags a payment for review when the same payer was charged the same amount within so many milliseconds before. */
  readonly duplicateWindowMs?: number | undefined;
  /**
   * After how many milliseconds others take over the payments and events of a process that died; so long may a handler of
   * events take. From 5 000 to 3 600 000, default 30 000.
   */
  readonly leaseMs?: number | undefined;
  /** Default: `Date.now` and `setTimeout`, looked up at each call. */
  readonly clock?: Clock | undefined;
  /** Told of every line of the audit, and of what fails along the way. One that throws breaks nothing. */
  readonly onEvent?: ((notice: LedgerNotice) => unknown) | undefined;
}

/** Options, checked once, with their defaults. */
export interface LedgerSettings {
  readonly client: (payment: LedgerPayment) => LedgerClient;
  readonly store: PaymentStore;
  readonly callbackUrl: string | undefined;
  readonly callbackSecrets: readonly string[];
  readonly organisation: Organisation | undefined;
  readonly schedule: PollSchedule | undefined;
  readonly duplicateWindowMs: number | undefined;
  readonly leaseMs: number;
  readonly clock: Clock;
  tell(notice: LedgerNotice): void;
}

/** Shorter, and there is no time for a status read; longer, and what a process held that died is as good as lost. */
const leastLeaseMs = 5_000;
const mostLeaseMs = 3_600_000;

/** Only to try a schedule out. */
const anyReferenceId = '00000000-0000-4000-8000-000000000000';

const storeMethods = [
  'insert',
  'get',
  'find',
  'commit',
  'leaseDue',
  'release',
  'takeReadPermit',
  'returnReadPermit',
  'takeEvents',
  'acknowledgeEvent',
  'releaseEvent',
  'addCallback',
  'callbacks',
  'audit',
  'receipt',
  'list',
] as const;

const isFunction = (value: unknown) => typeof value === 'function';

/** @throws MomoError `invalid_input`, with every problem */
export function checkLedgerOptions(options: PaymentLedgerOptions): LedgerSettings {
  const given = Object(options) as PaymentLedgerOptions;
  const { client, store, callbackUrl, callbackSecrets, organisation, onEvent, duplicateWindowMs, schedule } = given;
  const { clock = systemClock, leaseMs = 30_000 } = given;
  const issues = new Issues();
  issues.check(
    isFunction(client) || isLedgerClient(client),
    'client',
    'must be a client, or a function that gives one',
  );
  issues.check(
    storeMethods.every((name) => isFunction(Object(store)[name])),
    'store',
    'must be a payment store, such as memoryPaymentStore()',
  );
  const ofSecrets: InputIssue[] = [];
  const secrets = callbackSecrets === undefined ? [] : checkSecrets(callbackSecrets, 'callbackSecrets', ofSecrets);
  for (const { path, message } of ofSecrets) issues.add(path, message);
  if (callbackUrl !== undefined) {
    const url = parseUrl(callbackUrl);
    const onLoopback = url !== undefined && isLoopback(url);
    for (const problem of callbackUrlProblems(callbackUrl, { onLoopback })) issues.add('callbackUrl', problem);
    issues.check(
      callbackSecrets !== undefined,
      'callbackSecrets',
      'must be given along with callbackUrl: MTN signs nothing',
    );
  }
  for (const name of ['name', 'contact'] as const) {
    const text = organisation === undefined ? 'none' : Object(organisation)[name];
    issues.check(typeof text === 'string' && text.trim() !== '', `organisation.${name}`, 'must be given');
  }
  const isLease = typeof leaseMs === 'number' && leaseMs >= leastLeaseMs && leaseMs <= mostLeaseMs;
  issues.check(isLease, 'leaseMs', `must be a number from ${leastLeaseMs} to ${mostLeaseMs}`);
  if (duplicateWindowMs !== undefined) issues.checkNumbers(1, { duplicateWindowMs });
  issues.check(isFunction(clock?.now) && isFunction(clock?.sleep), 'clock', 'must have now and sleep');
  issues.check(onEvent === undefined || isFunction(onEvent), 'onEvent', 'must be a function');
  try {
    createPollState({ referenceId: anyReferenceId, startedAtMs: 0, schedule });
  } catch (error) {
    if (!MomoError.is(error, 'invalid_input')) throw error;
    for (const { path, message } of error.issues) issues.add(path, message);
  }
  issues.throwIfAny('The ledger cannot be made');
  return {
    client: isLedgerClient(client) ? () => client : (client as LedgerSettings['client']),
    store,
    callbackUrl,
    callbackSecrets: secrets,
    organisation,
    schedule,
    duplicateWindowMs,
    leaseMs,
    clock,
    tell: (notice) => {
      // A log line is worth less than a payment.
      void (async () => onEvent?.(notice))().catch(() => undefined);
    },
  };
}

/** @throws MomoError `invalid_input` */
export function checkLimit(what: string, options: { readonly limit?: unknown }, byDefault: number): number {
  const { limit = byDefault } = Object(options) as typeof options;
  const issues = new Issues();
  issues.check(Number.isSafeInteger(limit) && Number(limit) >= 1, 'limit', 'must be a whole number of 1 or more');
  issues.throwIfAny(`${what} did nothing`);
  return Number(limit);
}
