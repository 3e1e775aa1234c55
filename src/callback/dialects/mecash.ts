import { compact } from '../../payment/compact.js';
import { decimalAt, type Fields, idAt, objectAt, textAt, toFields, valueAt } from '../fields.js';
import { invalidCallback } from '../invalid-callback.js';
import type { CallbackFees, PaymentCallback } from '../payment-callback.js';

function claimedState(event: string | undefined) {
  switch (event) {
    case 'collection.initiated':
      return 'submitted';
    case 'collection.completed':
      return 'successful';
    case 'collection.failed':
      return 'failed';
    default:
      return 'pending';
  }
}

function hasEvent(fields: Fields): boolean {
  return typeof valueAt(fields, 'event') === 'string';
}

/** What is there to look at, without refusing what is not: the body may be somebody else's. */
function inside(fields: Fields | undefined, key: string): Fields | undefined {
  return fields && toFields(valueAt(fields, key), `${fields.path}${key}.`);
}

/**
 * The event of a meCash body: at the top, or in the envelope of their event-log API, whose own `state` and `response`
 * describe delivery only.
 *
 * @internal
 */
export function meCashEvent(fields: Fields): Fields | undefined {
  if (hasEvent(fields)) return fields;
  const payload = inside(inside(fields, 'data'), 'payload');
  return payload && hasEvent(payload) ? payload : undefined;
}

function instantAt(fields: Fields, key: string): string | undefined {
  const text = textAt(fields, key);
  // A time that we cannot read is no reason to lose a payment's callback: `raw` has it.
  return text && /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(Z|[+-][\d:]+)?$/.test(text) ? text : undefined;
}

/** @internal */
export function readMeCash(body: Fields): Omit<PaymentCallback, 'raw'> {
  const inner = meCashEvent(body) ?? body;
  const event = textAt(inner, 'event');
  const data = objectAt(inner, 'data') ?? { at: {}, path: '' };
  const claimedStatus = textAt(data, 'state') ?? event;
  if (claimedStatus === undefined) throw invalidCallback('is missing', 'data.state');
  const payer = objectAt(data, 'source');
  const partyId = payer && idAt(payer, 'accountNumber');
  const fee = objectAt(data, 'fee');
  const outer = inside(body, 'data');
  return compact<Omit<PaymentCallback, 'raw'>>({
    source: 'mecash',
    claimedStatus,
    claimedState: claimedState(event),
    externalId: idAt(data, 'referenceNumber'),
    amount: decimalAt(data, 'amount'),
    payer: partyId === undefined ? undefined : { partyIdType: 'MSISDN', partyId },
    event,
    mode: textAt(inner, 'mode') ?? (outer && textAt(outer, 'mode')) ?? textAt(body, 'mode'),
    fees:
      fee &&
      compact<CallbackFees>({
        vat: decimalAt(fee, 'vat', true),
        stampDuty: decimalAt(fee, 'stampDuty', true),
        base: decimalAt(fee, 'base', true),
      }),
    occurredAt: instantAt(data, 'processed') ?? instantAt(data, 'created'),
  });
}
