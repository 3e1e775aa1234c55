import type { ClientContext } from './context.js';
import { sendOnce } from './context.js';
import type { Settings } from './options.js';
import { PollHints } from './poll-hints.js';
import { maxAttempts, sendWithRetries } from './retry.js';
import { StatusBudget } from './status-budget.js';
import { TokenSource } from './token-source.js';
import { createTransport, type WireRequest } from './transport.js';

/** A hash of everything a token depends on: two merchants never share one, and a wrong key never borrows a right one's. */
async function storeKeyOf({ baseUrl, targetEnvironment, apiUser, apiKey, subscriptionKey }: Settings): Promise<string> {
  const text = JSON.stringify([baseUrl, targetEnvironment, apiUser, apiKey, subscriptionKey]);
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The token call: no body and no content type, or MTN's gateway and firewall refuse it. */
function tokenRequest({ apiUser, apiKey, targetEnvironment }: Settings): WireRequest {
  return {
    method: 'POST',
    path: '/collection/token/',
    headers: {
      Authorization: `Basic ${btoa(`${apiUser}:${apiKey}`)}`,
      'X-Target-Environment': targetEnvironment,
      'Content-Length': '0',
    },
  };
}

/** Puts a client together from its checked settings. */
export function createContext(settings: Settings): ClientContext {
  const { clock, random, subscriptionKey, apiKey, tokenStore } = settings;
  const tokens = new TokenSource({
    clock,
    store: tokenStore,
    storeKey: () => storeKeyOf(settings),
    ask: (scope, report) =>
      sendWithRetries({
        scope,
        attempts: maxAttempts,
        random,
        send: (attempt) => sendOnce(context, { scope, report }, 'createAccessToken', attempt, tokenRequest(settings)),
        onRetry: (attempt, delayMs, cause) =>
          report({ operation: 'createAccessToken', type: 'retry', attempt, delayMs, cause }),
      }),
  });
  const context: ClientContext = {
    settings,
    send: createTransport({ ...settings, secrets: [subscriptionKey, apiKey] }),
    tokens,
    budget: new StatusBudget(settings.maxStatusReadsPerSecond, clock),
    hints: new PollHints(),
  };
  return context;
}
