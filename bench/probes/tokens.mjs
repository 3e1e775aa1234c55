// So many requests for payment at once, by a library that has no token yet: how many went through.
//   node probes/tokens.mjs library '{ "baseUrl": …, "credentials": … }' count

import { detourTo } from '../detour.mjs';
import { newOrder } from '../shop.mjs';

const [name, account, count] = process.argv.slice(2);
const { baseUrl, credentials } = JSON.parse(account);
detourTo(baseUrl);
const { open } = await import(`../libraries/${name}.mjs`);
const side = open({ baseUrl, credentials });
const orders = Array.from({ length: Number(count) }, (_, index) => newOrder({ externalId: `order-${index}` }));
const results = await Promise.allSettled(orders.map((order) => side.send(order)));
const failures = results.filter(({ status }) => status === 'rejected').map(({ reason }) => String(reason));
console.log(JSON.stringify({ sent: results.length - failures.length, failures: [...new Set(failures)] }));
process.exit();
