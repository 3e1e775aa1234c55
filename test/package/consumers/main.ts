// A stranger's file that uses every export of `momo-collections`. Compiled, never run.
import {
  type AcceptedRequest,
  type ApprovedPreApproval,
  type AuthorizeConsent,
  type Balance,
  type BasicUserInfo,
  type CallOptions,
  type CancelInvoice,
  type ClientEvent,
  type Clock,
  type CollectOptions,
  type ConsentRequest,
  type CreateInvoice,
  type CreateOptions,
  type CreatePayment,
  type CreatePreApproval,
  canTransition,
  compareAmounts,
  createPollState,
  currencyDecimals,
  type Difference,
  describeReason,
  type ErrorCode,
  type Fetch,
  type HintLanguage,
  type InputIssue,
  type InvoiceStatus,
  isFinal,
  type KeyValueStore,
  keyValueTokenStore,
  MomoCollections,
  type MomoCollectionsOptions,
  MomoError,
  type MomoErrorDetails,
  type MomoErrorOf,
  maskMsisdn,
  memoryTokenStore,
  type NotificationOptions,
  nextStates,
  normalizeMsisdn,
  type Oauth2Grant,
  type Oauth2Token,
  type ObservedState,
  type Operation,
  type Party,
  type PaymentState,
  type PaymentStatus,
  type PollableStatus,
  type PollObservation,
  type PollOptions,
  type PollPlan,
  type PollResult,
  type PollSchedule,
  type PollState,
  type PollStep,
  type PollStepResult,
  type PreApprovalStatus,
  type ProvisionOptions,
  payerHint,
  pollStep,
  provisionSandboxUser,
  type Reason,
  type ReasonCategory,
  type ReasonDescription,
  type RequestToPay,
  type SandboxUser,
  type ServicePaymentStatus,
  type StoredToken,
  sanitizeMessage,
  type TargetEnvironment,
  type TargetEnvironmentInfo,
  type TokenStore,
  targetEnvironments,
  toPaymentState,
  transition,
  type UncertainReason,
  type UserAddress,
  type UserInfo,
  type WithdrawOptions,
} from 'momo-collections';

const clock: Clock = { now: () => 0, sleep: async (_ms: number, _signal?: AbortSignal) => {} };
const ownFetch: Fetch = (input, init) => fetch(input, init);
const environment: TargetEnvironment = 'mtnrwanda';
const known: TargetEnvironmentInfo = targetEnvironments.mtnrwanda;
const currency: 'RWF' = targetEnvironments.mtnrwanda.currency;
const kv: KeyValueStore = {
  get: async () => null,
  put: async (_key, _value, { expirationTtl }) => void expirationTtl.toFixed(),
  delete: async () => {},
};
const tokens: TokenStore = keyValueTokenStore(kv);
const stored: StoredToken = { accessToken: 'token', expiresAtMs: 1 };

function see(event: ClientEvent): string {
  const operation: Operation = event.operation;
  switch (event.type) {
    case 'request':
      return `${operation} ${event.attempt}`;
    case 'response':
      return `${event.status} ${event.durationMs}`;
    case 'retry':
      return `${event.cause} ${event.delayMs}`;
    case 'token':
      return event.source;
    case 'settled':
      return event.code ?? 'fine';
    default:
      return event satisfies never;
  }
}

export const options: MomoCollectionsOptions = {
  subscriptionKey: 'key',
  apiUser: 'user',
  apiKey: 'key',
  targetEnvironment: environment,
  baseUrl: known.baseUrl,
  tokenStore: tokens,
  fetch: ownFetch,
  clock,
  random: Math.random,
  onEvent: (event) => void see(event),
};
export const clients = [
  new MomoCollections(options),
  new MomoCollections({ ...options, fetch, tokenStore: memoryTokenStore(), callbackUrl: undefined }),
  MomoCollections.fromEnv({ MTN_API_KEY: 'key' }, { timeoutMs: 1_000 }),
];
// @ts-expect-error: the keys are missing
new MomoCollections({ targetEnvironment: 'sandbox' });
// @ts-expect-error: a wait is a promise
new MomoCollections({ ...options, clock: { now: () => 0, sleep: () => 0 } });

export async function pay(client: MomoCollections, signal: AbortSignal): Promise<string> {
  const payer: Party = { partyIdType: 'MSISDN', partyId: normalizeMsisdn('+250 788 123 456') };
  const request: RequestToPay = { amount: '5000', currency, externalId: 'order-17', payer };
  const call: CallOptions = { signal, deadlineMs: 1_000 };
  const { expiresAtMs } = await client.getToken(call);
  const accepted: AcceptedRequest = await client.requestToPay(request, call);
  await client.requestToPay({ ...request, amount: 5_000n, payer: '250788123456' });
  // @ts-expect-error: an amount is needed
  await client.requestToPay({ currency, externalId: 'order-17', payer });
  // @ts-expect-error: a phone number is no number
  await client.requestToPay({ ...request, payer: 250788123456 });
  // @ts-expect-error: no such kind of party
  await client.requestToPay({ ...request, payer: { partyIdType: 'PHONE', partyId: '250788123456' } });
  // @ts-expect-error: no such outcome
  if (accepted.outcome === 'paid') return '';

  const payment: PaymentStatus = await client.getRequestToPay(accepted.referenceId, call);
  if (payment.isFinal) {
    const final: 'successful' | 'failed' | 'expired' = payment.state;
    const reason: Reason | undefined = payment.reason;
    void [final, reason];
  }
  // @ts-expect-error: what MTN said is not ours to change
  payment.state = 'successful';
  // @ts-expect-error: what MTN sent is not known
  payment.raw.status;

  const how: CollectOptions = { schedule: 'callback-first', onReference: async (id) => void id.length };
  const result: PollResult = await client.collect(request, how);
  if (result.state === 'uncertain') {
    const why: UncertainReason = result.why;
    const differences: readonly Difference[] = result.differences ?? [];
    // @ts-expect-error: nothing may have been seen
    result.payment.state;
    return `${why} ${differences.map(({ field, from, wanted, actual }) => [field, from, wanted, actual])}`;
  }
  // @ts-expect-error: only what is uncertain has a why
  result.why;
  const paid: 'successful' | 'failed' | 'expired' = result.payment.state;
  return `${paid} ${expiresAtMs} ${client.checkNow(accepted.referenceId)}`;
}

interface Parcel extends PollableStatus {
  readonly state: 'successful' | 'pending';
  readonly parcel: string;
}

export async function pollOther(client: MomoCollections, referenceId: string): Promise<string> {
  const schedule: PollSchedule = { firstMs: 1, factor: 2, maxMs: 3 };
  const how: PollOptions<Parcel> = {
    schedule,
    read: async (id, { signal }) => ({ state: 'pending', isFinal: false, parcel: `${id} ${signal?.aborted}` }),
    onUpdate: ({ parcel }) => void parcel.length,
  };
  const result: PollResult<Parcel> = await client.pollUntilFinal(referenceId, how);
  const plain = await client.pollUntilFinal(referenceId, { onUpdate: ({ status }) => void status.length });
  // @ts-expect-error: no such schedule
  await client.pollUntilFinal(referenceId, { schedule: 'often' });
  if (result.state === 'uncertain' || plain.state === 'uncertain') return '';
  // @ts-expect-error: a payment is no parcel
  plain.payment.parcel;
  return result.payment.parcel;
}

export function poll(referenceId: string): number | undefined {
  const plan: PollPlan = { referenceId, startedAtMs: 0 };
  const state: PollState = createPollState(plan);
  const observation: PollObservation<Parcel> = { kind: 'busy', retryAfterMs: 1 };
  const step: PollStep<Parcel> = pollStep(state, observation, 1);
  const result: PollStepResult<Parcel> | undefined = step.result;
  if (result !== undefined && result.state !== 'uncertain') return result.payment.parcel.length;
  // @ts-expect-error: no such observation
  pollStep(state, { kind: 'paid' }, 1);
  return step.delayMs;
}

export function explain(error: unknown): string {
  if (MomoError.is(error, 'outcome_unknown')) {
    const typed: MomoErrorOf<'outcome_unknown'> = error;
    const referenceId: string = error.referenceId;
    return referenceId + typed.code;
  }
  if (MomoError.is(error, 'invalid_input')) {
    const issues: readonly InputIssue[] = error.issues;
    return issues.map(({ path, message }) => `${path} ${message}`).join();
  }
  if (MomoError.is(error)) {
    const code: ErrorCode = error.code;
    if (error.code === 'reference_conflict') return error.referenceId.toLowerCase();
    // @ts-expect-error: not every error is about a payment
    const referenceId: string = error.referenceId;
    // @ts-expect-error: no such code
    if (code === 'nonsense') return referenceId;
    return error.toJSON().message;
  }
  const details: MomoErrorDetails = { isRetryable: true, cause: error };
  // @ts-expect-error: no such code
  new MomoError('nonsense', '');
  // @ts-expect-error: an error is not a string
  return new MomoError('network', 'The network is gone.', details);
}

export function rules(state: PaymentState): string {
  const observed: ObservedState = toPaymentState('SUCCESSFUL', { code: 'EXPIRED' });
  const next: readonly PaymentState[] = nextStates(state);
  const after: PaymentState = canTransition(state, observed) ? transition(state, observed) : state;
  // @ts-expect-error: no such state
  transition('paid', 'successful');
  const description: ReasonDescription = describeReason('EXPIRED');
  const category: ReasonCategory = description.category;
  const language: HintLanguage = 'fr';
  // @ts-expect-error: no such language
  payerHint('EXPIRED', 'de');
  const order: -1 | 0 | 1 = compareAmounts('12.5', '12.50');
  // @ts-expect-error: amounts are never floats
  compareAmounts(12.5, '12.50');
  const decimals: number = currencyDecimals('RWF');
  return [
    next,
    after,
    category,
    payerHint('EXPIRED', language),
    order,
    decimals,
    isFinal(state),
    maskMsisdn('250788123456'),
    sanitizeMessage('Order #1'),
    stored.accessToken,
  ].join();
}

export async function operations(client: MomoCollections, options: ProvisionOptions): Promise<unknown> {
  const user: SandboxUser = await provisionSandboxUser(options);
  const common: CreateOptions = {};
  const invoice = {} as CreateInvoice;
  const cancel: CancelInvoice = { externalId: 'invoice-1' };
  const bill = {} as CreatePayment;
  const leave = {} as CreatePreApproval;
  const version: WithdrawOptions = { version: 2 };
  const notification: NotificationOptions = { language: 'fr' };
  const consent = {} as AuthorizeConsent;
  const { referenceId } = await client.createInvoice({ ...invoice, ...common });
  await client.cancelInvoice(referenceId, cancel);
  await client.createPayment(bill);
  await client.createPreApproval(leave);
  await client.sendDeliveryNotification(referenceId, 'Merci', notification);
  await client.requestToWithdraw({ amount: '1', currency: 'EUR', externalId: 'w-1', payer: '46733123999' }, version);
  const asked: ConsentRequest = await client.authorizeConsent(consent);
  const grant: Oauth2Grant = { authReqId: asked.authReqId };
  const token: Oauth2Token = await client.createOauth2Token(grant);
  const info: UserInfo = await client.getUserInfoWithConsent(token.accessToken);
  const address: string | UserAddress | undefined = info.address;
  const basic: BasicUserInfo = await client.getBasicUserInfo('46733123999');
  const balance: Balance = await client.getBalance();
  const status: InvoiceStatus = await client.getInvoice(referenceId);
  const paid: ServicePaymentStatus = await client.getPayment(referenceId);
  const agreed: PreApprovalStatus = await client.getPreApproval(referenceId);
  const list: readonly ApprovedPreApproval[] = await client.listApprovedPreApprovals('46733123999');
  return [user, address, basic, balance, status, paid, agreed, list];
}
