import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import openapi from '../../openapi.json' with { type: 'json' };
import type { Database } from '../database/database.ts';
import { authenticate } from './authenticate.ts';
import { callback } from './callback.ts';
import type { Env, Services } from './context.ts';
import { health } from './health.ts';
import { requestToPay } from './request-to-pay.ts';
import { status } from './status.ts';

const maxBodyBytes = 65_536;

/** A path as a log may have it: a signed one is a secret, and strangers write what they like. */
function loggedPath(path: string): string {
  if (path.startsWith('/callback/')) return '/callback/***';
  if (path.startsWith('/status/')) return '/status/***';
  return ['/request-to-pay', '/callback', '/health', '/openapi.json'].includes(path) ? path : 'other';
}

/** The HTTP interface. */
export function createRoutes(services: Services, database: Database): Hono<Env> {
  const { log } = services;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const startedAtMs = Date.now();
    await next();
    // Payers' phone numbers are in there.
    c.res.headers.set('Cache-Control', 'no-store');
    const { method, path } = c.req;
    // What is not read to its end takes the connection with it; a proxy must know before it sends other requests there.
    const isOfKnownLength = c.req.header('Transfer-Encoding') === undefined;
    const sentBytes = isOfKnownLength ? Number(c.req.header('Content-Length') ?? 0) : Number.POSITIVE_INFINITY;
    if (sentBytes > maxBodyBytes) c.res.headers.set('Connection', 'close');
    const appId = c.get('app')?.id;
    log.info('request', {
      method,
      path: loggedPath(path),
      status: c.res.status,
      durationMs: Date.now() - startedAtMs,
      appId,
    });
  });
  app.onError((error, c) => {
    log.error('request', error, { path: loggedPath(c.req.path) });
    return c.json({ error: 'The gateway failed. The same request can be sent again: it charges once.' }, 500);
  });
  app.notFound((c) => c.json({ error: 'There is nothing here. /openapi.json says what there is.' }, 404));

  const limit = (status: 200 | 413) =>
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) => (status === 200 ? c.body(null, 200) : c.json({ error: 'The body is too large.' }, 413)),
    });
  const known = authenticate(services);
  app.post('/request-to-pay', known, limit(413), requestToPay(services));
  app.get('/status/:referenceId', known, status(services));
  app.on(['POST', 'PUT'], ['/callback', '/callback/*'], limit(200), callback(services));
  app.get('/health', health(services, database));
  app.get('/openapi.json', (c) => c.json(openapi));
  return app;
}
