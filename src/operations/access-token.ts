import { fits } from '../payment/fits.js';
import { readText } from './wire.js';

/** The token call's success, or undefined: a firewall answers 200 with a page. `expires_in` may be a numeric string. */
export function readAccessToken(json: unknown): { accessToken: string; lifeMs: number } | undefined {
  /** MTN's tokens live an hour; when it does not say, a 401 corrects us. */
  const usualLifeMs = 3_600_000;
  const lifeMs = Number(readText(json, 'expires_in')) * 1_000;
  const accessToken: unknown = Object(json).access_token;
  // What cannot stand in a header is no token.
  if (!fits(accessToken, /^[!-~]+$/)) return undefined;
  return { accessToken, lifeMs: lifeMs > 0 && lifeMs < Infinity ? lifeMs : usualLifeMs };
}
