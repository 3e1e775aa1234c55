// mtn-momo as its README says: `requestToPay`, then `getTransaction` at intervals until it fails or succeeds. Where the
// README is silent, the shop is careful: an error of a read means failed only if it carries MTN's transaction.

import momo from 'mtn-momo';
import { pollAtIntervals } from '../shop.mjs';

export function open({ baseUrl, credentials: { subscriptionKey, apiUser, apiKey }, clock }) {
  const { Collections } = momo.create({ callbackHost: 'shop.example', baseUrl });
  const collections = Collections({ primaryKey: subscriptionKey, userId: apiUser, userSecret: apiKey });
  const send = ({ amount, currency, externalId, payer, note }) =>
    collections.requestToPay({
      amount,
      currency,
      externalId,
      payer: { partyIdType: momo.PayerType.MSISDN, partyId: payer },
      payerMessage: note,
      payeeNote: note,
    });
  const read = async (transactionId) => (await collections.getTransaction(transactionId)).status;
  return {
    send,
    read,
    async press(order) {
      let transactionId;
      try {
        transactionId = await send(order);
      } catch {
        return 'again';
      }
      return pollAtIntervals(clock, async () => {
        try {
          return await read(transactionId);
        } catch (error) {
          if (error.transaction !== undefined) return error.transaction.status;
          throw error;
        }
      });
    },
  };
}
