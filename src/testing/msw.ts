import { type HttpHandler, HttpResponse, http } from 'msw';
import type { MomoSandbox } from './types.js';

/** How {@link momoHandlers} is set up. */
export interface MomoHandlersOptions {
  /** The address to answer for, with a path or without. Default: the sandbox's own `baseUrl`. */
  readonly baseUrl?: string;
}

/**
 * MSW request handlers that answer for MTN out of a sandbox: every path under the base URL, also those MTN does not
 * serve. A dropped connection reaches the client as a rejected `fetch`, without MSW telling why. For msw 2 and 3, in
 * Node (`msw/node`) and in the browser alike.
 *
 * Give the client `sandbox.credentials`, and `sandbox.clientOptions().clock` if it shall not wait in real time.
 *
 * @throws TypeError when `baseUrl` is no URL.
 * @example
 * ```ts
 * import { setupServer } from 'msw/node';
 * import { MomoCollections } from 'momo-collections';
 * import { createMomoSandbox } from 'momo-collections/testing';
 * import { momoHandlers } from 'momo-collections/testing/msw';
 *
 * const sandbox = createMomoSandbox();
 * const server = setupServer(...momoHandlers(sandbox));
 * server.listen({ onUnhandledFrame: 'error' }); // msw 2: onUnhandledRequest
 *
 * const client = new MomoCollections(sandbox.credentials);
 * console.log(await client.getToken());
 * server.close();
 * ```
 */
export function momoHandlers(sandbox: MomoSandbox, options: MomoHandlersOptions = {}): HttpHandler[] {
  const base = new URL(options.baseUrl ?? sandbox.baseUrl);
  const prefix = base.pathname.replace(/\/+$/, '');
  const address = `${base.origin}${prefix}/`;
  // A pattern and not a path: in a path, msw reads the colon of a port as the start of a parameter.
  const pattern = new RegExp(`^${address.replace(/[^A-Za-z0-9]/g, '\\$&')}`);

  return [
    http.all(pattern, async ({ request }) => {
      const url = new URL(request.url);
      url.pathname = url.pathname.slice(prefix.length);
      try {
        // A copy, for msw goes on using the request (its events show it).
        return await sandbox.fetch(new Request(url, request.clone()), { signal: request.signal });
      } catch {
        return HttpResponse.error();
      }
    }),
  ];
}
