import { compact } from '../payment/compact.js';
import type { PaymentDetails } from '../payment/compare.js';
import { nonEmpty } from '../payment/non-empty.js';
import { type Reason, toReason } from '../payment/reason.js';
import { toPaymentState } from '../payment/state.js';
import { readParty, readText } from './wire.js';

/** The operations that reach MTN, and the calls made of several, as events and errors name them. */
export type Operation =
  | 'createAccessToken'
  | 'getToken'
  | 'requestToPay'
  | 'getRequestToPay'
  | 'sendDeliveryNotification'
  | 'requestToWithdraw'
  | 'getRequestToWithdraw'
  | 'createInvoice'
  | 'getInvoice'
  | 'cancelInvoice'
  | 'createPayment'
  | 'getPayment'
  | 'createPreApproval'
  | 'getPreApproval'
  | 'listApprovedPreApprovals'
  | 'cancelPreApproval'
  | 'getBalance'
  | 'isAccountHolderActive'
  | 'getBasicUserInfo'
  | 'authorizeConsent'
  | 'createOauth2Token'
  | 'getUserInfoWithConsent'
  | 'createApiUser'
  | 'getApiUser'
  | 'createApiKey'
  | 'provisionSandboxUser'
  | 'pollUntilFinal'
  | 'collect';

/**
 * What every status read answers beside the resource's own fields.
 *
 * @inline
 */
export interface StatusFields {
  readonly referenceId: string;
  /** MTN's word, as it came: `PENDING`, `SUCCESSFUL`, `FAILED`, `CREATED`, or one that is new. */
  readonly status: string;
  /** MTN's answer, untouched. */
  readonly raw: unknown;
}

/**
 * What MTN's word means; narrows a status by its `state`.
 *
 * @inline
 */
export type StatusState =
  | { readonly state: 'pending'; readonly isFinal: false; readonly reason?: Reason }
  | { readonly state: 'successful'; readonly isFinal: true; readonly reason?: Reason }
  | { readonly state: 'failed' | 'expired'; readonly isFinal: true; readonly reason?: Reason };

/** How the status of one kind of resource is read. */
export interface StatusResource<Status> {
  readonly operation: Operation;
  /** Without the reference id, which follows it. */
  readonly path: string;
  /** Undefined for an answer that is no status. */
  readonly read: (referenceId: string, json: unknown) => Status | undefined;
  /** What of a status tells whether it is of our create, where its fields have other names than a payment's. */
  toDetails?(status: Status): PaymentDetails;
}

/** What a status may have beside its word, its reason and its party: the texts of all resources. */
const texts = [
  'amount',
  'currency',
  'externalId',
  'financialTransactionId',
  'payerMessage',
  'payeeNote',
  'paymentReference',
  'invoiceId',
  'expiryDateTime',
  'payeeFirstName',
  'payeeLastName',
  'description',
  'payerCurrency',
  'expirationDateTime',
];

/** Only the status word is required. */
export function statusResource<Status>(
  operation: Operation,
  path: string,
  toDetails?: (status: Status) => PaymentDetails,
): StatusResource<Status> {
  return {
    operation,
    path: `/collection/${path}`,
    read(referenceId, json) {
      const { status: word, reason: why, errorReason } = Object(json) as Record<string, unknown>;
      const status = nonEmpty(word);
      if (status === undefined) return undefined;
      const reason = toReason(why) ?? toReason(errorReason);
      const state = toPaymentState(status, reason);
      return compact({
        ...Object.fromEntries(texts.map((name) => [name, readText(json, name)])),
        payer: readParty(json, 'payer'),
        intendedPayer: readParty(json, 'intendedPayer'),
        referenceId,
        status,
        state,
        isFinal: state !== 'pending',
        reason,
        raw: json,
      }) as Status;
    },
    ...(toDetails && { toDetails }),
  };
}

/** A call that makes nothing under a reference id of its own: complete but for host, subscription key and credentials. */
export interface PlainRequest<Result> {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  /** What it is about, for errors and events. */
  readonly referenceId?: string | undefined;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly json?: object;
  /** Goes out as a form, its names in snake_case. */
  readonly form?: Readonly<Record<string, string | undefined>>;
  /** Default: the client's access token. */
  readonly authorization?: 'Basic' | `Bearer ${string}`;
  /** Sent once: a second one would ask or count again. */
  readonly isOnce?: boolean;
  /** What MTN's "not found" means, where it is an answer. */
  readonly ifNotFound?: Result;
  /** Undefined for an answer that is none. */
  readonly read: (json: unknown) => Result | undefined;
}

/** Reads the answer to what asks for none: any but a page of the firewall's, which comes with HTTP 200 too. */
export const accept = (json: unknown): true | undefined => json !== undefined || undefined;
