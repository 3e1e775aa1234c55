import { lookup } from 'node:dns/promises';
import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/** What came of one try. */
export interface Attempt {
  readonly isDelivered: boolean;
  /** `delivered`, `http-503`, `private-address`, `timeout`, or the code of what failed: never the URL. */
  readonly outcome: string;
  readonly httpStatus?: number;
}

/** Everything an address name leads to. Passed in, so that a test can rebind. */
export type Resolve = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

/** How results are sent out. */
export interface SendOptions {
  readonly arePrivateAllowed: boolean;
  readonly timeoutMs: number;
  readonly resolve?: Resolve;
}

class PrivateAddress extends Error {
  readonly code = 'private-address';
}

const resolveAll: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

/**
 * The look-up of the connection itself: what was checked is what is connected to, so that a name cannot lead elsewhere
 * a moment later. One private address among several is enough to refuse.
 */
function guardedLookup({ arePrivateAllowed, resolve = resolveAll }: SendOptions): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return callback(Object.assign(new Error('No address'), { code: 'ENOTFOUND' }), '', 0);
        if (!arePrivateAllowed && !addresses.every(({ address }) => isPublicAddress(address))) {
          return callback(new PrivateAddress('private address'), '', 0);
        }
        if (options.all) return callback(null, [...addresses]);
        callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, '', 0),
    );
  };
}

function open(url: URL, headers: Record<string, string | number>, options: SendOptions): ClientRequest {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // A literal address is connected to without any look-up.
  if (isIP(host) !== 0 && !options.arePrivateAllowed && !isPublicAddress(host))
    throw new PrivateAddress('private address');
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  // No agent: no connection that an earlier look-up opened is used again. No client of node:http follows a redirect.
  return request(url, { method: 'POST', headers, agent: false, lookup: guardedLookup(options) });
}

/** Sends a body once. Never rejects. */
export function send(
  url: string,
  body: string,
  headers: Record<string, string>,
  options: SendOptions,
): Promise<Attempt> {
  return new Promise((settle) => {
    let request: ClientRequest | undefined;
    const fail = (error: { code?: unknown; name?: unknown }) =>
      settle({ isDelivered: false, outcome: String(error.code ?? error.name) });
    const timer = setTimeout(() => {
      fail({ code: 'timeout' });
      request?.destroy();
    }, options.timeoutMs);
    try {
      const bytes = Buffer.from(body, 'utf8');
      const all = { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.byteLength, ...headers };
      request = open(new URL(url), all, options);
      request.on('error', fail);
      request.on('close', () => clearTimeout(timer));
      // Too late for one that was answered. To switch protocols is neither an answer nor an error to node:http.
      request.on('close', () => fail({ code: 'closed' }));
      request.on('response', (response) => {
        const httpStatus = response.statusCode ?? 0;
        const isDelivered = httpStatus >= 200 && httpStatus < 300;
        // The status has said it; what else comes is let go, until the time is over.
        response.resume();
        settle({ isDelivered, outcome: isDelivered ? 'delivered' : `http-${httpStatus}`, httpStatus });
      });
      request.end(bytes);
    } catch (error) {
      clearTimeout(timer);
      fail(error as Error);
    }
  });
}
