import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A request as an app gets it. */
export interface Received {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  /** The raw body: what the signature is about. */
  readonly body: Buffer;
}

/** An app's server, for the results that it is told. */
export interface Receiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** What it answers: a status, or never. Default 200. */
  answer: (request: Received) => number | 'hang' | { status: number; headers: Record<string, string> };
}

export async function startReceiver(t: TestContext): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', method = '', headers } = request;
      const one = { path, method, headers, body: Buffer.concat(chunks) };
      received.push(one);
      const answer = receiver.answer(one);
      if (answer === 'hang') return;
      const { status, headers: more } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
      response.writeHead(status, more).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = { url: `http://127.0.0.1:${port}`, received, answer: () => 200 };
  return receiver;
}
