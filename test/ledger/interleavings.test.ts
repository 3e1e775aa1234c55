import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canTransition } from '../../src/index.js';
import { type LedgerEvent, memoryPaymentStore, PaymentLedger } from '../../src/ledger/index.js';
import { sqlitePaymentStore } from '../../src/ledger/sqlite.js';
import { createFakeMtn, createHandClock, hourMs, order } from './support.js';

/** What a process may be doing; several do so at once. */
const deeds = ['charge', 'sweep', 'deliver', 'resolve', 'next attempt', 'decide'] as const;

const stores = [
  ['memory', memoryPaymentStore],
  ['SQLite', () => sqlitePaymentStore(':memory:')],
] as const;

test.each(stores)(
  'however processes get in each other’s way on %s, the ledger ends where MTN does',
  async (_name, makeStore) => {
    const plan = fc.record({
      fate: fc.constantFrom('successful' as const, 'failed' as const, 'expired' as const),
      rounds: fc.array(fc.array(fc.constantFrom(...deeds), { minLength: 2, maxLength: 5 }), {
        minLength: 1,
        maxLength: 8,
      }),
      delays: fc.array(fc.nat(6), { minLength: 1, maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ fate, rounds, delays }) => {
        const clock = createHandClock();
        const mtn = createFakeMtn();
        const store = makeStore();
        const ledgers = [1, 2, 3].map(() => new PaymentLedger({ client: mtn, clock, store }));
        // Answers take as long as they like, and overtake each other.
        let turn = 0;
        const wait = async () => {
          for (let left = delays[turn++ % delays.length] ?? 0; left > 0; left--) await new Promise(setImmediate);
        };
        mtn.during = wait;
        const told: LedgerEvent[] = [];
        const [ledger] = ledgers as [PaymentLedger];
        const { id } = await ledger.charge(order);
        const act = async (deed: (typeof deeds)[number], by: PaymentLedger) => {
          await wait();
          if (deed === 'charge') await by.charge(order);
          if (deed === 'sweep') {
            clock.advance(31_000); // whoever still reads has outlived the lease
            await by.pollDue();
          }
          if (deed === 'deliver') await by.deliverEvents((event) => told.push(event));
          if (deed === 'decide') mtn.says(fate, id);
          if (deed === 'resolve')
            await by.resolve(id, { state: 'failed', by: 'Amina', note: 'tired of it' }).catch(() => {});
          if (deed === 'next attempt') await by.charge({ ...order, attempt: 2 }).catch(() => {});
        };
        for (const round of rounds) {
          await Promise.all(round.map((deed, index) => act(deed, ledgers[index % 3] as PaymentLedger)));
        }
        mtn.says(fate, id);
        for (let hour = 0; hour < 30; hour++) {
          clock.advance(hourMs);
          await ledger.pollDue();
          await ledger.deliverEvents((event) => told.push(event));
        }

        expect(await ledger.get(id)).toMatchObject({ state: fate, review: [] });
        expect((await ledger.receipt(id)) !== undefined).toBe(fate === 'successful');
        const audit = await ledger.audit(id);
        let state = 'created';
        for (const { from, to } of audit) {
          if (from === undefined || to === undefined) continue;
          expect([from, canTransition(from, to)]).toEqual([state, true]);
          state = to;
        }
        expect(state).toBe(fate);
        const own = told.filter(({ paymentId }) => paymentId === id);
        expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 1));
        expect(own.filter(({ type }) => type === `payment.${fate}`)).toHaveLength(1);
        expect(mtn.sends.filter(({ referenceId }) => referenceId === id)).toHaveLength(1);
        // A second attempt only after MTN's word against the first.
        if (fate === 'successful') expect(mtn.sends).toHaveLength(1);
      }),
      { numRuns: 150 },
    );
  },
  60_000,
);
