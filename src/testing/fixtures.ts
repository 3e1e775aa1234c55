import { gatewayTexts, requestRejectedHtml, toErrorReason } from './answers.js';
import { sandboxPerson } from './routes/account-holder.js';

const payment = {
  externalId: 'order-1',
  amount: '12.5',
  currency: 'EUR',
  payer: { partyIdType: 'MSISDN', partyId: '46733123450' },
} as const;

const notes = { payerMessage: 'Order 1', payeeNote: 'Order 1' } as const;

/**
 * Bodies in the shapes MTN was recorded to send, for tests that write their own answers: pass one to `sandbox.fault`, or
 * `JSON.stringify` it. All are plain data and made up: no number in them is anyone's.
 *
 * `requestToPay` holds status reads, `callback` what MTN posts, `error` the error bodies of wallet, token service and
 * gateway, which tell a wrong URL from an unknown payment.
 *
 * @example
 * ```ts
 * import { createMomoSandbox, fixtures } from 'momo-collections/testing';
 *
 * const sandbox = createMomoSandbox();
 * sandbox.fault({ on: 'getRequestToPay', status: 404, body: fixtures.error.notFound });
 * sandbox.fault({ on: 'requestToPay', body: fixtures.requestRejectedHtml });
 * ```
 */
export const fixtures = {
  token: { access_token: 'sandbox.access.token', token_type: 'access_token', expires_in: 3600 },
  /** The body of a create. */
  requestToPayRequest: { ...payment, amount: '12.50', ...notes },
  requestToPay: {
    created: { ...payment, ...notes, status: 'CREATED' },
    pending: { ...payment, ...notes, status: 'PENDING' },
    successful: { financialTransactionId: '1546245', ...payment, ...notes, status: 'SUCCESSFUL' },
    failed: { ...payment, ...notes, status: 'FAILED', reason: { code: 'APPROVAL_REJECTED' } },
    /** As seen live, in sandbox and production. */
    failedWithBareReason: { ...payment, ...notes, status: 'FAILED', reason: 'APPROVAL_REJECTED' },
    expired: { ...payment, ...notes, status: 'FAILED', reason: { code: 'EXPIRED' } },
    /** MTN's own samples write numbers where the contract says text. */
    successfulWithNumbers: { ...payment, amount: 12.5, financialTransactionId: 1_546_245, status: 'SUCCESSFUL' },
  },
  callback: {
    successful: { financialTransactionId: '1546245', ...payment, payeeNote: notes.payeeNote, status: 'SUCCESSFUL' },
    failed: { ...payment, payeeNote: notes.payeeNote, status: 'FAILED', reason: 'APPROVAL_REJECTED' },
  },
  balance: { availableBalance: '1000.00', currency: 'EUR' },
  accountHolderActive: { result: true },
  basicUserInfo: sandboxPerson,
  apiUser: { providerCallbackHost: 'merchant.example', targetEnvironment: 'sandbox' },
  error: {
    /** HTTP 404 of the wallet: an unknown payment. */
    notFound: toErrorReason('RESOURCE_NOT_FOUND'),
    /** HTTP 409. */
    alreadyExists: toErrorReason('RESOURCE_ALREADY_EXIST'),
    /** HTTP 500, and the outcome is open. */
    internal: toErrorReason('INTERNAL_PROCESSING_ERROR'),
    /** HTTP 503, and the outcome is open. */
    unavailable: toErrorReason('SERVICE_UNAVAILABLE'),
    /** HTTP 500, and final. */
    invalidCurrency: toErrorReason('INVALID_CURRENCY'),
    /** HTTP 500, and final. */
    invalidCallbackUrlHost: toErrorReason('INVALID_CALLBACK_URL_HOST'),
    /** HTTP 500, and final. */
    notAllowedTargetEnvironment: toErrorReason('NOT_ALLOWED_TARGET_ENVIRONMENT'),
    /** HTTP 401 by contract, 500 as seen. */
    loginFailed: { error: 'login_failed' },
    /** HTTP 404 of the gateway: a wrong URL. */
    gatewayNotFound: { statusCode: 404, message: gatewayTexts.notFound },
    gatewayInvalidKey: { statusCode: 401, message: gatewayTexts.invalidKey },
    gatewayMissingKey: { statusCode: 401, message: gatewayTexts.missingKey },
    gatewayForbidden: { statusCode: 403, message: 'Forbidden' },
    /** HTTP 429, with a Retry-After header. */
    gatewayRateLimited: { statusCode: 429, message: 'Rate limit is exceeded. Try again in 1 seconds.' },
  },
  /** The firewall's page, with HTTP 200. */
  requestRejectedHtml,
} as const;
