export { type CallbackBody, type CallbackShape, forgeCallbackBody } from './bodies.js';
export { type ForgeCallbackOptions, forgeCallbackRequest, signCallbackBody } from './request.js';
