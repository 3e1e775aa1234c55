import { Issues } from '../../errors.js';
import type { SandboxServerOptions } from './types.js';

/** Checks what the sandbox itself does not know; it checks the rest. */
export function checkOptions(options: SandboxServerOptions): { port: number; host: string } {
  const { port = 4010, host = '127.0.0.1', credentials = {} } = options;
  const issues = new Issues();
  issues.check(Number.isInteger(port) && port >= 0 && port <= 65_535, 'port', 'must be a whole number, 0 to 65535');
  issues.check(typeof host === 'string' && host !== '', 'host', 'must be an address of this machine');
  for (const name of ['subscriptionKey', 'apiUser', 'apiKey'] as const) {
    const value: unknown = credentials[name];
    const isFine = value === undefined || (typeof value === 'string' && /^[!-~]+$/.test(value));
    issues.check(isFine, `credentials.${name}`, 'must be printable ASCII without spaces');
  }
  const hasColon = String(credentials.apiUser).includes(':');
  issues.check(!hasColon, 'credentials.apiUser', 'must be without ":", which ends it in Basic credentials');
  issues.throwIfAny('The sandbox server cannot be started');
  return { port, host };
}
