// A till that forgets nothing: node till.ts <order> <amount> <currency> <phone number>, or without anything for three orders.
//
// Stop it at any point and run it again: every order is charged once, and what was open is finished. The payments are in
// payments.db. The MTN_… variables say where the money goes; `npm start` sets them to a sandbox on this machine.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { MomoCollections, payerHint } from 'momo-collections';
import { toNodeHandler } from 'momo-collections/callback';
import { exportTransactions, type LedgerEvent, PaymentLedger } from 'momo-collections/ledger';
import { sqlitePaymentStore } from 'momo-collections/ledger/sqlite';

const [order, amount = '12.50', currency = 'EUR', payer = '256772123456'] = process.argv.slice(2);
const orders = order
  ? [{ externalId: order, amount, currency, payer }]
  : [
      { externalId: 'order-1', amount, currency, payer }, // approves
      { externalId: 'order-2', amount, currency, payer: '46733123451' }, // refuses
      { externalId: 'order-3', amount, currency, payer: '46733123452' }, // lets the time pass
    ];

// MTN calls here. In production this is your public https server, and the secret is in your secret store.
const server = createServer((request, response) => onCallback(request, response)).listen(
  Number(process.env.PORT ?? 0),
  '127.0.0.1',
);
await once(server, 'listening');
const { port } = server.address() as AddressInfo;

const store = sqlitePaymentStore(process.env.PAYMENTS_DB ?? 'payments.db');
const ledger = new PaymentLedger({
  client: MomoCollections.fromEnv(process.env),
  store,
  callbackUrl: process.env.CALLBACK_URL ?? `http://127.0.0.1:${port}/momo`,
  callbackSecrets: process.env.CALLBACK_SECRET ?? 'only for a till on your own machine',
  organisation: { name: 'Corner Books', contact: 'pay@books.example' },
});
const onCallback = toNodeHandler(ledger.handleCallback);

/** What the shop does about it. It may hear of an event twice: keep its id with the effect. */
async function onEvent({ type, payment, review }: LedgerEvent): Promise<void> {
  const { id, externalId, reason } = payment;
  if (type === 'payment.successful') {
    const receipt = await ledger.receipt(id);
    console.log(
      `${externalId}: paid. Receipt ${receipt?.number}, MTN's transaction ${receipt?.financialTransactionId}`,
    );
  } else if (type === 'payment.failed' || type === 'payment.expired') {
    console.log(`${externalId}: ${payment.state}. To the payer: ${payerHint(reason?.code ?? '')}`);
  } else if (type === 'payment.review') {
    console.log(`${externalId}: somebody has to look at it (${review?.reason})`);
  }
}

async function isOpen(): Promise<boolean> {
  for await (const _ of ledger.list({ states: ['created', 'submitted', 'pending'] })) return true;
  return false;
}

for (const wanted of orders) {
  const { id, state } = await ledger.charge(wanted);
  console.log(`${wanted.externalId}: ${state}, under ${id}`);
}
do {
  await ledger.pollDue();
  await ledger.deliverEvents(onEvent);
  await sleep(250);
} while (await isOpen());
await ledger.deliverEvents(onEvent);

console.log('\nAll there is, as a report:');
for await (const text of exportTransactions(ledger.list())) process.stdout.write(text);

server.close();
server.closeAllConnections();
await store.close();
