// The shop that all libraries serve, with one rule for all: an error that does not say "not paid for good" lets the
// payer press the button once more, as payers do.

const everyMs = 5_000;
/** As long as a payer has to approve, and a little more. */
const forMs = 360_000;

const beliefs = { SUCCESSFUL: 'paid', FAILED: 'not paid', REJECTED: 'not paid', TIMEOUT: 'not paid' };

/** Reads until the status is final; an error of a read is a reason to read again. */
export async function pollAtIntervals(clock, read) {
  for (let waitedMs = 0; waitedMs < forMs; waitedMs += everyMs) {
    const status = await read().catch(() => undefined);
    if (beliefs[status] !== undefined) return beliefs[status];
    await clock.sleep(everyMs);
  }
  return 'open';
}

/** An order that nobody has paid. */
export function newOrder(fields = {}) {
  return { amount: '12.50', currency: 'EUR', externalId: 'order-1', payer: '56733123453', note: 'Order 1', ...fields };
}

/** Takes a payment for an order, and gives what the shop believes at the end: paid, not paid, or open. */
export async function sell(side, order) {
  const first = await side.press(order);
  if (first !== 'again') return first;
  const second = await side.press(order);
  return second === 'again' ? 'not paid' : second;
}
