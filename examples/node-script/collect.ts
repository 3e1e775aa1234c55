// Takes one payment and prints what came of it.
//
// Prerequisites: Node 22.18 or later (it runs TypeScript as it is) and `npm install momo-collections`. In a clone of this
// repository: `npm install && npm run build`, and `npx node` for `node`. No MTN account: it runs on a sandbox in memory.
//
//   node collect.ts                the payer approves
//   node collect.ts 46733123451    the payer refuses; 46733123452 lets it expire, 46733123454 takes a while
//
// For real money replace the sandbox by `MomoCollections.fromEnv(process.env)` and the EUR by your country's currency.

import { MomoCollections, MomoError, payerHint } from 'momo-collections';
import { createMomoSandbox, testNumbers } from 'momo-collections/testing';

const payer = process.argv[2] ?? testNumbers.requestToPay.successful;
const client = new MomoCollections(createMomoSandbox().clientOptions());

try {
  const result = await client.collect(
    { amount: '12.50', currency: 'EUR', externalId: 'order-17', payer },
    {
      // In a shop this writes to the database: whatever happens next, the payment can be found again.
      onReference: (referenceId) => console.log(`Asking for 12.50 EUR under ${referenceId}`),
      onUpdate: ({ status }) => console.log(`MTN says ${status}`),
    },
  );
  switch (result.state) {
    case 'successful':
      console.log(`Paid. MTN's transaction: ${result.payment.financialTransactionId}`);
      break;
    case 'failed':
    case 'expired': {
      const code = result.payment.reason?.code ?? 'unknown';
      console.log(`Not paid: ${result.state}, ${code}. To the payer: ${payerHint(code)}`);
      break;
    }
    case 'uncertain':
      console.log(`Not known (${result.why}). Poll ${result.referenceId} again later, and never charge again for it.`);
  }
} catch (error) {
  if (!MomoError.is(error)) throw error;
  console.error(`${error.code}: ${error.message}`);
  process.exitCode = 1;
}
