/** Faults from before the first byte: no such name, nobody listening, no connection in time. */
const unsent = /^(ENOTFOUND|EAI_\w+|ECONNREFUSED|ConnectionRefused|UND_ERR_CONNECT_TIMEOUT)$/;
/** These may also end a connection that was up; only from the connect call itself do they prove that nothing left. */
const unsentWhenConnecting = /^(ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;
const certificate = /^(CERT_|ERR_TLS_CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;
/** Faults of a connection that was up: whatever else the chain says, bytes may have left. */
const maybeSent = /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_(SOCKET|HEADERS|BODY|RES)\w*)$/;

/** The real code lies levels down in `cause`, or side by side in an `AggregateError` (one per address tried). */
function codesOf(error: unknown): string[] {
  const links = new Set([error]);
  const codes: string[] = [];
  // The set grows while it is walked; what is in it already (a cause of itself) is not walked again.
  for (const link of links) {
    const { code, syscall, cause, errors } = Object(link) as Record<string, unknown>;
    if (typeof code === 'string') {
      codes.push(syscall === 'connect' && unsentWhenConnecting.test(code) ? 'ECONNREFUSED' : code);
    }
    for (const inner of [cause, ...(Array.isArray(errors) ? errors : [])])
      if (inner && links.size < 100) links.add(inner);
  }
  return codes;
}

/** Did a request that failed on the network leave at all? In doubt it did. */
export function deliveryOf(error: unknown): { isUnsent: boolean; isCertificate: boolean; label: string } {
  const codes = codesOf(error);
  const some = (pattern: RegExp) => codes.some((code) => pattern.test(code));
  const isCertificate = some(certificate) && !some(maybeSent);
  const isUnsent = isCertificate || (some(unsent) && !some(maybeSent));
  return { isUnsent, isCertificate, label: codes.find((code) => /^\w{1,60}$/.test(code)) ?? 'network' };
}
