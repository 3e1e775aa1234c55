/** A JSON body. `undefined` in an override leaves the field out. */
export type CallbackBody = { [field: string]: unknown };

const payer = () => ({ partyIdType: 'MSISDN', partyId: '46733123453' });

/** MTN's capture of a request to pay; withdrawals look the same. */
function requestToPay(): CallbackBody {
  return {
    externalId: 'order-7',
    amount: '150',
    currency: 'EUR',
    payer: payer(),
    payeeNote: 'order-7',
    status: 'SUCCESSFUL',
    financialTransactionId: '1943071845',
  };
}

function invoice(): CallbackBody {
  return {
    referenceId: '8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11',
    externalId: 'order-7',
    amount: '150',
    currency: 'EUR',
    status: 'SUCCESSFUL',
    paymentReference: '1943071845',
    invoiceId: '3317',
    expiryDateTime: '2026-09-10T17:36:25.698',
    payeeFirstName: 'Sand',
    payeeLastName: 'Box',
    intendedPayer: payer(),
    description: 'order-7',
  };
}

function payment(): CallbackBody {
  return {
    referenceId: '8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11',
    status: 'SUCCESSFUL',
    financialTransactionId: '1943071845',
  };
}

function preApproval(): CallbackBody {
  return {
    payer: payer(),
    payerCurrency: 'EUR',
    payerMessage: 'subscription',
    status: 'SUCCESSFUL',
    expirationDateTime: 1_790_000_000,
  };
}

function momoProxy(): CallbackBody {
  return { referenceId: '8e5c5a36-2f6e-4c3e-9b55-0a8a5e0b5a11', ...requestToPay() };
}

function meCash(): CallbackBody {
  return {
    event: 'collection.completed',
    data: {
      id: 'col_01J7Z8',
      referenceNumber: 'order-7',
      amount: '150.00',
      settlementAmount: '147.75',
      type: 'FUNDING',
      state: 'COMPLETED',
      paymentMethod: 'MOBILE_MONEY',
      destination: null,
      source: { bankName: 'MTN', accountName: 'Sand Box', accountNumber: '46*******53', provider: 'MTN' },
      fee: { vat: '0.25', stampDuty: '0.00', base: '2.00' },
      created: '2026-09-10T17:36:25.698123456Z',
      processed: '2026-09-10T17:36:41.012345678Z',
    },
  };
}

function meCashEventLog(): CallbackBody {
  return {
    status: 'success',
    data: {
      id: 'evt_01J7Z9',
      mode: 'LIVE',
      state: 'DELIVERED',
      response: '{"received":true}',
      payload: meCash(),
    },
  };
}

/** What a forged body may be a body of. */
export type CallbackShape =
  | 'request-to-pay'
  | 'withdraw'
  | 'invoice'
  | 'payment'
  | 'pre-approval'
  | 'momo-proxy'
  | 'mecash'
  | 'mecash-event-log';

const bodies: { readonly [shape in CallbackShape]: () => CallbackBody } = {
  'request-to-pay': requestToPay,
  withdraw: requestToPay,
  invoice,
  payment,
  'pre-approval': preApproval,
  'momo-proxy': momoProxy,
  mecash: meCash,
  'mecash-event-log': meCashEventLog,
};

/**
 * A callback's body in the shape of one sender and product: successful, 150 EUR, order-7, unless you say otherwise.
 *
 * @param shape - Whose body, of which product.
 * @param overrides - Top-level fields to set; `undefined` leaves a field out.
 * @example
 * ```ts
 * forgeCallbackBody('request-to-pay', { status: 'FAILED', reason: 'APPROVAL_REJECTED', financialTransactionId: undefined });
 * ```
 */
export function forgeCallbackBody(shape: CallbackShape, overrides: CallbackBody = {}): CallbackBody {
  const body = { ...bodies[shape](), ...overrides };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
}
