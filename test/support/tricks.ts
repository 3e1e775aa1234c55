import type { Trick } from './client-world.js';

/** Ways for one exchange with MTN to go wrong, as seen through `fetch`. */

/** An error as Node's fetch throws it: the code levels down in `cause`. */
export function fetchFailed(code: string, more: Readonly<Record<string, unknown>> = {}): TypeError {
  return new TypeError('fetch failed', { cause: Object.assign(new Error(`some ${code}`), { code, ...more }) });
}

/** Nothing arrives, and this error comes. */
export function lost(error: unknown): Trick {
  return async () => {
    throw error;
  };
}

/** It arrives and is done, then this error comes in the place of the answer. */
export function lostAnswer(error: unknown = fetchFailed('ECONNRESET')): Trick {
  return async (arrive) => {
    await (await arrive()).text();
    throw error;
  };
}

/** Nothing arrives; someone in between answers. */
export function answers(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Trick {
  return async () => response(status, body, headers);
}

/** It arrives and is done, but another answer than MTN's comes. */
export function answersAfter(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Trick {
  return async (arrive) => {
    await (await arrive()).text();
    return response(status, body, headers);
  };
}

export function response(status: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type = text?.startsWith('<') ? 'text/html' : 'application/json';
  const hasNoBody = text === undefined || [204, 205, 304].includes(status);
  return new Response(hasNoBody ? null : text, {
    status,
    headers: { ...(hasNoBody ? {} : { 'content-type': type }), ...headers },
  });
}

/** Nothing arrives and nothing ever comes, until the caller gives up. */
export const hangs: Trick = (_arrive, signal) =>
  new Promise((_resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });

/** It arrives and is done, and nothing ever comes. */
export const hangsAfter: Trick = async (arrive, signal) => {
  await (await arrive()).text();
  return hangs(arrive, signal);
};

/** As {@link hangs}, of a fetch that does not care for aborts. */
export const hangsDeaf: Trick = () => new Promise(() => {});

/** Headers come, then the connection breaks within the body. */
export function breaksInBody(status: number, start = '', error: unknown = fetchFailed('UND_ERR_SOCKET')): Trick {
  return async () => broken(status, start, error);
}

/** As {@link breaksInBody}, after the work was done. */
export function breaksInBodyAfter(start = '', error: unknown = fetchFailed('UND_ERR_SOCKET'), status?: number): Trick {
  return async (arrive) => {
    const real = await arrive();
    await real.text();
    return broken(status ?? real.status, start, error);
  };
}

function broken(status: number, start: string, error: unknown): Response {
  const body = new ReadableStream({
    start(controller) {
      if (start !== '') controller.enqueue(new TextEncoder().encode(start));
    },
    pull(controller) {
      controller.error(error);
    },
  });
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

/** Headers come, the body never ends. */
export function hangsInBody(status: number, start = '{"status":'): Trick {
  return async (_arrive, signal) =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(start));
          signal.addEventListener('abort', () => controller.error(signal.reason), { once: true });
        },
      }),
      { status, headers: { 'content-type': 'application/json' } },
    );
}

export const html =
  '<html><head><title>Request Rejected</title></head><body>The requested URL was rejected.</body></html>';
export const gateway = {
  notFound: { statusCode: 404, message: 'Resource not found' },
  forbidden: { statusCode: 403, message: 'Forbidden' },
  invalidKey: {
    statusCode: 401,
    message:
      'Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.',
  },
  rateLimited: { statusCode: 429, message: 'Rate limit is exceeded. Try again in 7 seconds.' },
  internal: { statusCode: 500, message: 'Internal server error' },
};
export const wallet = {
  notFound: { code: 'RESOURCE_NOT_FOUND', message: 'Requested resource was not found.' },
  alreadyExists: { code: 'RESOURCE_ALREADY_EXIST', message: 'Duplicated reference id. Creation of resource failed.' },
  internal: { code: 'INTERNAL_PROCESSING_ERROR', message: 'An internal error occurred while processing.' },
  unavailable: { code: 'SERVICE_UNAVAILABLE', message: 'Service temporarily unavailable, try again later.' },
};
