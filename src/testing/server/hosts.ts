import { isLoopback, parseUrl } from '../../payment/urls.js';

/** An address as it stands in a URL. */
export function toUrlHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Is this the machine itself? */
export function isLoopbackHost(host: string): boolean {
  const url = parseUrl(`http://${toUrlHost(host)}`);
  return url !== undefined && isLoopback(url);
}

/** Does the `Host` header, which has a port as a rule, name the machine itself? */
export function namesLoopback(header: string | undefined): boolean {
  const url = parseUrl(`http://${header ?? ''}`);
  return url !== undefined && url.host !== '' && isLoopback(url);
}
