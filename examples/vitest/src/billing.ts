// The code under test: charges the bills of a club. It makes its own client, as code in production does.

import { MomoCollections, type MomoCollectionsOptions } from 'momo-collections';

export interface Bill {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
  readonly payer: string;
}

export type BillState = 'open' | 'paid' | 'unpaid' | 'to be looked at';

/** Where bills are kept. In production a table with these columns. */
export interface BillStore {
  /** The bill's one reference id: this one if it has none yet. Atomic: two callers get the same. */
  referenceOf(billId: string, ifNone: string): Promise<string>;
  setState(billId: string, state: BillState): Promise<void>;
}

export function createBilling(store: BillStore, options: Partial<MomoCollectionsOptions> = {}) {
  const client = MomoCollections.fromEnv(process.env, options);

  /** Charges a bill, and waits for the outcome. Called again for a bill that is open, it goes on with the same payment. */
  async function charge({ id, amount, currency, payer }: Bill): Promise<BillState> {
    const referenceId = await store.referenceOf(id, crypto.randomUUID());
    const result = await client.collect({ amount, currency, payer, externalId: id, referenceId });
    const state = stateOf(result);
    await store.setState(id, state);
    return state;
  }

  return { charge };
}

type Outcome = Awaited<ReturnType<MomoCollections['collect']>>;

function stateOf(result: Outcome): BillState {
  if (result.state === 'successful') return 'paid';
  if (result.state !== 'uncertain') return 'unpaid';
  // Unknown is not failed: the bill stays open, under the same reference id.
  return result.why === 'mismatch' ? 'to be looked at' : 'open';
}
