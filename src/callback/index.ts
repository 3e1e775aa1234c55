export { MomoError } from '../errors.js';
export type { Difference } from '../payment/compare.js';
export { type CallbackUrlOptions, createCallbackUrl, verifyCallbackUrl } from './callback-url.js';
export { type CheckCallbackUrlOptions, checkCallbackUrl } from './check-callback-url.js';
export { type Confirmation, confirmCallback, type ExpectedPayment, type ReadPayment } from './confirm.js';
export { createCallbackHandler } from './handler.js';
export type {
  CallbackContext,
  CallbackEvent,
  CallbackHandler,
  CallbackHandlerOptions,
  Rejection,
  UnconfirmedEvent,
} from './handler-options.js';
export { type NodeHandler, type NodeRequest, type NodeResponse, toNodeHandler } from './node.js';
export { parseCallback } from './parse.js';
export type { CallbackFees, CallbackSource, PaymentCallback } from './payment-callback.js';
export {
  type CallbackHeaders,
  type SignatureScheme,
  signatureSchemes,
  type VerifySignatureOptions,
  verifySignature,
} from './signature.js';
