import type { Issues } from '../errors.js';
import { fits } from './fits.js';

/** @internal */
export function parseUrl(value: unknown): URL | undefined {
  return fits(value, /^[!-~]+$/) && URL.canParse(value) ? new URL(value) : undefined;
}

/** @internal The machine itself: the one place where plain http, ports and any host are fine. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

function isIpAddress(hostname: string): boolean {
  return /^\[|^[\d.]+$/.test(hostname);
}

/**
 * What is wrong with an address that MTN is to call. MTN takes https, a name and port 443, and only the host
 * registered as `providerCallbackHost`. The problems never quote the URL: its path may be the secret.
 *
 * @internal
 */
export function callbackUrlProblems(
  value: unknown,
  options: { providerCallbackHost?: string | undefined; onLoopback?: boolean | undefined } = {},
): string[] {
  const url = parseUrl(value);
  if (!url || !/^https?:$/.test(url.protocol)) return ['must be an absolute https URL'];
  const { providerCallbackHost: host, onLoopback } = options;
  const rules: [isBroken: boolean, problem: string][] = [
    [url.username + url.password !== '', 'must not carry credentials'],
    [!onLoopback && url.protocol !== 'https:', 'must be https'],
    [!onLoopback && isIpAddress(url.hostname), 'must have a name, not an IP address'],
    [!onLoopback && url.port !== '', 'must have no port: MTN calls 443'],
    [
      !onLoopback && host !== undefined && url.hostname !== host.toLowerCase(),
      'must be on providerCallbackHost exactly: subdomains differ',
    ],
  ];
  return rules.flatMap(([isBroken, problem]) => (isBroken ? [problem] : []));
}

/** @internal Complains of every problem of a callback URL. */
export function checkCallbackUrl(
  issues: Issues,
  value: unknown,
  rules: Parameters<typeof callbackUrlProblems>[1],
): void {
  for (const problem of callbackUrlProblems(value, rules)) issues.add('callbackUrl', problem);
}

/** @internal Is this a bare host name, as MTN registers it? */
export function isHostName(value: unknown): boolean {
  return typeof value === 'string' && parseUrl(`https://${value}`)?.hostname === value.toLowerCase();
}
