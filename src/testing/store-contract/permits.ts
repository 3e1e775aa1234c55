import type { PaymentStore } from '../../ledger/store.js';
import { expectSame, expectTrue } from './expect.js';
import { startMs, times } from './samples.js';
import type { ContractCase } from './types.js';

const heldForMs = 20_000;

/** Takes permits one after the other. */
async function take(store: PaymentStore, count: number, nowMs: number, heldUntilMs = nowMs + heldForMs) {
  const waits: number[] = [];
  for (const _ of times(count, () => 0)) waits.push(await store.takeReadPermit(nowMs, heldUntilMs));
  return waits;
}

export const permitCases: readonly ContractCase[] = [
  [
    'eight reads are permitted, and the ninth is told how long to wait: a second at most',
    async ({ store }) => {
      const waits = await take(store, 9, startMs);
      expectSame(waits.slice(0, 8), new Array(8).fill(0), 'the first eight');
      const [wait = 0] = waits.slice(8);
      expectTrue(wait > 0 && wait <= 1_001, `the ninth to wait a second at most, and not ${wait}`);
    },
  ],
  [
    'a permit that was given back can be taken when more than a second has passed, and not before',
    async ({ store }) => {
      await take(store, 8, startMs);
      await store.returnReadPermit(startMs + heldForMs, startMs + 300);
      const [wait = 0] = await take(store, 1, startMs + 1_300);
      expectTrue(wait > 0, 'no permit within the second');
      expectSame(
        await take(store, 2, startMs + 1_301),
        [0, (await take(store, 1, startMs + 1_301))[0]],
        'one permit then',
      );
    },
  ],
  [
    "a permit that is held is nobody else's, however long the read takes; without a word it comes back when its time is over",
    async ({ store }) => {
      await take(store, 8, startMs);
      const [held = 0] = await take(store, 1, startMs + heldForMs - 1);
      expectTrue(held > 0, 'no permit while all are held');
      expectSame(await take(store, 8, startMs + heldForMs), new Array(8).fill(0), 'permits when the time is over');
    },
  ],
  [
    'permits that are held until the same moment are given back one by one',
    async ({ store }) => {
      await take(store, 8, startMs);
      await Promise.all(times(3, () => store.returnReadPermit(startMs + heldForMs, startMs)));
      const waits = await take(store, 5, startMs + 1_001);
      expectSame(waits.filter((wait) => wait === 0).length, 3, 'permits free');
    },
  ],
  [
    'a permit that nobody holds cannot be given back',
    async ({ store }) => {
      await take(store, 8, startMs);
      await store.returnReadPermit(startMs + 1, startMs);
      const waits = await take(store, 1, startMs + 2_000);
      expectTrue(Number(waits[0]) > 0, 'no permit while all are held');
    },
  ],
  [
    'of many that ask at once, exactly eight are permitted',
    async ({ store, another }) => {
      const stores = [store, await another(), await another()];
      const waits = await Promise.all(
        times(30, (index) => (stores[index % 3] ?? store).takeReadPermit(startMs, startMs + heldForMs)),
      );
      const permitted = waits.filter((wait) => wait === 0).length;
      // Who asks while another takes may have to ask again.
      const rest = await take(store, 8, startMs);
      expectSame(permitted + rest.filter((wait) => wait === 0).length, 8, 'reads permitted');
      expectTrue(permitted > 0, 'at least one of them to be permitted');
    },
  ],
  [
    'no sliding second has more than eight reads, whatever the reads take',
    async ({ store }) => {
      const readAtMs: number[] = [];
      const running: { heldUntilMs: number; doneAtMs: number }[] = [];
      let seed = 7;
      const random = () => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed / 2_147_483_647;
      };
      for (let nowMs = startMs; nowMs < startMs + 6_000; nowMs += 10 + Math.floor(random() * 40)) {
        for (const read of running.filter(({ doneAtMs }) => doneAtMs <= nowMs)) {
          running.splice(running.indexOf(read), 1);
          await store.returnReadPermit(read.heldUntilMs, nowMs);
        }
        if ((await store.takeReadPermit(nowMs, nowMs + heldForMs)) !== 0) continue;
        const tookMs = Math.floor(random() * 700);
        // It reaches MTN somewhere between the permit and the answer.
        readAtMs.push(nowMs + Math.floor(random() * tookMs));
        running.push({ heldUntilMs: nowMs + heldForMs, doneAtMs: nowMs + tookMs });
      }
      readAtMs.sort((a, b) => a - b);
      const most = Math.max(...readAtMs.map((atMs) => readAtMs.filter((at) => at >= atMs && at < atMs + 1_000).length));
      expectTrue(most <= 8, `8 reads in a second at most, and not ${most}`);
      expectTrue(readAtMs.length >= 16, `more than ${readAtMs.length} reads in 6 seconds`);
    },
  ],
  [
    'whoever waits as long as told gets a permit',
    async ({ store }) => {
      for (const nowMs of times(8, (index) => startMs + index * 100)) {
        await take(store, 1, nowMs);
        await store.returnReadPermit(nowMs + heldForMs, nowMs);
      }
      const [wait = 0] = await take(store, 1, startMs + 800);
      expectSame(await take(store, 1, startMs + 800 + wait), [0], 'permit after the wait');
    },
  ],
  [
    'permits taken by a clock that is hours ahead stop nobody',
    async ({ store }) => {
      await take(store, 8, startMs + 5 * 3_600_000);
      expectSame(await take(store, 1, startMs), [0], 'permit');
    },
  ],
];
