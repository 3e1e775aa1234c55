import type { Party } from '../payment/party.js';

/** What becomes of a payment: final at once, or what it waits for. */
export type Scenario =
  | { readonly kind: 'successful' }
  | { readonly kind: 'failed'; readonly code: string }
  /** Stays pending for ever. */
  | { readonly kind: 'ongoing' }
  /** CREATED, then PENDING, then SUCCESSFUL (or failed with the code), by the clock. */
  | { readonly kind: 'delayed'; readonly code?: string }
  /** Waits for the payer, who has five minutes, and for an invoice as long as it is valid. */
  | { readonly kind: 'payer' };

/**
 * MTN's published test numbers, by what they do. In `automatic` approval the sandbox does the same; a number that is not
 * listed succeeds at once. The create is accepted (202) even for the failing ones: the status read shows the failure.
 *
 * `failed` fails with `INTERNAL_PROCESSING_ERROR`, `rejected` with `APPROVAL_REJECTED`, `expired` with `EXPIRED`;
 * `ongoing` stays pending; `delayed` succeeds after 10 seconds of sandbox time; the others fail with the code of their name.
 *
 * @example
 * ```ts
 * import { testNumbers } from 'momo-collections/testing';
 *
 * testNumbers.requestToPay.rejected; // '46733123451'
 * testNumbers.accountHolderActive.notFound; // '46733123450'
 * ```
 */
export const testNumbers = {
  requestToPay: {
    failed: '46733123450',
    rejected: '46733123451',
    expired: '46733123452',
    ongoing: '46733123453',
    delayed: '46733123454',
    payerNotFound: '46733123455',
    payeeNotAllowedToReceive: '46733123456',
    notAllowed: '46733123457',
    notAllowedTargetEnvironment: '46733123458',
    invalidCallbackUrlHost: '46733123459',
    invalidCurrency: '46733123460',
    internalProcessingError: '46733123461',
    serviceUnavailable: '46733123462',
    couldNotPerformTransaction: '46733123463',
    transferTypeUnknown: '46733123464',
    successful: '56733123453',
  },
  requestToWithdraw: {
    failed: '46733123450',
    rejected: '46733123451',
    expired: '46733123452',
    ongoing: '46733123453',
    delayed: '46733123454',
    payerNotFound: '46733123455',
    payeeNotAllowedToReceive: '46733123456',
    notAllowed: '46733123457',
    notAllowedTargetEnvironment: '46733123458',
    invalidCallbackUrlHost: '46733123459',
    invalidCurrency: '46733123460',
    internalProcessingError: '46733123461',
    serviceUnavailable: '46733123462',
    couldNotPerformTransaction: '46733123463',
  },
  /** Shifted by one from `notAllowed` on. `approvedListEmpty` has no approved pre-approval, whatever was created. */
  preApproval: {
    failed: '46733123450',
    rejected: '46733123451',
    expired: '46733123452',
    ongoing: '46733123453',
    delayed: '46733123454',
    notFound: '46733123455',
    notAllowed: '46733123456',
    notAllowedTargetEnvironment: '46733123457',
    invalidCallbackUrlHost: '46733123458',
    invalidCurrency: '46733123459',
    internalProcessingError: '46733123460',
    serviceUnavailable: '46733123461',
    approvedListEmpty: '46733123469',
  },
  /** Amounts, and not numbers of payers. `…Then…` and `stays…` are pending at first. */
  paymentAmount: {
    successful: '1000',
    failed: '2000',
    pendingThenSuccessful: '3000',
    pendingThenFailed: '4000',
    staysPending: '5000',
    staysPendingToo: '6000',
    transferTypeUnknown: '7000',
  },
  accountHolderActive: {
    notFound: '46733123450',
    notActive: '46733123451',
    notAllowed: '46733123452',
    notAllowedTargetEnvironment: '46733123453',
    internalProcessingError: '46733123454',
    serviceUnavailable: '46733123455',
  },
  accountHolderActiveByEmail: {
    notFound: 'notfound@email.com',
    notActive: 'notactive@email.com',
    notAllowed: 'notallowed@email.com',
    notAllowedTargetEnvironment: 'notallowedtargetenvironment@email.com',
    internalProcessingError: 'internalprocessingerror@email.com',
    serviceUnavailable: 'serviceunavailable@email.com',
  },
  accountHolderActiveByPartyCode: {
    notFound: '5cecb5a7-8bd0-4f49-87b1-8eb9ecc7b7bc',
    notActive: 'b0040b3c-b426-4a90-af6e-673e65861cd7',
    notAllowed: '4d5f500f-c385-4901-9be5-25b6d36ad220',
    notAllowedTargetEnvironment: 'd2265f9b-0c22-496d-908f-79a65ad66266',
    internalProcessingError: '8f548a78-ceb8-4d12-a243-5640b91e91a4',
    serviceUnavailable: '585c07a4-2c80-42f7-9e73-e586b36dee68',
  },
} as const;

/** `payerNotFound` as MTN's `PAYER_NOT_FOUND`. */
function toCode(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

function findName<Name extends string>(numbers: Readonly<Record<Name, string>>, wanted: string): Name | undefined {
  return (Object.keys(numbers) as Name[]).find((name) => numbers[name] === wanted);
}

/** What MTN published for this payer, of one kind of resource. */
export function findPayScenario(
  payer: Party,
  kind: 'requestToPay' | 'requestToWithdraw' | 'preApproval' = 'requestToPay',
): Scenario {
  const numbers: Readonly<Record<string, string>> = testNumbers[kind];
  const name = payer.partyIdType === 'MSISDN' ? findName(numbers, payer.partyId) : undefined;
  switch (name) {
    case undefined:
    case 'successful':
    case 'approvedListEmpty':
      return { kind: 'successful' };
    case 'ongoing':
    case 'delayed':
      return { kind: name };
    case 'failed':
      return { kind: 'failed', code: 'INTERNAL_PROCESSING_ERROR' };
    case 'rejected':
      return { kind: 'failed', code: 'APPROVAL_REJECTED' };
    case 'notFound':
      return { kind: 'failed', code: 'PAYER_NOT_FOUND' };
    default: // `expired` is EXPIRED, and so on
      return { kind: 'failed', code: toCode(name) };
  }
}

/** What MTN published for a payment to a service provider of this amount. */
export function findAmountScenario(amount: string): Scenario {
  const { failed, pendingThenSuccessful, pendingThenFailed, staysPending, staysPendingToo, transferTypeUnknown } =
    testNumbers.paymentAmount;
  switch (amount) {
    case failed:
      return { kind: 'failed', code: 'INTERNAL_PROCESSING_ERROR' };
    case pendingThenSuccessful:
      return { kind: 'delayed' };
    case pendingThenFailed:
      return { kind: 'delayed', code: 'INTERNAL_PROCESSING_ERROR' };
    case staysPending:
    case staysPendingToo:
      return { kind: 'ongoing' };
    case transferTypeUnknown:
      return { kind: 'failed', code: 'TRANSFER_TYPE_UNKNOWN' };
    default:
      return { kind: 'successful' };
  }
}

/** What MTN published for this account holder: active unless listed; a code, with its HTTP status, is an error. */
export function findAccountHolder(type: string, id: string): { isActive: boolean } | { status: number; code: string } {
  const name =
    type === 'msisdn'
      ? findName(testNumbers.accountHolderActive, id)
      : type === 'email'
        ? findName(testNumbers.accountHolderActiveByEmail, id.toLowerCase())
        : findName(testNumbers.accountHolderActiveByPartyCode, id.toLowerCase());
  switch (name) {
    case undefined:
      return { isActive: true };
    case 'notActive':
      return { isActive: false };
    case 'notFound':
      return { status: 404, code: 'RESOURCE_NOT_FOUND' };
    case 'serviceUnavailable':
      return { status: 503, code: 'SERVICE_UNAVAILABLE' };
    default:
      return { status: 500, code: toCode(name) };
  }
}
