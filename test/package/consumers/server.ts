// A stranger's file that uses every export of `momo-collections/testing/server`. Compiled, never run.
import { MomoCollections } from 'momo-collections';
import { type SandboxServer, type SandboxServerOptions, startSandboxServer } from 'momo-collections/testing/server';

export async function serve(): Promise<string[]> {
  const options: SandboxServerOptions = { port: 0, approval: 'automatic', callbacks: { method: 'PUT' } };
  const server: SandboxServer = await startSandboxServer(options);
  // @ts-expect-error: a port is a number
  void startSandboxServer({ port: '4010' });
  // @ts-expect-error: no such approval
  void startSandboxServer({ approval: 'sometimes' });
  const client = new MomoCollections({ ...server.credentials, baseUrl: server.url });
  const { accessToken } = await client.getToken();
  server.sandbox.approve((await server.sandbox.nextPayment()).referenceId);
  await server.close();
  await server[Symbol.asyncDispose]();
  return [accessToken, server.phoneUrl, ...Object.values(server.env)];
}
