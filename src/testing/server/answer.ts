import type { IncomingMessage, ServerResponse } from 'node:http';

/** GET, or the HEAD with which tools look whether a server is up; Node leaves the body away by itself. */
export function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Ends a response with a text. */
export function answerText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: Record<string, string> = {},
) {
  const body = Buffer.from(text);
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
    'content-length': body.length,
  });
  response.end(body);
}

export function answerJson(response: ServerResponse, status: number, value: unknown, headers?: Record<string, string>) {
  answerText(response, status, `${JSON.stringify(value)}\n`, { 'content-type': 'application/json', ...headers });
}

/** The rest of a body that is too large is not waited for. */
export function answerTooLarge(response: ServerResponse): void {
  answerJson(response, 413, { error: 'The body is larger than 64 kB.' }, { connection: 'close' });
}
