// mtn-momo-client as its README says: `createCollectionAPI`, `requestToPay`, and the status by its reference id. The
// README has no loop; the shop reads at intervals, and takes an error of a read for a reason to read again.

import { createCollectionAPI, PartyIDVariant, TargetEnvironment } from 'mtn-momo-client';
import { pollAtIntervals } from '../shop.mjs';

export function open({ credentials: { subscriptionKey, apiUser, apiKey }, clock }) {
  const collectionAPI = createCollectionAPI({
    subscriptionKey,
    userId: apiUser,
    apiKey,
    targetEnvironment: TargetEnvironment.Sandbox,
  });
  const send = async ({ amount, currency, externalId, payer, note }) => {
    const { referenceId } = await collectionAPI.requestToPay({
      amount,
      currency,
      externalId,
      payer: { partyIdType: PartyIDVariant.MSISDN, partyId: payer },
      payerMessage: note,
      payeeNote: note,
    });
    return referenceId;
  };
  const read = async (referenceId) => (await collectionAPI.requestToPayTransactionStatus({ referenceId })).status;
  return {
    send,
    read,
    async press(order) {
      let referenceId;
      try {
        referenceId = await send(order);
      } catch {
        return 'again';
      }
      return pollAtIntervals(clock, () => read(referenceId));
    },
  };
}
