import {
  type CreateOptions,
  closeCreate,
  type Form,
  type PreparedCreate,
  takeMoney,
  takeNote,
  takeOptionalTexts,
  takeText,
  takeWhole,
} from './create.js';
import { type StatusFields, type StatusState, statusResource } from './resource.js';

/** A payment to a service provider, such as a bill. */
export interface CreatePayment extends CreateOptions {
  /** Your own id. MTN's status does not carry it: keep the reference id. */
  readonly externalTransactionId: string;
  readonly money: {
    /** In major units: a decimal string such as `12.50`, or a whole number. At most the currency's decimals. */
    readonly amount: string | number | bigint;
    /** ISO 4217, such as `RWF`; the sandbox takes EUR only. */
    readonly currency: string;
  };
  /** How the provider knows the customer, such as `+46070911111`. */
  readonly customerReference: string;
  /** The provider's name, such as `Electricity Inc.` */
  readonly serviceProviderUserName: string;
  readonly couponId?: string | undefined;
  readonly productId?: string | undefined;
  readonly productOfferingId?: string | undefined;
  /** Shown to the receiver. Default: the external transaction id. Signs that MTN refuses are replaced. */
  readonly receiverMessage?: string | undefined;
  /** Shown to the sender. Default: the external transaction id. */
  readonly senderNote?: string | undefined;
  /** How often MTN may try again; 0 or more. */
  readonly maxNumberOfRetries?: number | undefined;
  /** False: charges come on top of the amount. */
  readonly includeSenderCharges?: boolean | undefined;
}

/** A service payment as MTN's status read shows it: without amount and payer. */
export type ServicePaymentStatus = StatusFields & {
  /** MTN's id of the transfer. */
  readonly financialTransactionId?: string;
} & StatusState;

export const servicePaymentStatus = /* @__PURE__ */ statusResource<ServicePaymentStatus>('getPayment', 'v2_0/payment');

/** @throws MomoError `invalid_input`, with every problem */
export function preparePayment(form: Form<CreatePayment>): PreparedCreate {
  const { maxNumberOfRetries, includeSenderCharges, money } = form.fields;
  const externalTransactionId = takeText(form, 'externalTransactionId');
  const isFlag = includeSenderCharges === undefined || typeof includeSenderCharges === 'boolean';
  form.check(isFlag, 'includeSenderCharges', 'must be true or false');
  const body = {
    externalTransactionId,
    money: takeMoney(form, Object(money), 'money.'),
    customerReference: takeText(form, 'customerReference'),
    serviceProviderUserName: takeText(form, 'serviceProviderUserName'),
    ...takeOptionalTexts(form, 'couponId', 'productId', 'productOfferingId'),
    receiverMessage: takeNote(form, 'receiverMessage', externalTransactionId),
    senderNote: takeNote(form, 'senderNote', externalTransactionId),
    ...(maxNumberOfRetries !== undefined && { maxNumberOfRetries: takeWhole(form, 'maxNumberOfRetries', 0) }),
    includeSenderCharges,
  };
  // MTN's status tells nothing to compare with.
  return closeCreate(form, servicePaymentStatus, body, {});
}
