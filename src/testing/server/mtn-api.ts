import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fetch } from '../types.js';
import { answerText, answerTooLarge } from './answer.js';
import { readBody } from './read-body.js';

function toHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] as string, rawHeaders[index + 1] as string);
  }
  return headers;
}

/** Whatever name the server was called by: here the host is a loopback, so callbacks may go anywhere. */
function toRequest(request: IncomingMessage, body: Uint8Array<ArrayBuffer>): Request {
  const { method = 'GET', url = '/' } = request;
  const hasBody = body.length > 0 && method !== 'GET' && method !== 'HEAD';
  return new Request(`http://localhost${url}`, {
    method,
    headers: toHeaders(request),
    ...(hasBody ? { body } : {}),
  });
}

async function send(response: ServerResponse, answer: Response): Promise<void> {
  const body = new Uint8Array(await answer.arrayBuffer());
  answer.headers.forEach((value, name) => {
    response.setHeader(name, value);
  });
  response.statusCode = answer.status;
  // A fault may say another length on purpose.
  if (!response.hasHeader('content-length') && answer.status !== 204) response.setHeader('content-length', body.length);
  response.end(body);
}

/** Serves MTN's API out of the sandbox. A fault that drops the connection really does. */
export function createMtnApi(fetch: Fetch, closing: AbortSignal) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    if (body === undefined) return answerTooLarge(response);
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    let asked: Request;
    try {
      asked = toRequest(request, body);
    } catch {
      // A method or a target that no web request may have, such as TRACE.
      return answerText(response, 400, 'MTN has no such call.\n', { connection: 'close' });
    }
    const signal = AbortSignal.any([gone.signal, closing]);
    let answer: Response;
    try {
      answer = await fetch(asked, { signal });
    } catch (error) {
      // The sandbox fails as a `fetch` does when the connection breaks; anything else is no fault that somebody set.
      if (!signal.aborted && (error as Error).message !== 'fetch failed') throw error;
      request.socket.resetAndDestroy();
      return;
    }
    await send(response, answer);
  };
}
