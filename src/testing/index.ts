export { fixtures } from './fixtures.js';
export * from './forge/index.js';
export { createMomoSandbox } from './sandbox.js';
export { testNumbers } from './scenarios.js';
export { paymentStoreContract } from './store-contract/index.js';
export type { PaymentStoreCase, PaymentStoreUnderTest } from './store-contract/types.js';
export type {
  CallbackOverrides,
  Fault,
  Fetch,
  MomoSandbox,
  MomoSandboxOptions,
  OperationName,
  SandboxCall,
  SandboxCallback,
  SandboxClientOptions,
  SandboxClock,
  SandboxCredentials,
  SandboxPayment,
} from './types.js';
