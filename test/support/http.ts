import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer, read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request with nothing added but what Node itself adds, which is `Host` and the length of a body. */
export function send(
  url: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** `chunked` is a body of unknown length. */
    readonly body?: string | { readonly chunked: string };
    readonly path?: string;
  } = {},
): Promise<HttpAnswer> {
  const { method = 'GET', headers = {}, body, path } = options;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, ...(path === undefined ? {} : { path }) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    if (typeof body === 'object') {
      sent.setHeader('transfer-encoding', 'chunked');
      sent.write(body.chunked);
      sent.end();
    } else if (body === undefined) {
      // Node would write `Content-Length: 0` for a POST.
      if (headers['content-length'] === undefined) sent.useChunkedEncodingByDefault = false;
      sent.end();
    } else {
      sent.setHeader('content-length', Buffer.byteLength(body));
      sent.end(body);
    }
  });
}

/** What a listener was sent. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** A merchant's server on this machine that takes callbacks. */
export async function startListener(answer: { status?: number; headers?: Record<string, string> } = {}) {
  const received: Received[] = [];
  let tell: () => void = () => {};
  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url = '', headers } = incoming;
    received.push({ method, path: url, headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.writeHead(answer.status ?? 204, answer.headers);
    response.end();
    tell();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    received,
    /** Settles when so many have come. */
    async waitFor(count: number): Promise<readonly Received[]> {
      while (received.length < count) {
        await new Promise<void>((resolve) => {
          tell = resolve;
        });
      }
      return received;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
