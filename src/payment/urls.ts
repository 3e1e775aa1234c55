/** @internal */
export function parseUrl(value: unknown): URL | undefined {
  if (typeof value !== 'string' || /[^!-~]/.test(value)) return undefined;
  return URL.canParse(value) ? new URL(value) : undefined;
}

/** @internal The machine itself: the one place where plain http, ports and any host are fine. */
export function isLoopback(url: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
}

function isIpAddress(hostname: string): boolean {
  return hostname.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(hostname);
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
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    return ['must be an absolute https URL'];
  }
  const problems: string[] = [];
  if (url.username !== '' || url.password !== '') problems.push('must not carry credentials');
  if (options.onLoopback) return problems;
  if (url.protocol !== 'https:') problems.push('must be https: MTN does not call plain http');
  if (isIpAddress(url.hostname)) problems.push('must have a host name, not an IP address');
  if (url.port !== '') problems.push('must use the default port: MTN calls port 443 only');
  const { providerCallbackHost } = options;
  if (providerCallbackHost !== undefined && url.hostname !== providerCallbackHost.toLowerCase()) {
    problems.push('must be on the host registered as providerCallbackHost, exactly: subdomains differ');
  }
  return problems;
}

/** @internal What is wrong with a `providerCallbackHost`. */
export function callbackHostProblem(value: unknown): string | undefined {
  const url = typeof value === 'string' ? parseUrl(`https://${value}`) : undefined;
  return url !== undefined && url.hostname === (value as string).toLowerCase()
    ? undefined
    : 'must be a bare host name, such as "pay.example.com": no scheme, port or path';
}
