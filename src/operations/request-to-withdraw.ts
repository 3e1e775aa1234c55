import { Issues } from '../errors.js';
import type { InputContext, PreparedCreate } from './create.js';
import { paymentStatus, preparePaymentRequest, type RequestToPay } from './request-to-pay.js';

// One status path, of version 1, for both versions of the create.
export const requestToWithdrawStatus = /* @__PURE__ */ paymentStatus(
  'getRequestToWithdraw',
  '/collection/v1_0/requesttowithdraw',
);

/** @throws MomoError `invalid_input`, with every problem */
export function prepareRequestToWithdraw(input: RequestToPay, version: unknown, context: InputContext): PreparedCreate {
  const operation = 'requestToWithdraw';
  const issues = new Issues();
  issues.check(version === 1 || version === 2, 'version', 'must be 1 or 2');
  issues.throwIfAny(`${operation} was not sent`);
  const path = `/collection/v${version}_0/requesttowithdraw`;
  return preparePaymentRequest(operation, requestToWithdrawStatus, input, context, path);
}
