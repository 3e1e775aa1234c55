export type { CallOptions } from './client/call.js';
export type { Clock, Fetch } from './client/clock.js';
export type { CollectOptions } from './client/collect.js';
export { MomoCollections, type NotificationOptions, type WithdrawOptions } from './client/collections.js';
export type { ClientEvent } from './client/events.js';
export type { MomoCollectionsOptions } from './client/options.js';
export type { PollOptions } from './client/poll.js';
export type { PollResult } from './client/poll-result.js';
export { type ProvisionOptions, provisionSandboxUser, type SandboxUser } from './client/provision.js';
export {
  type KeyValueStore,
  keyValueTokenStore,
  memoryTokenStore,
  type StoredToken,
  type TokenStore,
} from './client/token-store.js';
export {
  type ErrorCode,
  type InputIssue,
  MomoError,
  type MomoErrorDetails,
  type MomoErrorOf,
} from './errors.js';
export type { Balance } from './operations/balance.js';
export type { AuthorizeConsent, ConsentRequest, Oauth2Grant, Oauth2Token } from './operations/consent.js';
export type { AcceptedRequest, CreateOptions } from './operations/create.js';
export type { CancelInvoice, CreateInvoice, InvoiceStatus } from './operations/invoice.js';
export type { CreatePayment, ServicePaymentStatus } from './operations/payment.js';
export type { ApprovedPreApproval, CreatePreApproval, PreApprovalStatus } from './operations/pre-approval.js';
export type { PaymentStatus, RequestToPay } from './operations/request-to-pay.js';
export type { Operation } from './operations/resource.js';
export type { BasicUserInfo, UserAddress, UserInfo } from './operations/user-info.js';
export { compareAmounts, currencyDecimals } from './payment/amount.js';
export type { Difference } from './payment/compare.js';
export { type TargetEnvironment, type TargetEnvironmentInfo, targetEnvironments } from './payment/environments.js';
export { maskMsisdn } from './payment/mask.js';
export { sanitizeMessage } from './payment/message.js';
export { normalizeMsisdn, type Party } from './payment/party.js';
export { type HintLanguage, payerHint } from './payment/payer-hint.js';
export {
  createPollState,
  type PollableStatus,
  type PollObservation,
  type PollPlan,
  type PollSchedule,
  type PollState,
  type PollStep,
  type PollStepResult,
  pollStep,
  type UncertainReason,
} from './payment/poll-step.js';
export { describeReason, type Reason, type ReasonCategory, type ReasonDescription } from './payment/reason.js';
export {
  canTransition,
  isFinal,
  nextStates,
  type ObservedState,
  type PaymentState,
  toPaymentState,
  transition,
} from './payment/state.js';
