import type { TargetEnvironment } from '../payment/environments.js';
import type { Party } from '../payment/party.js';
import type { Reason } from '../payment/reason.js';

/** The web's `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

// Every operation there is, so that a misspelt one is caught when a fault is set up. Not marked internal: the type needs it.
export const operationNames = [
  'createAccessToken',
  'requestToPay',
  'getRequestToPay',
  'sendDeliveryNotification',
  'requestToWithdraw',
  'getRequestToWithdraw',
  'createInvoice',
  'getInvoice',
  'cancelInvoice',
  'createPayment',
  'getPayment',
  'createPreApproval',
  'getPreApproval',
  'listApprovedPreApprovals',
  'cancelPreApproval',
  'getBalance',
  'isAccountHolderActive',
  'getBasicUserInfo',
  'authorizeConsent',
  'createOauth2Token',
  'getUserInfoWithConsent',
  'createApiUser',
  'createApiKey',
  'getApiUser',
] as const;

/** One operation of MTN's API, by the name this SDK has for it. `createAccessToken` is the call behind `getToken`. */
export type OperationName = (typeof operationNames)[number];

/** A fake merchant's credentials, in the shape `new MomoCollections(...)` takes. */
export interface SandboxCredentials {
  readonly subscriptionKey: string;
  readonly apiUser: string;
  readonly apiKey: string;
  readonly targetEnvironment: TargetEnvironment;
}

/** A clock on the sandbox's time: `now` in epoch milliseconds, and a `sleep` that costs no real time. */
export interface SandboxClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What {@link MomoSandbox.clientOptions} gives: all a client needs to talk to the sandbox. */
export interface SandboxClientOptions extends SandboxCredentials {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly clock: SandboxClock;
}

/** A payment (or withdrawal, invoice, pre-approval) as the sandbox holds it, at one moment. Plain data: it does hold the payer. */
export interface SandboxPayment {
  readonly referenceId: string;
  /** The operation that made it. */
  readonly operation: OperationName;
  /** MTN's word. */
  readonly status: 'CREATED' | 'PENDING' | 'SUCCESSFUL' | 'FAILED';
  /** As MTN gives it back: `12.50` came in, `12.5` it is. A pre-approval has none: `0`. */
  readonly amount: string;
  readonly currency: string;
  readonly externalId: string;
  /** Of an invoice the intended payer, of a payment to a service provider the customer's reference. */
  readonly payer: Party;
  /** MTN's fields beside these, of invoices, service payments and pre-approvals, as they came. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly payerMessage?: string;
  readonly payeeNote?: string;
  readonly callbackUrl?: string;
  /** As MTN's texts announce it: `PUT` for what is made by version 2 of an operation, `POST` for the rest. */
  readonly callbackMethod: 'POST' | 'PUT';
  /** Why it failed; only on FAILED. */
  readonly reason?: Reason;
  /** MTN's own number; only on SUCCESSFUL. */
  readonly financialTransactionId?: string;
  /** Epoch milliseconds, in sandbox time. */
  readonly createdAtMs: number;
  /** When MTN stops waiting for the payer; epoch milliseconds, in sandbox time. */
  readonly expiresAtMs: number;
  /** How many POSTs made it: always 1. A repeated one is answered 409 and charges nobody. */
  readonly posts: number;
}

/** One request that reached the sandbox, redacted: no credential, token, phone number or signed URL in it. */
export interface SandboxCall {
  /** `unknown` for a path that MTN does not serve. */
  readonly operation: OperationName | 'unknown';
  readonly method: string;
  /** Without the query; runs of 8 and more digits masked, UUIDs whole. */
  readonly path: string;
  /** The HTTP status answered; absent while there is no answer, or when a fault lost it. */
  readonly status?: number;
  /** Epoch milliseconds, in sandbox time. */
  readonly atMs: number;
  readonly referenceId?: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed when it is JSON or a form, else text; absent when empty. */
  readonly body?: unknown;
  /** Why the sandbox refused it, in words: MTN itself often answers 400 without any. */
  readonly problem?: string;
  /** How a fault lost it. */
  readonly dropped?: 'before' | 'after' | 'hang';
}

/** One callback the sandbox delivered, or tried to. */
export interface SandboxCallback {
  readonly referenceId: string;
  readonly method: string;
  /** Origin only: the rest of a callback URL may be a secret. */
  readonly url: string;
  /** Epoch milliseconds, in sandbox time. */
  readonly atMs: number;
  /** What the receiver answered. */
  readonly status?: number;
  /** The name of the error when nothing was answered. */
  readonly error?: string;
}

/** Something that goes wrong on purpose. Faults of one operation are used up in the order they were set. */
export interface Fault {
  /** The operation it hits; `*` is every call, token calls included, and `getToken` means `createAccessToken`. */
  readonly on: OperationName | 'getToken' | '*';
  /** How many calls it hits. Default 1; `Infinity` until cancelled. */
  readonly times?: number;
  /** Answers this HTTP status instead of doing the work. Default 200 when only `body` is given. */
  readonly status?: number;
  /** The answer's body: text goes out as it is, anything else as JSON. Default: empty. */
  readonly body?: unknown;
  /** Headers of the answer; alone, they are added to the normal one. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How late the answer comes, in milliseconds of sandbox time (real ones when the sandbox runs on a `now` of yours). */
  readonly delayMs?: number;
  /**
   * `before`: the connection breaks and nothing is done. `after`: the work is done and the answer lost; with a `status`
   * or `body`, that is answered instead. `hang`: nothing is done and nothing ever comes, until the caller aborts.
   */
  readonly drop?: 'before' | 'after' | 'hang';
  /** The `cause.code` of a dropped connection. Default `ECONNRESET`; `ECONNREFUSED` is one that never opened. */
  readonly code?: string;
  /** On a create: reads say 404 for this many milliseconds of sandbox time, although it was accepted. */
  readonly lagMs?: number;
}

/** What to change in a forged callback. */
export interface CallbackOverrides {
  /** Default: the payment's {@link SandboxPayment.callbackMethod}. */
  readonly method?: string;
  /** Default: the payment's callback URL, else `https://merchant.example/momo/callback`. */
  readonly url?: string;
  /** Added to MTN's. */
  readonly headers?: Readonly<Record<string, string>>;
  /** MTN's status word to claim, with what goes with it. Default: where the payment stands. */
  readonly status?: string;
  /** Fields to put over MTN's; `undefined` takes one away. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** How {@link createMomoSandbox} is set up; everything has a default. */
export interface MomoSandboxOptions {
  /** `automatic` (default): test numbers do what MTN published, any other succeeds. `manual`: each waits for the payer. */
  readonly approval?: 'automatic' | 'manual';
  /** Default `sandbox`. Another one takes that country's currency and knows no provisioning, as at MTN. */
  readonly targetEnvironment?: TargetEnvironment;
  /** The one host callbacks may go to. Default: any. */
  readonly providerCallbackHost?: string;
  /** How a status read gives the reason of a failure: by MTN's contract (`object`, default) or as often seen (`string`). */
  readonly reasonShape?: 'object' | 'string';
  /** Epoch milliseconds. Default: virtual time, which stands still but for `advance` and skipped waits. */
  readonly now?: () => number;
  /** From 0 up to 1. Default: WebCrypto. With one of yours, every id is repeatable. */
  readonly random?: () => number;
  /** Where callbacks go. Default: none are delivered. */
  readonly callbacks?: {
    /** Called with one `Request`; a callback handler of yours fits here as it is. */
    readonly fetch: (request: Request) => Promise<Response>;
    /** Default: each payment's {@link SandboxPayment.callbackMethod}. */
    readonly method?: 'POST' | 'PUT';
    /** How often each comes. Default 1. */
    readonly times?: number;
    /** How long after the payment became final, in milliseconds of sandbox time. Default 0. */
    readonly delayMs?: number;
  };
}

/** MTN's sandbox in memory; {@link createMomoSandbox} makes one. */
export interface MomoSandbox {
  /** The whole API behind one function; may be taken off the object. The host of the URL does not matter. */
  readonly fetch: Fetch;
  /** Where its API would be. */
  readonly baseUrl: string;
  /** For a client that reaches the sandbox another way, such as MSW. Not enumerable, so that it does not print. */
  readonly credentials: SandboxCredentials;
  /** For a client of its own: `new MomoCollections(sandbox.clientOptions())`. */
  clientOptions(): SandboxClientOptions;
  /** Every request that came, oldest first, redacted. */
  readonly calls: readonly SandboxCall[];
  /** Every payment, oldest first. Not enumerable: it holds payers. */
  readonly payments: readonly SandboxPayment[];
  /** Every callback delivered. */
  readonly callbacks: readonly SandboxCallback[];
  /** Settles with the next payment to arrive after this call. */
  nextPayment(): Promise<SandboxPayment>;
  /**
   * The payer approves.
   *
   * @throws MomoError `invalid_input` when there is no such payment, or it is final.
   */
  approve(referenceId: string): void;
  /**
   * The payment fails, by default because the payer refused (`APPROVAL_REJECTED`).
   *
   * @throws MomoError `invalid_input` when there is no such payment, or it is final.
   */
  reject(referenceId: string, code?: string): void;
  /**
   * The payer did not answer in time.
   *
   * @throws MomoError `invalid_input` when there is no such payment, or it is final.
   */
  expire(referenceId: string): void;
  /**
   * Moves sandbox time on by so many milliseconds, and lets everything happen that was due in them.
   *
   * @throws MomoError `invalid_input` for anything but a finite number from 0 up.
   */
  advance(ms: number): void;
  /**
   * Sets up a fault and gives back a function that cancels it.
   *
   * @throws MomoError `invalid_input` for a fault that makes no sense.
   * @example
   * ```ts
   * // The next payment is taken, but the answer never arrives.
   * sandbox.fault({ on: 'requestToPay', drop: 'after' });
   * ```
   */
  fault(fault: Fault): () => void;
  /**
   * A callback as MTN would send it for this payment: no signature, no reference id, the reason a bare string.
   *
   * @throws MomoError `invalid_input` when there is no such payment.
   */
  forgeCallback(referenceId: string, overrides?: CallbackOverrides): Request;
}
