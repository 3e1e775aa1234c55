import type { AcceptedRequest } from '../operations/create.js';
import { type PaymentStatus, type RequestToPay, requestToPayStatus } from '../operations/request-to-pay.js';
import type { PollableStatus } from '../payment/poll-step.js';
import { toReferenceId } from '../payment/reference-id.js';
import type { CallOptions } from './call.js';
import { getStatus, pollUntilFinal, requestToPay } from './calls.js';
import { type CollectOptions, collect } from './collect.js';
import { type ClientContext, maxAttempts, runCall, sendOnce, sendWithRetries } from './context.js';
import { checkOptions, type MomoCollectionsOptions, type Settings, settingsFromEnv } from './options.js';
import type { PollOptions } from './poll.js';
import { createPollHints } from './poll-hints.js';
import type { PollResult } from './poll-result.js';
import { createStatusBudget } from './status-budget.js';
import { createTokenSource } from './token-source.js';
import { createTransport } from './transport.js';

/** Puts a client together. */
function createContext(settings: Settings): ClientContext {
  const { apiUser, apiKey, targetEnvironment, clock, maxStatusReadsPerSecond } = settings;
  const operation = 'createAccessToken';
  // No body and no content type, or MTN's gateway and firewall refuse it.
  const headers = {
    Authorization: `Basic ${btoa(`${apiUser}:${apiKey}`)}`,
    'X-Target-Environment': targetEnvironment,
    'Content-Length': '0',
  };
  const tokens = createTokenSource(settings, (call) =>
    sendWithRetries(context, call, operation, maxAttempts, (attempt) =>
      sendOnce(context, call, operation, attempt, { method: 'POST', path: '/collection/token/', headers }),
    ),
  );
  const budget = createStatusBudget(maxStatusReadsPerSecond, clock);
  const context = { ...settings, send: createTransport(settings), tokens, budget, hints: createPollHints() };
  return context;
}

/**
 * MTN Mobile Money Collections: ask a phone for money, and learn what came of it.
 *
 * One instance per merchant and process is enough; it holds the access token and the budget of status reads. Methods
 * reject with a {@link MomoError}; only the constructor throws.
 *
 * @example
 * ```ts
 * import { MomoCollections } from 'momo-collections';
 *
 * const client = MomoCollections.fromEnv(process.env);
 * const { referenceId } = await client.requestToPay({
 *   amount: '5000',
 *   currency: 'RWF',
 *   externalId: 'order-17',
 *   payer: '+250 788 123 456',
 * });
 * ```
 */
export class MomoCollections {
  readonly #context: ClientContext;

  /**
   * @throws MomoError `invalid_input` with every problem of the options; no value is quoted.
   * @example
   * ```ts
   * const client = new MomoCollections({
   *   subscriptionKey, apiUser, apiKey,
   *   targetEnvironment: 'mtnrwanda',
   *   callbackUrl: 'https://pay.example.com/momo/callback',
   * });
   * ```
   */
  constructor(options: MomoCollectionsOptions) {
    this.#context = createContext(checkOptions(options));
  }

  /**
   * A client from environment variables: `MTN_SUBSCRIPTION_KEY`, `MTN_API_USER`, `MTN_API_KEY`, `MTN_TARGET_ENV`, and
   * optionally `MTN_BASE_URL`, `MTN_CALLBACK_URL`, `MTN_PROVIDER_CALLBACK_HOST`. Empty ones count as absent.
   *
   * @param env - `process.env`, or the bindings of an edge platform.
   * @param overrides - Options that win over the environment.
   * @throws MomoError `invalid_input`, naming the variables.
   * @example
   * ```ts
   * const client = MomoCollections.fromEnv(process.env, { timeoutMs: 20_000 });
   * ```
   */
  static fromEnv(env: object, overrides: Partial<MomoCollectionsOptions> = {}): MomoCollections {
    return new this(settingsFromEnv(env, overrides));
  }

  /**
   * The access token, from memory, the token store or MTN. The other methods do this by themselves.
   *
   * @returns The token and its expiry in epoch milliseconds.
   * @throws MomoError `unauthorized`, `forbidden`, `rejected`, `rate_limited`, `unavailable`, `network`, `timeout`,
   *   `aborted`, `unexpected_response`
   * @example
   * ```ts
   * const { expiresAtMs } = await client.getToken(); // credentials are right
   * ```
   */
  getToken(options?: CallOptions): Promise<{ accessToken: string; expiresAtMs: number }> {
    const context = this.#context;
    return runCall(context, 'getToken', 'read', undefined, options, async (call) => {
      const { accessToken, expiresAtMs } = await context.tokens.get(call);
      return { accessToken, expiresAtMs };
    });
  }

  /**
   * Asks a payer for money. The answer means "queued", never "paid": poll, or wait for the callback and read the status.
   *
   * A lost answer is resolved, not retried blindly: the same bytes under the same reference id, after the status was
   * read. When MTN does not say in time, the error is `outcome_unknown` and carries the reference id.
   *
   * @param request - Checked before anything is sent.
   * @param options - `deadlineMs` bounds the whole call; default 120 000.
   * @throws MomoError `invalid_input`, `rejected`, `unauthorized`, `forbidden`, `rate_limited`, `reference_conflict`,
   *   `outcome_unknown`, `network` (nothing was sent), `timeout`, `aborted`, and those of {@link getToken}
   * @see MTN's operation RequesttoPay
   * @example
   * ```ts
   * const accepted = await client.requestToPay({
   *   amount: '5000', currency: 'RWF', externalId: 'order-17', payer: '250788123456',
   * });
   * console.log(accepted.referenceId); // store it with the order
   * ```
   */
  requestToPay(request: RequestToPay, options?: CallOptions): Promise<AcceptedRequest> {
    return requestToPay(this.#context, request, options);
  }

  /**
   * Reads what MTN says of a payment. A failed payment is a result, not an error.
   *
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError `invalid_input`, `not_found`, `rejected`, `unauthorized`, `forbidden`, `rate_limited`,
   *   `unavailable`, `network`, `timeout`, `aborted`, `unexpected_response`
   * @see MTN's operation RequesttoPayTransactionStatus
   * @example
   * ```ts
   * const payment = await client.getRequestToPay(referenceId);
   * if (payment.state === 'successful') ship(payment.externalId);
   * ```
   */
  getRequestToPay(referenceId: string, options?: CallOptions): Promise<PaymentStatus> {
    return getStatus(this.#context, requestToPayStatus, referenceId, options);
  }

  /**
   * Reads the status until it is final, on a schedule that MTN's limits allow. Ends as `uncertain`, without a throw, at
   * the deadline; faults of the network and of MTN are waited out.
   *
   * @param options - Schedule, deadline (default 600 000 ms), and `read` for other resources.
   * @throws MomoError `invalid_input`, `unauthorized`, `forbidden`, `rejected`, `aborted`
   * @example
   * ```ts
   * const result = await client.pollUntilFinal(referenceId, { onUpdate: ({ status }) => console.log(status) });
   * if (result.state === 'successful') ship();
   * ```
   */
  pollUntilFinal<Status extends PollableStatus = PaymentStatus>(
    referenceId: string,
    options?: PollOptions<Status>,
  ): Promise<PollResult<Status>> {
    return pollUntilFinal(this.#context, referenceId, options);
  }

  /**
   * Asks a payer for money and polls until it is decided. For scripts and workers: a web route calls
   * {@link requestToPay} and answers its client.
   *
   * Goes on polling the same reference id when the create's outcome is unknown, and compares what was paid with what
   * was asked for.
   *
   * @param options - As for {@link pollUntilFinal}, and `onReference`, awaited before anything is sent.
   * @throws MomoError as {@link requestToPay} (but not `outcome_unknown`) and {@link pollUntilFinal}
   * @example
   * ```ts
   * const result = await client.collect(
   *   { amount: '5000', currency: 'RWF', externalId: 'order-17', payer: '250788123456' },
   *   { onReference: (referenceId) => orders.setReference('order-17', referenceId) },
   * );
   * console.log(result.state); // 'successful', 'failed', 'expired' or 'uncertain'
   * ```
   */
  collect(request: RequestToPay, options?: CollectOptions): Promise<PollResult> {
    return collect(this.#context, request, options);
  }

  /**
   * Asks a poll that runs on this client to read at once: for a callback that came in, or a payer who says "I have
   * paid". At most one read a second per payment.
   *
   * @returns Was there such a poll?
   * @example
   * ```ts
   * client.checkNow(referenceId);
   * ```
   */
  checkNow(referenceId: string): boolean {
    const id = toReferenceId(referenceId);
    return id !== undefined && this.#context.hints.hint(id);
  }
}
