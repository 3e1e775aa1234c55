// momo-collections as its README says: `collect`, the reference id stored before anything is sent, and given again.

import { MomoCollections, MomoError } from '../../dist/index.js';

/** The others leave callbacks to the shop. */
export const offers = ['callbacks'];

const beliefs = { successful: 'paid', failed: 'not paid', expired: 'not paid', uncertain: 'open' };

export function open({ baseUrl, credentials, clock }, options = {}) {
  const client = new MomoCollections({ ...credentials, baseUrl, ...(clock && { clock }), ...options });
  const toRequest = ({ amount, currency, externalId, payer, note, referenceId }) => ({
    amount,
    currency,
    externalId,
    payer,
    payerMessage: note,
    payeeNote: note,
    ...(referenceId && { referenceId }),
  });
  return {
    send: async (order) => (await client.requestToPay(toRequest(order))).referenceId,
    read: async (referenceId) => (await client.getRequestToPay(referenceId)).status,
    readPayment: (referenceId) => client.getRequestToPay(referenceId),
    /** One press of the button: what the shop believes after it. `again` is an error that invites another press. */
    async press(order, { signal } = {}) {
      try {
        const onReference = (referenceId) => {
          order.referenceId = referenceId;
        };
        const { state } = await client.collect(toRequest(order), { onReference, ...(signal && { signal }) });
        return beliefs[state];
      } catch (error) {
        if (MomoError.is(error, 'outcome_unknown')) return 'open';
        return MomoError.is(error) && error.isRetryable ? 'again' : 'not paid';
      }
    },
  };
}
