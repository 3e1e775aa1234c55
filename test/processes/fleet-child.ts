import { once } from 'node:events';
import { MomoCollections, type MomoCollectionsOptions } from '../../src/index.js';
import { type ChargeRequest, PaymentLedger } from '../../src/ledger/index.js';
import { openPlace, type StorePlace } from '../support/child-store.js';

/** One process of a shop: charges what it is told to, all at once, and sweeps until it is told to stop. */
export interface FleetTask {
  readonly place: StorePlace;
  readonly client: MomoCollectionsOptions;
  readonly orders: readonly ChargeRequest[];
}

const [task] = (await once(process, 'message')) as [FleetTask];
const { store, close } = openPlace(task.place);
const problems: string[] = [];
const ledger = new PaymentLedger({
  client: new MomoCollections(task.client),
  store,
  onEvent: (notice) => notice.type === 'problem' && problems.push(`${notice.action}: ${String(notice.error)}`),
});
process.send?.('ready');
// All begin together.
await once(process, 'message');
let isOver = false;
process.once('message', () => {
  isOver = true;
});
const charged = await Promise.all(task.orders.map((order) => ledger.charge(order)));
process.send?.({ ids: charged.map(({ id }) => id) });
while (!isOver) {
  await ledger.pollDue();
  await new Promise((resolve) => setTimeout(resolve, 50));
}
await close();
process.send?.({ problems });
process.disconnect();
