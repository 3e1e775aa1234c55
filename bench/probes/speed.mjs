// Payments one after another with a token at hand, each a request and a read of its status: times and CPU.
//   node probes/speed.mjs library '{ "baseUrl": …, "credentials": … }' count

import { detourTo } from '../detour.mjs';
import { newOrder } from '../shop.mjs';

const warmUps = 300;
const [name, account, count] = process.argv.slice(2);
const { baseUrl, credentials } = JSON.parse(account);
detourTo(baseUrl);
const { open } = await import(`../libraries/${name}.mjs`);
// MTN allows 10 reads a second, and momo-collections keeps to it; not so here, or it would be that which is measured.
const side = open({ baseUrl, credentials }, { maxStatusReadsPerSecond: Number.POSITIVE_INFINITY });

async function pay(index) {
  const status = await side.read(await side.send(newOrder({ externalId: `order-${index}` })));
  if (status !== 'SUCCESSFUL') throw new Error(`${name}: the status is ${status}.`);
}

for (let index = 0; index < warmUps; index += 1) await pay(index);
const timesMs = [];
const cpuBefore = process.cpuUsage();
for (let index = 0; index < Number(count); index += 1) {
  const startedAtMs = performance.now();
  await pay(index);
  timesMs.push(performance.now() - startedAtMs);
}
const { user, system } = process.cpuUsage(cpuBefore);
timesMs.sort((left, right) => left - right);
const quantile = (share) => timesMs[Math.floor(timesMs.length * share)];
console.log(
  JSON.stringify({ p50Ms: quantile(0.5), p95Ms: quantile(0.95), cpuMs: (user + system) / 1_000 / timesMs.length }),
);
process.exit();
