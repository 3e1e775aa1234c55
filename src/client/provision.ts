import { v4 } from 'uuid';
import { provisioningRequests, readApiKey } from '../operations/provisioning.js';
import type { Clock, Fetch } from './clock.js';
import { type ClientContext, maxAttempts, runCall, sendOnce, sendWithRetries } from './context.js';
import { type Exchange, exchangeFailure } from './exchange.js';
import { Failure } from './failure.js';
import { checkOptions } from './options.js';
import { createTransport } from './transport.js';

/** What {@link provisionSandboxUser} takes. */
export interface ProvisionOptions {
  /** The primary or secondary key of your Collections subscription in the sandbox. */
  readonly subscriptionKey: string;
  /** The one host that callbacks may go to; it cannot be changed later. */
  readonly providerCallbackHost: string;
  /** Default: MTN's sandbox. */
  readonly baseUrl?: string | undefined;
  /** Default: the global `fetch`, looked up at each call. */
  readonly fetch?: Fetch | undefined;
  /** Default: `Date.now` and `setTimeout`, looked up at each call. */
  readonly clock?: Clock | undefined;
}

/** A user of MTN's sandbox. The key is shown this once: keep it. */
export interface SandboxUser {
  readonly apiUser: string;
  readonly apiKey: string;
}

/** A new user is not there at once: asked again this often, this far apart. */
const maxLooks = 10;
const lookEveryMs = 2_000;

/**
 * Makes an API user and its key in MTN's sandbox; in production the partner portal does. Takes a few seconds, for MTN
 * knows a new user only after a while, and at most 60.
 *
 * @throws MomoError `invalid_input`, `unauthorized` (the subscription key), `not_found` (the user did not appear),
 *   `rejected`, `forbidden`, `rate_limited`, `unavailable`, `network`, `timeout`, `unexpected_response`
 * @see MTN's sandbox user provisioning
 * @example
 * ```ts
 * import { provisionSandboxUser } from 'momo-collections';
 *
 * const { apiUser, apiKey } = await provisionSandboxUser({
 *   subscriptionKey, providerCallbackHost: 'pay.example.com',
 * });
 * ```
 */
export async function provisionSandboxUser(options: ProvisionOptions): Promise<SandboxUser> {
  const operation = 'provisionSandboxUser';
  // An empty host is refused with all that is wrong; an absent one would pass for a client.
  const { subscriptionKey, providerCallbackHost = '', baseUrl, fetch, clock } = options ?? ({} as ProvisionOptions);
  const targetEnvironment = 'sandbox';
  const apiUser = v4();
  const known = { subscriptionKey, providerCallbackHost, baseUrl, fetch, clock, targetEnvironment };
  // There are no credentials yet.
  const settings = checkOptions({ ...known, apiUser, apiKey: '-' });
  const context = { ...settings, send: createTransport(settings) } as ClientContext;
  return runCall(context, operation, 'read', undefined, undefined, async (call) => {
    let last: Exchange | undefined;
    for (const { operation: step, ...request } of provisioningRequests(apiUser, providerCallbackHost)) {
      for (let look = 1; ; look++) {
        // Any of the three may be repeated: a user of this id is ours, and a new key replaces one that got lost.
        const exchange = await sendWithRetries(context, call, step, maxAttempts, (attempt) =>
          sendOnce(context, call, step, attempt, request),
        );
        last = exchange;
        const { status, writer } = exchange;
        if (status === 200 || status === 201 || (step === 'createApiUser' && status === 409)) break;
        if (status !== 404 || writer !== 'wallet' || look === maxLooks) throw exchangeFailure(exchange);
        await call.sleep(lookEveryMs);
      }
    }
    const apiKey = readApiKey(last?.json);
    if (apiKey) return { apiUser, apiKey };
    throw new Failure('unexpected_response', `the key cannot be read (${last?.shown})`);
  });
}
