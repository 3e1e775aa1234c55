/** Codes of faults that come before the first byte of a request: no such name, nobody listening, no connection in time. */
const unsentCodes =
  /^(ENOTFOUND|EAI_AGAIN|EAI_NODATA|EAI_NONAME|EAI_FAIL|ECONNREFUSED|ConnectionRefused|UND_ERR_CONNECT_TIMEOUT)$/;
/** These may also end a connection that was up; only from the connect call itself do they prove that nothing left. */
const unsentWhenConnecting = /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;
const certificateCodes =
  /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_VERIFY_LEAF|UNABLE_TO_GET_ISSUER)/;
/** A fault of a connection that was up; whatever else the chain says, bytes may have left. */
const sentCodes = /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_(SOCKET|HEADERS_TIMEOUT|BODY_TIMEOUT|RES_.*))$/;

interface Link {
  readonly code: string;
  readonly isConnecting: boolean;
}

/** The real code lies levels down in `cause`, or side by side in an `AggregateError` (one per address tried). */
function linksOf(error: unknown, depth = 0): Link[] {
  if (typeof error !== 'object' || error === null || depth > 8) return [];
  const { code, syscall, cause, errors } = error as Record<string, unknown>;
  const own = typeof code === 'string' ? [{ code, isConnecting: syscall === 'connect' }] : [];
  const beside = Array.isArray(errors) ? errors.slice(0, 16) : [];
  return [...own, ...[cause, ...beside].flatMap((inner) => linksOf(inner, depth + 1))];
}

/** Did a request that failed on the network leave at all? In doubt: maybe. */
export function deliveryOf(error: unknown): { sent: 'never' | 'maybe'; isCertificate: boolean; label: string } {
  const links = linksOf(error);
  const isCertificate = links.some(({ code }) => certificateCodes.test(code));
  const isUnsent =
    isCertificate ||
    links.some(({ code, isConnecting }) => unsentCodes.test(code) || (isConnecting && unsentWhenConnecting.test(code)));
  const mayHaveLeft = links.some(({ code }) => sentCodes.test(code));
  const label = links.map(({ code }) => code).find((code) => /^[A-Za-z0-9_]{1,60}$/.test(code)) ?? 'network';
  return { sent: isUnsent && !mayHaveLeft ? 'never' : 'maybe', isCertificate: isCertificate && !mayHaveLeft, label };
}
