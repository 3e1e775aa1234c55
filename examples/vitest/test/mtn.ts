// MTN, as the tests have it: its sandbox in memory, behind MSW. Any request to somebody else is an error.

import { createMomoSandbox } from 'momo-collections/testing';
import { momoHandlers } from 'momo-collections/testing/msw';
import { setupServer } from 'msw/node';
import { afterEach, vi } from 'vitest';

/** A new MTN for one test. `clock` makes its waits cost no time. */
export function startMtn() {
  const sandbox = createMomoSandbox();
  const server = setupServer(...momoHandlers(sandbox));
  server.listen({ onUnhandledFrame: 'error' });
  stop = () => server.close();
  const { subscriptionKey, apiUser, apiKey, targetEnvironment } = sandbox.credentials;
  vi.stubEnv('MTN_SUBSCRIPTION_KEY', subscriptionKey);
  vi.stubEnv('MTN_API_USER', apiUser);
  vi.stubEnv('MTN_API_KEY', apiKey);
  vi.stubEnv('MTN_TARGET_ENV', targetEnvironment);
  return { sandbox, clock: sandbox.clientOptions().clock };
}

let stop = () => {};

afterEach(() => {
  stop();
  vi.unstubAllEnvs();
});
