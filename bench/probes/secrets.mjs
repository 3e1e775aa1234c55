// What a log shows when a shop prints the error of a broken connection: which secrets, and the payer's number.
//   node probes/secrets.mjs library

import { inspect } from 'node:util';
import { detourTo } from '../detour.mjs';
import { startMock } from '../mock.mjs';
import { newOrder, sell } from '../shop.mjs';

const [name] = process.argv.slice(2);
const mock = await startMock();
detourTo(mock.baseUrl);
const { open } = await import(`../libraries/${name}.mjs`);
const { sandbox } = mock;
const { credentials } = sandbox;
const order = newOrder();
const side = open({ baseUrl: mock.baseUrl, credentials, clock: sandbox.clientOptions().clock });
await sell(side, order);
sandbox.fault({ on: '*', times: Number.POSITIVE_INFINITY, drop: 'before' });
const error = await side.send(newOrder()).then(
  () => undefined,
  (reason) => reason,
);
if (error === undefined) throw new Error('The request went through.');
const printed = inspect(error);
const secrets = {
  'subscription key': credentials.subscriptionKey,
  'access token': 'Bearer ey',
  "payer's number": order.payer,
};
console.log(JSON.stringify(Object.keys(secrets).filter((kind) => printed.includes(secrets[kind]))));
process.exit();
