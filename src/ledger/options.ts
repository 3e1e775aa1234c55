import { checkSecrets } from '../callback/hmac.js';
import { type Clock, systemClock } from '../client/clock.js';
import { type InputIssue, invalidInput } from '../errors.js';
import type { AcceptedRequest } from '../operations/create.js';
import type { PaymentStatus, RequestToPay } from '../operations/request-to-pay.js';
import type { PollSchedule } from '../payment/poll-step.js';
import { callbackUrlProblems, isLoopback, parseUrl } from '../payment/urls.js';
import type { AuditEntry } from './audit.js';
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
    options?: { readonly signal?: AbortSignal | undefined; readonly deadlineMs?: number | undefined },
  ): Promise<AcceptedRequest>;
  getRequestToPay(referenceId: string, options?: { readonly deadlineMs?: number | undefined }): Promise<PaymentStatus>;
  /** A hint for a poll that runs on this client. */
  checkNow(referenceId: string): unknown;
  /** Where it sends to: kept with a payment before it is sent, when the client says. */
  readonly baseUrl?: string | undefined;
  readonly targetEnvironment?: string | undefined;
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
  /** After how many milliseconds others take over the payments and events of a process that died. Default 30 000. */
  readonly leaseMs?: number | undefined;
  /** Default: `Date.now` and `setTimeout`, looked up at each call. */
  readonly clock?: Clock | undefined;
  /** Told of every line of the audit, and of what fails along the way. One that throws breaks nothing. */
  readonly onEvent?: ((notice: LedgerNotice) => unknown) | undefined;
}

/** Options, checked once, with their defaults. */
export interface LedgerSettings {
  readonly clientOf: (payment: LedgerPayment) => LedgerClient;
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

const storeMethods = ['insert', 'get', 'find', 'commit', 'leaseDue', 'takeReadPermit', 'takeEvents', 'list'] as const;

/** @throws MomoError `invalid_input`, with every problem */
export function checkLedgerOptions(options: PaymentLedgerOptions): LedgerSettings {
  const { client, store, callbackUrl, callbackSecrets, organisation, clock = systemClock, onEvent } = Object(options);
  const { leaseMs = 30_000, duplicateWindowMs, schedule } = options;
  const issues: InputIssue[] = [];
  const check = (isFine: boolean, path: string, message: string) => isFine || issues.push({ path, message });
  const isFunction = (value: unknown) => typeof value === 'function';
  const isClient = ['requestToPay', 'getRequestToPay', 'checkNow'].every((name) => isFunction(Object(client)[name]));
  check(isFunction(client) || isClient, 'client', 'must be a client, or a function that gives one');
  check(
    storeMethods.every((name) => isFunction(Object(store)[name])),
    'store',
    'must be a payment store, such as memoryPaymentStore()',
  );
  const secrets = callbackSecrets === undefined ? [] : checkSecrets(callbackSecrets, 'callbackSecrets', issues);
  if (callbackUrl !== undefined) {
    const url = parseUrl(callbackUrl);
    const onLoopback = url !== undefined && isLoopback(url);
    for (const message of callbackUrlProblems(callbackUrl, { onLoopback }))
      issues.push({ path: 'callbackUrl', message });
    check(secrets.length > 0, 'callbackSecrets', 'must be given along with callbackUrl: MTN signs nothing');
  }
  const { name, contact } = Object(organisation);
  check(
    organisation === undefined || (typeof name === 'string' && typeof contact === 'string'),
    'organisation',
    'must have a name and a contact',
  );
  check(Number.isFinite(leaseMs) && leaseMs >= 1, 'leaseMs', 'must be a number of 1 or more');
  check(
    duplicateWindowMs === undefined || duplicateWindowMs > 0,
    'duplicateWindowMs',
    'must be a number of milliseconds',
  );
  check(isFunction(clock?.now) && isFunction(clock?.sleep), 'clock', 'must have now and sleep');
  check(onEvent === undefined || isFunction(onEvent), 'onEvent', 'must be a function');
  if (issues.length > 0) throw invalidInput('The ledger cannot be made', issues);
  return {
    clientOf: isFunction(client) && !isClient ? client : () => client,
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
