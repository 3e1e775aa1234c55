import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A line between the gateway and MTN that can be cut anywhere. */
export interface Wire {
  readonly url: string;
  /** Called before a request goes on to MTN; what it waits for holds it up. */
  before: (method: string, path: string) => unknown;
  /** Called when MTN has answered, before the gateway gets it. */
  after: (method: string, path: string, status: number) => unknown;
  /** Called when the answer has left for the gateway. */
  sent: (method: string, path: string) => unknown;
}

export async function startWire(t: TestContext, target: string): Promise<Wire> {
  async function relay(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    await wire.before(method, url);
    const { host } = new URL(target);
    const onward = request(`${target}${url}`, { method, headers: { ...headers, host } }, async (answer) => {
      const answered: Buffer[] = [];
      for await (const chunk of answer) answered.push(chunk);
      const { statusCode = 0, headers: back } = answer;
      await wire.after(method, url, statusCode);
      outgoing.writeHead(statusCode, back).end(Buffer.concat(answered), () => wire.sent(method, url));
    });
    onward.on('error', () => outgoing.destroy());
    onward.end(Buffer.concat(chunks));
  }
  const server = createServer((incoming, outgoing) => {
    relay(incoming, outgoing).catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const wire: Wire = {
    url: `http://127.0.0.1:${port}`,
    before: () => undefined,
    after: () => undefined,
    sent: () => undefined,
  };
  return wire;
}
