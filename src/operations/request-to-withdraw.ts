import type { Prepare, PreparedCreate } from './create.js';
import { closePaymentRequest, type PaymentStatus, type RequestToPay } from './request-to-pay.js';
import { statusResource } from './resource.js';

// One status path, of version 1, for both versions of the create.
export const requestToWithdrawStatus = /* @__PURE__ */ statusResource<PaymentStatus>(
  'getRequestToWithdraw',
  'v1_0/requesttowithdraw',
);

/** @throws MomoError `invalid_input`, with every problem */
export function prepareRequestToWithdraw(version: unknown = 1): Prepare<RequestToPay, PreparedCreate> {
  return (form) => {
    form.check(version === 1 || version === 2, 'version', 'must be 1 or 2');
    const path = `/collection/v${version === 2 ? 2 : 1}_0/requesttowithdraw`;
    return closePaymentRequest(form, requestToWithdrawStatus, path);
  };
}
