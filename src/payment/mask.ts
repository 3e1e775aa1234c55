/**
 * Masks a phone number to its last three digits, for logs and receipts.
 *
 * @example
 * ```ts
 * maskMsisdn('46733123450'); // '********450'
 * ```
 */
export function maskMsisdn(msisdn: string): string {
  return (msisdn.length > 3 ? msisdn.slice(-3) : '').padStart(msisdn.length, '*');
}

/**
 * Masks every run of 8 or more digits in a text of MTN's to its last three. UUIDs stay whole: they are ours, and the
 * only way to find a payment again.
 *
 * @internal
 */
export function maskDigits(text: string): string {
  return text.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\p{Nd}{8,}/giu, (match) =>
    match.includes('-') ? match : maskMsisdn(match),
  );
}
