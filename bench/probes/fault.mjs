// One fault with one library, in a process of its own: libraries keep state in their modules.
//   node probes/fault.mjs library fault

import { detourTo } from '../detour.mjs';
import { faults } from '../faults.mjs';
import { startMock } from '../mock.mjs';
import { newOrder, sell } from '../shop.mjs';

/** momo-collections waits 30 seconds for an answer unless told otherwise; the others have no limit to set. */
const timeoutMs = 1_000;
const patienceMs = 10_000;

const [name, title] = process.argv.slice(2);
const fault = faults[title];
const { open, offers = [] } = await import(`../libraries/${name}.mjs`);

async function measure() {
  if (fault.needs !== undefined && !offers.includes(fault.needs)) return { isMissing: true };
  const mock = await startMock({ merchants: fault.merchants ?? 1 });
  detourTo(mock.baseUrl);
  const openFor = ({ credentials, clientOptions }) =>
    open({ baseUrl: mock.baseUrl, credentials, clock: clientOptions().clock }, { timeoutMs });
  const { sandbox } = mock;
  const order = newOrder(fault.order);
  const world = { mock, sandbox, order, openFor, reopen: () => openFor(sandbox), side: openFor(sandbox) };
  await fault.arrange?.(world);
  const run = fault.run ?? (({ side }) => sell(side, order));
  let timer;
  const impatience = new Promise((resolve) => {
    timer = setTimeout(resolve, patienceMs, 'no answer');
  });
  const belief = await Promise.race([run(world), impatience]);
  clearTimeout(timer);
  // What is under way gets its time; then it counts who was paid for this very order.
  sandbox.advance(600_000);
  const [charges, elsewhere] = [fault.merchant ?? 0, 1 - (fault.merchant ?? 0)].map((merchant) => {
    const payments = mock.sandboxes[merchant]?.payments ?? [];
    return payments.filter(({ externalId, status }) => externalId === order.externalId && status === 'SUCCESSFUL')
      .length;
  });
  return { belief, charges, elsewhere };
}

console.log(JSON.stringify(await measure()));
process.exit();
