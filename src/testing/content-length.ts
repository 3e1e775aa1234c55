import { html } from './answers.js';
import type { OperationName } from './types.js';

// The gateway takes these only with a length that is written out: it refuses a chunked body there, even an empty one.
const withoutBody: readonly string[] = ['createAccessToken', 'createApiKey'] satisfies OperationName[];

/** MTN's gateway answers so before anything else looks at the request. */
export const lengthRequired = {
  ...html(
    411,
    '<html><head><title>Length Required</title></head><body><h2>Length Required</h2><hr><p>HTTP Error 411. The request must have a content length.</p></body></html>',
  ),
  problem: 'there is no Content-Length: send "Content-Length: 0" where there is no body',
};

/** Would the gateway refuse this request for want of a `Content-Length`? */
export function lacksLength({ method, headers }: Request, operation: OperationName | 'unknown'): boolean {
  if (method !== 'POST' || headers.has('content-length')) return false;
  return withoutBody.includes(operation) || !headers.has('transfer-encoding');
}
