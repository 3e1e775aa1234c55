import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { MomoCollections } from 'momo-collections';
import { demoAppName } from './apps/apps.ts';
import { ConfigurationError } from './configuration.ts';
import { describeDemo, ensureDemoApp, startEmbeddedMtn } from './demo.ts';
import { configurationFromEnvironment } from './environment.ts';
import { type Gateway, startGateway } from './gateway.ts';
import { withLocalSecrets } from './local-secrets.ts';
import { createLog, describeError } from './log.ts';
import { openStores } from './stores.ts';

/** A stop that takes longer is cut off; what is left undone is taken up after the next start. */
const stopWithinMs = 25_000;
const requestTimeoutMs = 30_000;

const log = createLog((line) => process.stdout.write(line));

async function main(): Promise<void> {
  const given = withLocalSecrets(configurationFromEnvironment());
  const mtn = given.mode === 'embedded' ? await startEmbeddedMtn(given) : undefined;
  const client = MomoCollections.fromEnv(mtn?.env ?? given.mtn);
  const stores = await openStores(given);
  const isLive = given.mode === 'live';
  // Left behind by a trial on this database.
  if (isLive && (await stores.apps.disable(demoAppName))) log.warn('demo-app-disabled');

  let gateway: Gateway | undefined;
  const starting = () => Response.json({ error: 'The gateway is starting.' }, { status: 503 });
  const server = createAdaptorServer({
    fetch: (request) => gateway?.fetch(request) ?? starting(),
    serverOptions: { requestTimeout: requestTimeoutMs },
  });
  server.listen(given.port, given.host);
  await once(server, 'listening').catch(({ code }: NodeJS.ErrnoException) => {
    throw new ConfigurationError(`The gateway cannot listen on ${given.host}, PORT ${given.port} (${code}).`);
  });
  const { port } = server.address() as AddressInfo;
  const publicUrl = given.publicUrl ?? (isLive ? undefined : `http://127.0.0.1:${port}`);
  if (publicUrl === undefined)
    log.warn('no-callbacks', { hint: 'GATEWAY_PUBLIC_URL is not set: results come by polling alone' });
  const configuration = { ...given, publicUrl };
  gateway = startGateway({ configuration, stores, client, log });
  if (!isLive) process.stdout.write(describeDemo(`http://127.0.0.1:${port}`, await ensureDemoApp(stores.apps), mtn));
  log.info('started', {
    mode: given.mode,
    host: given.host,
    port,
    database: given.databaseUrl ? 'postgres' : 'sqlite',
  });

  let isStopping = false;
  const stop = async (signal: string) => {
    if (isStopping) process.exit(1);
    isStopping = true;
    log.info('stopping', { signal });
    setTimeout(() => process.exit(1), stopWithinMs).unref();
    server.close();
    if ('closeIdleConnections' in server) server.closeIdleConnections();
    await once(server, 'close');
    await gateway?.stop();
    await stores.close();
    await mtn?.close();
    log.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}

process.on('uncaughtException', (error) => {
  log.error('crashed', error);
  process.exit(1);
});
main().catch((error) => {
  // These two speak of variables and ports, and quote no values.
  const isClean = error instanceof ConfigurationError || describeError(error).message !== undefined;
  process.stderr.write(
    isClean ? `${error.message}\n` : `The gateway cannot start: ${JSON.stringify(describeError(error))}\n`,
  );
  process.exit(1);
});
