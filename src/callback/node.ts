import { MomoError } from '../errors.js';
import { utf8 } from './encoding.js';
import { rawBodyNeed } from './raw-body.js';

/** What is used of a Node request: `node:http`'s, Express's, or Fastify's `request.raw`. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: { readonly [name: string]: string | string[] | undefined };
  readonly readableEnded?: boolean;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  removeListener(event: string, listener: (...args: unknown[]) => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** What is used of a Node response. */
export interface NodeResponse {
  statusCode: number;
  setHeader(name: string, value: string): unknown;
  end(body?: Uint8Array): unknown;
}

/** A Node request listener, or an Express middleware. */
export type NodeHandler = (req: NodeRequest, res: NodeResponse, next?: (error?: unknown) => void) => void;

const rawBodyGone =
  'The raw body is gone, so its signature cannot be checked: ' +
  "mount this route before express.json(), or behind express.raw({ type: '*/*' }).";

/** The host is the client's word and decides nothing: only path and query matter. It is in the headers still. */
function urlOf(req: NodeRequest): string {
  const { originalUrl } = req as { originalUrl?: unknown };
  const target = typeof originalUrl === 'string' ? originalUrl : (req.url ?? '/');
  return `http://localhost${target.startsWith('/') ? '' : '/'}${target}`;
}

function headersOf(req: NodeRequest): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(req.headers)) {
    for (const value of [values ?? []].flat()) {
      try {
        headers.append(name, value);
      } catch {
        // Nothing that a web request could hold, such as HTTP/2's ":path".
      }
    }
  }
  return headers;
}

/** Listens only once somebody reads; when that one stops, the rest passes unseen, so that the answer gets through. */
function streamOf(req: NodeRequest): ReadableStream<Uint8Array> {
  let stop: (() => void) | undefined;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (stop === undefined) {
          const broken = () => {
            stop?.();
            controller.error();
          };
          const listeners = {
            data(chunk: unknown) {
              controller.enqueue(typeof chunk === 'string' ? utf8(chunk) : (chunk as Uint8Array));
              req.pause();
            },
            end() {
              stop?.();
              controller.close();
            },
            close: broken,
            error: broken,
          };
          const entries = Object.entries(listeners);
          stop = () => {
            for (const [event, listener] of entries) req.removeListener(event, listener);
          };
          for (const [event, listener] of entries) req.on(event, listener);
        }
        req.resume();
      },
      cancel() {
        stop?.();
        req.resume();
      },
    },
    { highWaterMark: 0 },
  );
}

/** What another parser left of the body. */
function parsedBody(req: NodeRequest): { bytes: Uint8Array; isRaw: boolean } | undefined {
  const { rawBody, body } = req as { rawBody?: unknown; body?: unknown };
  for (const found of [rawBody, body]) {
    if (typeof found === 'string') return { bytes: utf8(found), isRaw: true };
    if (ArrayBuffer.isView(found)) return { bytes: found as Uint8Array, isRaw: true };
  }
  // Older Express sets an empty body and leaves the stream alone when the content type is not for its parser.
  if (typeof body !== 'object' || body === null || req.readableEnded === false) return undefined;
  return { bytes: utf8(JSON.stringify(body)), isRaw: false };
}

/**
 * Serves a web handler on Node: `node:http`, Express (4 and 5), Fastify's raw request and reply. The body is streamed,
 * so that the handler's limits hold. Behind `express.json()` it takes the parsed body, whose long numbers have lost
 * digits by then; where a signature is needed that body will not do, and the error says what to mount where: through
 * `next(error)`, or without `next` through the handler's `onReject`, with an empty 404 to the sender.
 *
 * @throws Nothing: errors of the handler go to `next`, or become an empty 500.
 * @example
 * ```ts
 * app.all('/momo/*path', toNodeHandler(createCallbackHandler(options))); // Express 5, before app.use(express.json())
 * ```
 */
export function toNodeHandler(handler: (request: Request) => Promise<Response>): NodeHandler {
  const need = rawBodyNeed(handler);
  return (req, res, next) => {
    serve(req, res, next).catch((error: unknown) => {
      if (next !== undefined) return next(error);
      res.statusCode = 500;
      res.end();
    });
  };

  async function serve(req: NodeRequest, res: NodeResponse, next: ((error?: unknown) => void) | undefined) {
    const parsed = parsedBody(req);
    const request = toRequest(req, parsed?.bytes ?? streamOf(req));
    if (parsed?.isRaw === false && (await need?.isNeeded(request))) {
      // 404 is what Express answers by it: the sender learns no more than any stranger.
      const error = new MomoError('invalid_callback', rawBodyGone, { status: 404 });
      need?.onMissing(error);
      if (next !== undefined) return next(error);
      res.statusCode = 404;
      res.end();
      return;
    }
    const response = await handler(request);
    res.statusCode = response.status;
    response.headers.forEach((value, name) => {
      res.setHeader(name, value);
    });
    // The rest of a refused body is not waited for.
    if (response.status === 413 || response.status === 408) res.setHeader('connection', 'close');
    res.end(new Uint8Array(await response.arrayBuffer()));
  }
}

function toRequest(req: NodeRequest, body: Uint8Array | ReadableStream<Uint8Array>): Request {
  const method = req.method ?? 'GET';
  const url = urlOf(req);
  const headers = headersOf(req);
  const hasBody = method !== 'GET' && method !== 'HEAD';
  // `duplex` is required for streams and missing in TypeScript's library.
  const init: RequestInit & { duplex?: 'half' } = hasBody
    ? { method, headers, body: body as BodyInit, duplex: 'half' }
    : { method, headers };
  try {
    return new Request(url, init);
  } catch {
    // CONNECT, TRACE: methods that no web request may have. The handler refuses a GET in their place.
    return new Request(url, { headers });
  }
}
