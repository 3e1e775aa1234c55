import { createMiddleware } from 'hono/factory';
import { createRateLimit } from '../rate-limit.ts';
import type { Env, Services } from './context.ts';

/** Lets an app in by its key, as often as its rate allows. */
export function authenticate({ apps }: Services) {
  const takeRequest = createRateLimit();
  return createMiddleware<Env>(async (c, next) => {
    const key = c.req.header('X-Proxy-Api-Key') ?? '';
    const app = key === '' ? undefined : await apps.findByKey(key);
    if (app === undefined) {
      const error = key === '' ? 'The header X-Proxy-Api-Key is missing.' : 'This X-Proxy-Api-Key is not known.';
      return c.json({ error }, 401);
    }
    const waitMs = takeRequest(app.id, app.requestsPerMinute);
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1_000);
      const error = `At most ${app.requestsPerMinute} requests a minute. Ask again in ${seconds} s.`;
      return c.json({ error }, 429, { 'Retry-After': String(seconds) });
    }
    c.set('app', app);
    return next();
  });
}
