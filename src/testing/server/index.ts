export { startSandboxServer } from './start.js';
export type { SandboxServer, SandboxServerOptions } from './types.js';
