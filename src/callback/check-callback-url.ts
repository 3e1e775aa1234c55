import { callbackUrlProblems, isLoopback, parseUrl } from '../payment/urls.js';

/** What {@link checkCallbackUrl} may check against. */
export interface CheckCallbackUrlOptions {
  /** The host registered with MTN: a bare name, no scheme. */
  readonly providerCallbackHost?: string | undefined;
  /** MTN's environment, such as `mtnuganda`: sharpens the hints. */
  readonly targetEnvironment?: string | undefined;
}

/**
 * What keeps MTN from calling this address, as far as the text shows: scheme, host, port, credentials, fragment. It
 * asks no network: whether the certificate is by a CA that MTN takes is for the command line's `doctor`.
 *
 * @returns The problems, empty when there is none. They never quote the URL: its path may be a secret.
 * @example
 * ```ts
 * checkCallbackUrl('http://pay.example.com:8080/momo').problems;
 * // ['must be https: MTN does not call plain http', 'must use the default port: MTN calls port 443 only']
 * ```
 */
export function checkCallbackUrl(url: string, options: CheckCallbackUrlOptions = {}): { problems: string[] } {
  const { providerCallbackHost, targetEnvironment = 'sandbox' } = options;
  const problems = callbackUrlProblems(url, { providerCallbackHost });
  const parsed = parseUrl(url);
  if (parsed === undefined) return { problems };
  if (isLoopback(parsed)) {
    const caller = targetEnvironment === 'sandbox' ? 'only a sandbox server here' : 'nobody';
    problems.push(`must not be this machine: ${caller} can call it`);
  } else if (/^[^.:]+$|\.(local|internal)$/.test(parsed.hostname)) {
    problems.push('must be on a public host name');
  }
  if (parsed.hash !== '') problems.push('must have no fragment: it is never sent');
  return { problems };
}
