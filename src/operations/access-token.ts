import * as z from 'zod/mini';
import { lazily } from './wire.js';

/** MTN's tokens live an hour; when it does not say, a 401 corrects us. */
const usualLifeMs = 3_600_000;

const schema = /* @__PURE__ */ lazily(() =>
  z.object({ access_token: z.string().check(z.regex(/^[!-~]+$/)), expires_in: z.optional(z.unknown()) }),
);

/** The token call's success, or undefined: a firewall answers 200 with a page. `expires_in` may be a numeric string. */
export function readAccessToken(json: unknown): { accessToken: string; lifeMs: number } | undefined {
  const parsed = schema().safeParse(json);
  if (!parsed.success) return undefined;
  const { access_token, expires_in } = parsed.data;
  const lifeMs =
    typeof expires_in === 'number' || typeof expires_in === 'string' ? Number(expires_in) * 1_000 : Number.NaN;
  return { accessToken: access_token, lifeMs: lifeMs > 0 && Number.isFinite(lifeMs) ? lifeMs : usualLifeMs };
}
