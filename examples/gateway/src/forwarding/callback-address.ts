import { isIP } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/**
 * What is wrong with an address that results are to be forwarded to; undefined when nothing is. The URL is never quoted.
 * Names are looked at again, as the addresses they lead to, when the connection is made.
 */
export function callbackUrlProblem(value: unknown, arePrivateAllowed: boolean): string | undefined {
  if (typeof value !== 'string' || value.length > 2_048 || !URL.canParse(value)) return 'must be an absolute URL';
  const { protocol, hostname, username, password } = new URL(value);
  if (protocol !== 'https:' && protocol !== 'http:') return 'must be an https URL';
  if (protocol === 'http:' && !arePrivateAllowed) return 'must be an https URL';
  if (username !== '' || password !== '') return 'must not carry credentials';
  if (arePrivateAllowed) return undefined;
  const host = hostname.replace(/^\[|\]$/g, '');
  const isLocalName = /^(localhost|.+\.(localhost|local|internal|home\.arpa))\.?$/i.test(host) || !/[.:]/.test(host);
  if (isLocalName || (isIP(host) !== 0 && !isPublicAddress(host))) return 'must not lead to a private address';
  return undefined;
}
