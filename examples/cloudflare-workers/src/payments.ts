// From an order to its payment and back: send, read, callback.

import {
  keyValueTokenStore,
  MomoCollections,
  MomoError,
  type PaymentStatus,
  type PollObservation,
} from 'momo-collections';
import { createCallbackHandler, createCallbackUrl } from 'momo-collections/callback';
import type { Bindings } from './bindings.ts';
import type { Order } from './shop.ts';

export function createPayments(env: Bindings) {
  // Access tokens outlive this instance, and are shared with the others.
  const client = MomoCollections.fromEnv(env, { tokenStore: keyValueTokenStore(env.TOKENS) });

  /**
   * Asks the phone for money, and says where that leaves the order. Called twice for one order it is still one payment:
   * both send the same reference id.
   */
  async function send(order: Order): Promise<Pick<Order, 'state' | 'reason'>> {
    const { id: externalId, referenceId, amount, currency, payer, createdAtMs } = order;
    const callbackUrl = await createCallbackUrl({
      baseUrl: `${env.PUBLIC_URL}/momo/${externalId}`,
      referenceId,
      secret: env.CALLBACK_SECRET,
      expiresAtMs: createdAtMs + 7 * 86_400_000,
    });
    const request = { amount, currency, externalId, payer, referenceId, callbackUrl };
    try {
      // Time enough to send again what got lost, and less than most browsers wait.
      await client.requestToPay(request, { deadlineMs: 45_000 });
      return { state: 'pending', reason: null };
    } catch (error) {
      // Perhaps it is ringing on the phone: the alarm will tell.
      if (MomoError.is(error, 'outcome_unknown')) return { state: 'pending', reason: null };
      if (MomoError.is(error, 'rejected')) return { state: 'failed', reason: error.reason?.code ?? null };
      // This call made no payment: the order stays as it is, and the customer may send it again.
      console.error(`Order ${externalId} was not sent: ${error}`);
      return order;
    }
  }

  /** One status read, as `pollStep` takes it. Unknown is not failed: whatever goes wrong, it is asked again. */
  async function observe({ id, referenceId }: Order): Promise<PollObservation<PaymentStatus>> {
    try {
      return { kind: 'status', payment: await client.getRequestToPay(referenceId) };
    } catch (error) {
      if (MomoError.is(error, 'not_found')) return { kind: 'not-found' };
      console.error(`Order ${id} could not be read: ${error}`);
      return { kind: 'busy' };
    }
  }

  /** A callback is a hint: the handler reads the status at MTN and compares before it calls `record`. */
  function createOnCallback(find: () => Order | undefined, record: (payment: PaymentStatus) => void) {
    return createCallbackHandler({
      urlSecrets: env.CALLBACK_SECRET,
      read: (referenceId) => client.getRequestToPay(referenceId),
      expected: (referenceId) => {
        const order = find();
        return order?.referenceId === referenceId ? { ...order, externalId: order.id } : undefined;
      },
      onSuccessful: record,
      onUnsuccessful: record,
      onUnconfirmed: ({ verdict, eventId }) => console.warn(`Callback not confirmed: ${verdict}, ${eventId}`),
    });
  }

  return { send, observe, createOnCallback };
}
