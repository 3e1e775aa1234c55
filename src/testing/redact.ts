import { maskDigits, maskMsisdn } from '../payment/mask.js';
import { parseUrl } from '../payment/urls.js';

// Also those that MTN does not know: whoever writes a header wrong sends its secret all the same.
const secretHeaders = /authorization|cookie|password|secret|token|(subscription|api)-?key/i;
const secretFields =
  /^(api_?key|authorization|password|secret|subscription-?key|access_token|refresh_token|auth_req_id|client_notification_token|login_hint|scope_instruction)$/i;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A phone number or an address; a party code is a UUID, which is nobody's. */
export function maskParty(partyId: string): string {
  return uuid.test(partyId) ? partyId : maskMsisdn(partyId);
}

/** Headers as they may be kept: no credential, no signed callback URL, no phone number. */
export function redactHeaders(headers: Headers): Record<string, string> {
  const redacted: Record<string, string> = {};
  headers.forEach((value, name) => {
    if (secretHeaders.test(name)) redacted[name] = '***';
    else if (name === 'x-callback-url') redacted[name] = `${parseUrl(value)?.origin ?? ''}/***`;
    else redacted[name] = maskDigits(value);
  });
  return redacted;
}

/** A path as it may be kept; e-mail addresses stand in paths too. */
export function redactPath(pathname: string): string {
  let path = pathname;
  try {
    path = decodeURIComponent(pathname); // %34%36 is a phone number as well
  } catch {}
  return maskDigits(path).replace(/[^/]*@[^/]*/g, maskMsisdn);
}

function redactValue(value: unknown, field: string): unknown {
  if (secretFields.test(field)) return '***';
  if (typeof value === 'string') return field === 'partyId' ? maskParty(value) : maskDigits(value);
  if (typeof value === 'number') {
    const masked = field === 'partyId' ? maskMsisdn(String(value)) : maskDigits(String(value));
    return masked === String(value) ? value : masked;
  }
  if (Array.isArray(value)) return value.map((item) => redactValue(item, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [maskDigits(name), redactValue(inner, name)]));
}

/** A body as it may be kept: parsed when it is JSON or a form. */
export function redactBody(contentType: string | null, body: string): unknown {
  if (body === '') return undefined;
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType ?? '')) {
    return redactValue(Object.fromEntries(new URLSearchParams(body)), '');
  }
  try {
    return redactValue(JSON.parse(body), '');
  } catch {
    return maskDigits(body);
  }
}
