// A shop's program: asks for one payment, and ends with 0 when it is paid.
// Usage: node payer.mjs <phone> <amount> [externalId], with MTN_... in the environment

import { MomoCollections } from '../../dist/index.js';

const [payer = '', amount = '', externalId = 'order-1'] = process.argv.slice(2);
const client = MomoCollections.fromEnv(process.env);
const { state, payment } = await client.collect(
  { amount, currency: 'EUR', externalId, payer, payerMessage: 'Two tickets' },
  { onReference: (referenceId) => console.log(referenceId), schedule: { firstMs: 200, factor: 1, maxMs: 200 } },
);
console.log(payment?.reason?.code ?? state);
process.exitCode = state === 'successful' ? 0 : 1;
