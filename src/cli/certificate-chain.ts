import { X509Certificate } from 'node:crypto';
import { connect, type PeerCertificate } from 'node:tls';
import { type ApprovedCallbackCa, approvedCallbackCas } from './data/approved-callback-cas.js';

/** What an address's certificate chain means for MTN's callbacks. */
export type CertificateChainVerdict =
  | {
      readonly verdict: 'approved';
      /** The authority on MTN's list. */
      readonly authority: ApprovedCallbackCa;
      /** False when only an authority further up is listed: MTN asks for the issuing one, so this may not do. */
      readonly isDirectIssuer: boolean;
      readonly chain: readonly string[];
    }
  | { readonly verdict: 'not-approved'; readonly chain: readonly string[] }
  | { readonly verdict: 'unreachable' /** Node's code, such as `ECONNREFUSED`. */; readonly code: string };

/** Where to look. */
export interface CertificateChainOptions {
  readonly host: string;
  /** Default: 443. */
  readonly port?: number;
  /** For SNI. Default: the host. */
  readonly servername?: string;
  /** Default: 10 000. */
  readonly timeoutMs?: number;
  /** Default: MTN's list. */
  readonly authorities?: readonly ApprovedCallbackCa[];
}

type Name = readonly string[];

/** A subject as a sorted list of `KEY=value`: writers differ in order, in quotes and in spaces. */
function toName(pairs: readonly (readonly [string, string])[]): Name {
  return pairs.map(([key, value]) => `${key.trim().toUpperCase()}=${value.trim()}`).sort();
}

/** `CN=E7, O=Let's Encrypt, C=US`, with quotes round a value that holds a comma. */
function parseListed(subject: string): Name {
  const pairs = [...subject.matchAll(/([A-Za-z]+)=("[^"]*"|[^,]*)(?:,|$)/g)];
  return toName(pairs.map(([, key = '', value = '']) => [key, value.replace(/^"|"$/g, '')] as const));
}

/** Node's form, one `KEY=value` a line, special characters escaped by a backslash. */
function parseNode(subject: string): Name {
  return toName(
    subject.split('\n').map((line) => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1).replace(/\\(.)/g, '$1')] as const;
    }),
  );
}

const isSame = (a: Name, b: Name) => a.length === b.length && a.every((part, index) => part === b[index]);

/** The issuers from the server's own certificate upwards, as Node writes names. */
function issuers(certificate: PeerCertificate): string[] {
  const found: string[] = [];
  let current: unknown = certificate;
  const seen = new Set<string>();
  while (typeof current === 'object' && current !== null && 'raw' in current) {
    const x509 = new X509Certificate(current.raw as Buffer);
    if (seen.has(x509.fingerprint256)) break; // a root is its own issuer
    seen.add(x509.fingerprint256);
    found.push(x509.issuer);
    current = (current as { issuerCertificate?: unknown }).issuerCertificate;
  }
  return [...new Set(found)];
}

/**
 * Connects to an address as MTN would and looks whether its certificate is issued by an authority on MTN's list, as far
 * as names show. Whether the chain is valid is not judged: any HTTPS client tells that.
 *
 * @example
 * ```ts
 * const result = await checkCertificateChain({ host: 'pay.example.com' });
 * if (result.verdict === 'not-approved') console.log('MTN may not call this host.', result.chain);
 * ```
 */
export async function checkCertificateChain(options: CertificateChainOptions): Promise<CertificateChainVerdict> {
  const { host, port = 443, servername = host, timeoutMs = 10_000, authorities = approvedCallbackCas } = options;
  let certificate: PeerCertificate;
  try {
    certificate = await peerCertificate({ host, port, servername, timeoutMs });
  } catch (error) {
    return { verdict: 'unreachable', code: String((error as { code?: unknown }).code ?? 'UNKNOWN') };
  }
  const names = issuers(certificate);
  const chain = names.map((name) => parseNode(name).join(', '));
  const listed = authorities.map((authority) => ({ authority, name: parseListed(authority.subject) }));
  for (const [index, issuer] of names.entries()) {
    const name = parseNode(issuer);
    const match = listed.find((candidate) => isSame(candidate.name, name));
    if (match) return { verdict: 'approved', authority: match.authority, isDirectIssuer: index === 0, chain };
  }
  return { verdict: 'not-approved', chain };
}

function peerCertificate(options: { host: string; port: number; servername: string; timeoutMs: number }) {
  const { host, port, timeoutMs } = options;
  // An IP address may not stand in SNI.
  const servername = /^[\d.]+$|:/.test(options.servername) ? undefined : options.servername;
  return new Promise<PeerCertificate>((resolve, reject) => {
    const socket = connect({
      host,
      port,
      ...(servername === undefined ? {} : { servername }),
      rejectUnauthorized: false, // the chain is looked at, nothing is sent or believed
    });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('Timed out.'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    socket.once('secureConnect', () => {
      clearTimeout(timer);
      resolve(socket.getPeerCertificate(true));
      socket.destroy();
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('close', () => {
      clearTimeout(timer);
      reject(Object.assign(new Error('Closed.'), { code: 'ECONNRESET' })); // without effect once settled
    });
  });
}
