// @ts-check

/** @typedef {import('../view.js').Numbered<import('../view.js').PaymentView>} Payment */

/** @type {Readonly<Record<string, { title: string, noun: string }>>} */
const operations = {
  requestToPay: { title: 'Approve this payment?', noun: 'Payment' },
  requestToWithdraw: { title: 'Approve this withdrawal?', noun: 'Withdrawal' },
  createInvoice: { title: 'Pay this invoice?', noun: 'Invoice' },
  createPayment: { title: 'Approve this payment?', noun: 'Service payment' },
  createPreApproval: { title: 'Allow later payments without asking?', noun: 'Pre-approval' },
  authorizeConsent: { title: 'Share your details?', noun: 'Consent' },
};

/**
 * What the payer is asked, in words; an operation that this page has not heard of is called by its name.
 *
 * @param {string} operation
 */
export function wordsOf(operation) {
  return operations[operation] ?? { title: 'Approve this request?', noun: operation };
}

/** @param {Payment} payment */
export function isOpen({ status }) {
  return status === 'CREATED' || status === 'PENDING';
}

/** @param {Payment} payment */
export function amountOf({ amount, currency }) {
  // MTN gives back 12.50 as 12.5; on a phone it is 12.50 again.
  return amount === undefined ? '' : `${amount.replace(/\.\d$/, '$&0')} ${currency}`;
}

/**
 * What it is, in a few words: `12.50 EUR for order-1`.
 *
 * @param {Payment} payment
 */
export function nameOf(payment) {
  const what = amountOf(payment) || wordsOf(payment.operation).noun;
  return payment.externalId === '' ? what : `${what} for ${payment.externalId}`;
}

/**
 * How it ended, for the notice on the phone.
 *
 * @param {Payment} payment
 */
export function outcomeOf(payment) {
  const code = payment.reason?.code;
  if (payment.status === 'SUCCESSFUL') return `Approved: ${nameOf(payment)}`;
  if (code === 'APPROVAL_REJECTED') return `Refused: ${nameOf(payment)}`;
  if (code === 'EXPIRED') return `Expired: ${nameOf(payment)}`;
  return `Failed: ${nameOf(payment)} (${code ?? 'no reason'})`;
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** @param {number} atMs */
export function timeOf(atMs) {
  return clock.format(atMs);
}

/**
 * Minutes and seconds: `4:09`; of an invoice, which may wait for days, hours before them: `23:59:09`.
 *
 * @param {number} ms
 */
export function durationOf(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ count) => String(count).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const head = minutes < 60 ? `${minutes}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  return `${head}:${two(seconds % 60)}`;
}
