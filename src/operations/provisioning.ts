import { readText } from './wire.js';

const path = '/v1_0/apiuser';

/** The three calls of provisioning, which carry the subscription key only. They know no `/collection`. */
export function provisioningRequests(apiUser: string, providerCallbackHost: string) {
  return [
    {
      operation: 'createApiUser',
      method: 'POST',
      path,
      headers: { 'X-Reference-Id': apiUser, 'Content-Type': 'application/json' },
      body: JSON.stringify({ providerCallbackHost }),
    },
    { operation: 'getApiUser', method: 'GET', path: `${path}/${apiUser}`, headers: {} },
    // Without a body, or MTN's gateway wants its length.
    {
      operation: 'createApiKey',
      method: 'POST',
      path: `${path}/${apiUser}/apikey`,
      headers: { 'Content-Length': '0' },
    },
  ] as const;
}

/** The key, or undefined when there is none in the answer. */
export function readApiKey(json: unknown): string | undefined {
  return readText(json, 'apiKey');
}
