// From an order to its payment and back: send, callback, check.

import { MomoCollections, MomoError, type PaymentStatus } from 'momo-collections';
import { createCallbackHandler, createCallbackUrl } from 'momo-collections/callback';
import type { Orders } from './orders.ts';
import { nextState, type Order } from './shop.ts';

export function createPayments(env: NodeJS.ProcessEnv, orders: Orders) {
  const client = MomoCollections.fromEnv(env);
  const { PUBLIC_URL: publicUrl = '', CALLBACK_SECRET: secret = '' } = env;
  if (!publicUrl || !secret) throw new Error('PUBLIC_URL and CALLBACK_SECRET are missing: see .env.development');

  /** Asks the phone for money. Called twice for one order it is still one payment: both send the same reference id. */
  async function send(order: Order): Promise<void> {
    const { id: externalId, referenceId, amount, currency, payer, createdAtMs } = order;
    const callbackUrl = await createCallbackUrl({
      baseUrl: `${publicUrl}/momo`,
      referenceId,
      secret,
      expiresAtMs: createdAtMs + 7 * 86_400_000,
    });
    const request = { amount, currency, externalId, payer, referenceId, callbackUrl };
    try {
      // Time enough to send again what got lost, and less than most proxies wait.
      await client.requestToPay(request, { deadlineMs: 45_000 });
      orders.move(order, 'pending');
    } catch (error) {
      // Perhaps it is ringing on the phone: a later check will tell.
      if (MomoError.is(error, 'outcome_unknown')) orders.move(order, 'pending');
      else if (MomoError.is(error, 'rejected')) orders.move(order, 'failed', error.reason?.code);
      // This call made no payment: the order stays `created`, and the customer may send it again.
      else console.error(`Order ${externalId} was not sent:`, error);
    }
  }

  /** Writes down what MTN's status read says. */
  function record(payment: PaymentStatus): void {
    const order = orders.findByReference(payment.referenceId);
    if (order === undefined) return;
    const state = nextState(order, payment);
    if (state === order.state || !orders.move(order, state, payment.reason?.code)) return;
    // Here, once per order: send the tickets, or tell a person of an `uncertain` one.
    console.log(`Order ${order.id} is ${state}`);
  }

  /** A callback is a hint: the handler reads the status at MTN and compares before it calls `record`. */
  const onCallback = createCallbackHandler({
    urlSecrets: secret,
    read: (referenceId) => client.getRequestToPay(referenceId),
    expected: (referenceId) => {
      const order = orders.findByReference(referenceId);
      return order && { ...order, externalId: order.id };
    },
    onSuccessful: record,
    onUnsuccessful: record,
    onUnconfirmed: ({ verdict, eventId }) => console.warn(`Callback not confirmed: ${verdict}, ${eventId}`),
  });

  /** Callbacks get lost, and processes restart: asks MTN. */
  async function check({ id, referenceId }: Order): Promise<void> {
    try {
      record(await client.getRequestToPay(referenceId));
    } catch (error) {
      // Unknown is not failed: the next check asks again.
      if (!MomoError.is(error, 'not_found')) console.error(`Order ${id} could not be read:`, error);
    }
  }

  /** Everything that is open; the client keeps to what MTN allows a second. */
  async function sweep(): Promise<void> {
    await Promise.all(orders.listOpen().map(check));
  }

  return { send, onCallback, check, sweep };
}
