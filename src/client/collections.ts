import { v4 } from 'uuid';
import { prepareIsActive } from '../operations/account-holder.js';
import { type Balance, prepareBalance } from '../operations/balance.js';
import {
  type AuthorizeConsent,
  type ConsentRequest,
  type Oauth2Grant,
  type Oauth2Token,
  prepareConsent,
  prepareOauth2Token,
} from '../operations/consent.js';
import type { AcceptedRequest } from '../operations/create.js';
import { prepareDeliveryNotification } from '../operations/delivery-notification.js';
import {
  type CancelInvoice,
  type CreateInvoice,
  type InvoiceStatus,
  invoiceStatus,
  prepareCancelInvoice,
  prepareInvoice,
} from '../operations/invoice.js';
import {
  type CreatePayment,
  preparePayment,
  type ServicePaymentStatus,
  servicePaymentStatus,
} from '../operations/payment.js';
import {
  type ApprovedPreApproval,
  type CreatePreApproval,
  type PreApprovalStatus,
  preApprovalStatus,
  prepareApprovedList,
  prepareCancelPreApproval,
  preparePreApproval,
} from '../operations/pre-approval.js';
import {
  type PaymentStatus,
  prepareRequestToPay,
  type RequestToPay,
  requestToPayStatus,
} from '../operations/request-to-pay.js';
import { prepareRequestToWithdraw, requestToWithdrawStatus } from '../operations/request-to-withdraw.js';
import { type BasicUserInfo, prepareBasicUserInfo, prepareUserInfo, type UserInfo } from '../operations/user-info.js';
import type { TargetEnvironment } from '../payment/environments.js';
import type { Party } from '../payment/party.js';
import type { PollableStatus } from '../payment/poll-step.js';
import { toReferenceId } from '../payment/reference-id.js';
import type { CallOptions } from './call.js';
import { create, getStatus, pollUntilFinal } from './calls.js';
import { type CollectOptions, collect } from './collect.js';
import { type ClientContext, maxAttempts, runCall, sendOnce, sendWithRetries } from './context.js';
import { checkOptions, type MomoCollectionsOptions, type Settings, settingsFromEnv } from './options.js';
import { callPlainly } from './plain-call.js';
import type { PollOptions } from './poll.js';
import { createPollHints } from './poll-hints.js';
import type { PollResult } from './poll-result.js';
import { createStatusBudget } from './status-budget.js';
import { createTokenSource } from './token-source.js';
import { createTransport } from './transport.js';

/** How to ask for a withdrawal. */
export interface WithdrawOptions extends CallOptions {
  /** Of MTN's operation; default 1. By MTN's text 1 is called back by POST, 2 by PUT; nothing else differs. */
  readonly version?: 1 | 2 | undefined;
}

/** How to notify a payer. */
export interface NotificationOptions extends CallOptions {
  /** ISO 639, such as `fr`. */
  readonly language?: string | undefined;
}

/** Puts a client together. */
function createContext(settings: Settings): ClientContext {
  const { apiUser, apiKey, targetEnvironment, clock, maxStatusReadsPerSecond } = settings;
  const operation = 'createAccessToken';
  // No body and no content type, or MTN's gateway and firewall refuse it.
  const basic = `Basic ${btoa(`${apiUser}:${apiKey}`)}`;
  const headers = { Authorization: basic, 'Content-Length': '0' };
  const tokens = createTokenSource(settings, (call) =>
    sendWithRetries(context, call, operation, maxAttempts, (attempt) =>
      sendOnce(context, call, operation, attempt, { method: 'POST', path: '/collection/token/', headers }),
    ),
  );
  const budget = createStatusBudget(maxStatusReadsPerSecond, clock);
  const send = createTransport(settings, { 'X-Target-Environment': targetEnvironment });
  const context = { ...settings, basic, send, tokens, budget, hints: createPollHints() };
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

  /** Where it sends to. A payment can be read only where it was made: keep this with it. */
  get baseUrl(): string {
    return this.#context.baseUrl;
  }

  /** What it says in `X-Target-Environment`. */
  get targetEnvironment(): TargetEnvironment {
    return this.#context.targetEnvironment;
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
    return create(this.#context, 'requestToPay', prepareRequestToPay, request, options);
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

  /**
   * Tells the payer of a successful payment something more, such as a meter's token. Worth repeating: MTN takes one per
   * payment and answers 429 to the next.
   *
   * @param message - Made fit for MTN as {@link sanitizeMessage} does, and cut to 128 characters.
   * @param options - `language`; `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError `invalid_input`, `rejected` (the payment is not successful, or it is too late), `not_found`,
   *   `rate_limited` (after a lost answer: the payer has been told), and those of {@link getBalance}
   * @see MTN's operation RequesttoPayDeliveryNotification
   * @example
   * ```ts
   * await client.sendDeliveryNotification(referenceId, 'Your token is 1234 5678', { language: 'en' });
   * ```
   */
  async sendDeliveryNotification(referenceId: string, message: string, options?: NotificationOptions): Promise<void> {
    const input = { referenceId, message, language: options?.language };
    await callPlainly(this.#context, 'sendDeliveryNotification', prepareDeliveryNotification, input, options);
  }

  /**
   * Asks a customer to agree to a withdrawal. As safe as {@link requestToPay}, and "queued" the same way.
   *
   * @param options - `version` of MTN's operation; `deadlineMs` bounds the whole call; default 120 000.
   * @throws MomoError as {@link requestToPay}
   * @see MTN's operations RequestToWithdraw-V1 and RequestToWithdraw-V2
   * @example
   * ```ts
   * const { referenceId } = await client.requestToWithdraw({
   *   amount: '5000', currency: 'RWF', externalId: 'withdrawal-17', payer: '250788123456',
   * });
   * ```
   */
  requestToWithdraw(request: RequestToPay, options?: WithdrawOptions): Promise<AcceptedRequest> {
    return create(this.#context, 'requestToWithdraw', prepareRequestToWithdraw(options?.version), request, options);
  }

  /**
   * Reads what MTN says of a withdrawal of either version.
   *
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError as {@link getRequestToPay}
   * @see MTN's operation RequestToWithdrawTransactionStatus
   * @example
   * ```ts
   * const { state } = await client.getRequestToWithdraw(referenceId);
   * ```
   */
  getRequestToWithdraw(referenceId: string, options?: CallOptions): Promise<PaymentStatus> {
    return getStatus(this.#context, requestToWithdrawStatus, referenceId, options);
  }

  /**
   * Makes an invoice that a payer may settle until it expires. As safe as {@link requestToPay}.
   *
   * @param options - `deadlineMs` bounds the whole call; default 120 000.
   * @throws MomoError as {@link requestToPay}
   * @see MTN's operation CreateInvoice
   * @example
   * ```ts
   * const { referenceId } = await client.createInvoice({
   *   externalId: 'invoice-17', amount: '5000', currency: 'RWF', validityDuration: 86_400,
   *   intendedPayer: '250788123456', payee: '250788000000', description: 'March',
   * });
   * ```
   */
  createInvoice(invoice: CreateInvoice, options?: CallOptions): Promise<AcceptedRequest> {
    return create(this.#context, 'createInvoice', prepareInvoice, invoice, options);
  }

  /**
   * Reads what MTN says of an invoice.
   *
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError as {@link getRequestToPay}
   * @see MTN's operation GetInvoiceStatus
   * @example
   * ```ts
   * const result = await client.pollUntilFinal(referenceId, {
   *   read: (id, options) => client.getInvoice(id, options),
   * });
   * ```
   */
  getInvoice(referenceId: string, options?: CallOptions): Promise<InvoiceStatus> {
    return getStatus(this.#context, invoiceStatus, referenceId, options);
  }

  /**
   * Cancels an invoice that is not paid yet. MTN may only queue it: read the invoice to see it done. A lost answer is
   * followed by the same bytes again; a `rejected` may then mean that the first one worked, which {@link getInvoice}
   * shows.
   *
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError `invalid_input`, `not_found`, and those of {@link getBalance}
   * @see MTN's operation CancelInvoice
   * @example
   * ```ts
   * await client.cancelInvoice(referenceId, { externalId: 'invoice-17' });
   * ```
   */
  async cancelInvoice(referenceId: string, invoice: CancelInvoice, options?: CallOptions): Promise<void> {
    await callPlainly(
      this.#context,
      'cancelInvoice',
      prepareCancelInvoice,
      { ...invoice, referenceId, requestId: v4() },
      options,
    );
  }

  /**
   * Pays a service provider, such as an electricity bill. As safe as {@link requestToPay}, but MTN's status carries
   * nothing to compare with, so `compared` is false.
   *
   * @param options - `deadlineMs` bounds the whole call; default 120 000.
   * @throws MomoError as {@link requestToPay}
   * @see MTN's operation CreatePayments
   * @example
   * ```ts
   * const { referenceId } = await client.createPayment({
   *   externalTransactionId: 'bill-17', money: { amount: '5000', currency: 'RWF' },
   *   customerReference: 'meter-4711', serviceProviderUserName: 'Electricity Inc.',
   * });
   * ```
   */
  createPayment(payment: CreatePayment, options?: CallOptions): Promise<AcceptedRequest> {
    return create(this.#context, 'createPayment', preparePayment, payment, options);
  }

  /**
   * Reads what MTN says of a payment to a service provider.
   *
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError as {@link getRequestToPay}
   * @see MTN's operation GetPaymentStatus
   * @example
   * ```ts
   * const { state, financialTransactionId } = await client.getPayment(referenceId);
   * ```
   */
  getPayment(referenceId: string, options?: CallOptions): Promise<ServicePaymentStatus> {
    return getStatus(this.#context, servicePaymentStatus, referenceId, options);
  }

  /**
   * Asks a payer for leave to debit him later without a prompt. As safe as {@link requestToPay}.
   *
   * @param options - `deadlineMs` bounds the whole call; default 120 000.
   * @throws MomoError as {@link requestToPay}
   * @see MTN's operation PreApproval
   * @example
   * ```ts
   * const { referenceId } = await client.createPreApproval({
   *   payer: '250788123456', payerCurrency: 'RWF', payerMessage: 'Monthly pass', validityTime: 2_592_000,
   * });
   * ```
   */
  createPreApproval(preApproval: CreatePreApproval, options?: CallOptions): Promise<AcceptedRequest> {
    return create(this.#context, 'createPreApproval', preparePreApproval, preApproval, options);
  }

  /**
   * Reads what MTN says of a pre-approval; `successful` means that the payer agreed.
   *
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError as {@link getRequestToPay}
   * @see MTN's operation GetPreApprovalStatus
   * @example
   * ```ts
   * const { state } = await client.getPreApproval(referenceId);
   * ```
   */
  getPreApproval(referenceId: string, options?: CallOptions): Promise<PreApprovalStatus> {
    return getStatus(this.#context, preApprovalStatus, referenceId, options);
  }

  /**
   * Lists a payer's pre-approvals in which you are paid; empty when there is none.
   *
   * @param party - A phone number, or an e-mail address as a party.
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError `not_found`, and those of {@link getBalance}
   * @see MTN's operation GetApprovedPreApprovals
   * @example
   * ```ts
   * const [first] = await client.listApprovedPreApprovals('250788123456');
   * if (first) await client.cancelPreApproval(first.preApprovalId);
   * ```
   */
  listApprovedPreApprovals(party: string | Party, options?: CallOptions): Promise<ApprovedPreApproval[]> {
    return callPlainly(this.#context, 'listApprovedPreApprovals', prepareApprovedList, { party }, options);
  }

  /**
   * Cancels an approved pre-approval. Repeated after a lost answer: a `not_found` or `rejected` may then mean that the
   * first one worked, which {@link listApprovedPreApprovals} shows.
   *
   * @param preApprovalId - From {@link listApprovedPreApprovals}; not the reference id.
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError `invalid_input`, `not_found`, and those of {@link getBalance}
   * @see MTN's operation CancelPreApproval
   * @example
   * ```ts
   * for (const { preApprovalId } of await client.listApprovedPreApprovals('250788123456')) {
   *   await client.cancelPreApproval(preApprovalId);
   * }
   * ```
   */
  async cancelPreApproval(preApprovalId: string, options?: CallOptions): Promise<void> {
    await callPlainly(this.#context, 'cancelPreApproval', prepareCancelPreApproval, { preApprovalId }, options);
  }

  /**
   * Reads the balance of your account. MTN's sandbox answers it at random: no health check.
   *
   * @param currency - Three letters; default: the account's own.
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError `invalid_input`, `rejected`, `unauthorized`, `forbidden`, `rate_limited`, `unavailable`,
   *   `network`, `timeout`, `aborted`, `unexpected_response`
   * @see MTN's operations GetAccountBalance and GetAccountBalanceInSpecificCurrency
   * @example
   * ```ts
   * const { availableBalance, currency } = await client.getBalance();
   * ```
   */
  getBalance(currency?: string, options?: CallOptions): Promise<Balance> {
    return callPlainly(this.#context, 'getBalance', prepareBalance, { currency }, options);
  }

  /**
   * Has this party an active account? A party that MTN does not know has none.
   *
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError as {@link getBalance}
   * @see MTN's operation ValidateAccountHolderStatus
   * @example
   * ```ts
   * if (!(await client.isAccountHolderActive('250788123456'))) console.log('Ask for another number.');
   * ```
   */
  isAccountHolderActive(party: string | Party, options?: CallOptions): Promise<boolean> {
    return callPlainly(this.#context, 'isAccountHolderActive', prepareIsActive, { party }, options);
  }

  /**
   * Reads what MTN tells of an account holder without his consent.
   *
   * @param party - A phone number, or an e-mail address as a party.
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError `not_found`, and those of {@link getBalance}
   * @see MTN's operation GetBasicUserinfo
   * @example
   * ```ts
   * const { givenName, familyName } = await client.getBasicUserInfo('250788123456');
   * ```
   */
  getBasicUserInfo(party: string | Party, options?: CallOptions): Promise<BasicUserInfo> {
    return callPlainly(this.#context, 'getBasicUserInfo', prepareBasicUserInfo, { party }, options);
  }

  /**
   * Asks an account holder to consent to your reading about him. Sent once: a second one would ask him again.
   *
   * @experimental MTN documents success only; errors and callbacks are little known.
   * @param options - `deadlineMs` bounds the call; default 60 000.
   * @throws MomoError as {@link getBalance}
   * @see MTN's operation bc-authorize
   * @example
   * ```ts
   * const { authReqId } = await client.authorizeConsent({
   *   msisdn: '250788123456', scope: 'profile', accessType: 'online',
   * });
   * ```
   */
  authorizeConsent(consent: AuthorizeConsent, options?: CallOptions): Promise<ConsentRequest> {
    return callPlainly(this.#context, 'authorizeConsent', prepareConsent, consent, options);
  }

  /**
   * Gets the token of a consent, or a new one by its refresh token. Sent once. While the account holder has not decided,
   * MTN refuses: expect `rejected` with a `reason.code` such as `authorization_pending`.
   *
   * @experimental MTN documents success only.
   * @param options - `deadlineMs` bounds the call; default 60 000.
   * @throws MomoError as {@link getBalance}
   * @see MTN's operation CreateOauth2Token
   * @example
   * ```ts
   * const consent = { msisdn: '250788123456', scope: 'profile', accessType: 'online' } as const;
   * const { authReqId } = await client.authorizeConsent(consent);
   * const { accessToken } = await client.createOauth2Token({ authReqId });
   * ```
   */
  createOauth2Token(grant: Oauth2Grant, options?: CallOptions): Promise<Oauth2Token> {
    return callPlainly(this.#context, 'createOauth2Token', prepareOauth2Token, grant, options);
  }

  /**
   * Reads what an account holder consented to.
   *
   * @experimental MTN documents success only.
   * @param oauth2AccessToken - From {@link createOauth2Token}; the client's own token does not do.
   * @param options - `deadlineMs` bounds the call with its retries; default 60 000.
   * @throws MomoError as {@link getBalance}; `unauthorized` when the token is not or no longer good
   * @see MTN's operation GetUserInfoWithConsent
   * @example
   * ```ts
   * const { accessToken } = await client.createOauth2Token({ refreshToken: 'the refresh token you stored' });
   * const { name, birthdate } = await client.getUserInfoWithConsent(accessToken);
   * ```
   */
  getUserInfoWithConsent(oauth2AccessToken: string, options?: CallOptions): Promise<UserInfo> {
    return callPlainly(this.#context, 'getUserInfoWithConsent', prepareUserInfo, { oauth2AccessToken }, options);
  }
}
