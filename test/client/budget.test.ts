import { describe, expect, test } from 'vitest';
import { type ClientWorld, createClientWorld, outcomeOf, payer, request } from '../support/client-world.js';
import { answers, lostAnswer } from '../support/tricks.js';

const staysPending = '46733123453';

/** The most reads in any sliding second. */
function mostInASecond(times: readonly number[]): number {
  let most = 0;
  for (let start = 0, end = 0; end < times.length; end++) {
    while ((times[end] ?? 0) - (times[start] ?? 0) >= 1_000) start++;
    most = Math.max(most, end - start + 1);
  }
  return most;
}

function timesOf(world: ClientWorld): number[] {
  return world.sent('status').map(({ atMs }) => atMs);
}

function idOf({ url }: { url: string }): string {
  return url.split('/').at(-1) ?? '';
}

async function pay(world: ClientWorld, count: number, to = staysPending): Promise<string[]> {
  const accepted = await Promise.all(
    Array.from({ length: count }, () => world.client.requestToPay({ ...request, payer: to })),
  );
  return accepted.map(({ referenceId }) => referenceId);
}

describe('500 payments polled on one client', () => {
  test('never more than 8 status reads in any sliding second, none starved, a checkNow read first', async () => {
    const world = createClientWorld();
    const ids = await pay(world, 500);
    const startedAtMs = world.clock.now();
    const hints: { id: string; atMs: number; readsBefore: number }[] = [];
    // Every 300th read, somebody asks for a payment that is not next.
    world.trickAll('status', (arrive) => {
      const count = world.sent('status').length;
      if (count % 300 === 150) {
        const id = ids[(count * 7) % ids.length] ?? '';
        const lastAtMs = world.sent('status').findLast((call) => idOf(call) === id)?.atMs ?? 0;
        if (world.clock.now() - lastAtMs > 1_000) {
          expect(world.client.checkNow(id)).toBe(true);
          hints.push({ id, atMs: world.clock.now(), readsBefore: count });
        }
      }
      return arrive();
    });
    const results = await Promise.all(ids.map((id) => world.client.pollUntilFinal(id)));
    expect(results.every(({ state }) => state === 'uncertain')).toBe(true);
    expect(Math.max(...timesOf(world)) - startedAtMs).toBeLessThanOrEqual(600_000);

    const reads = world.sent('status');
    expect(mostInASecond(timesOf(world))).toBe(8);
    // The budget is used, not only kept: 8 a second as long as there is a queue.
    expect(reads.length).toBeGreaterThan(3_500);

    const byId = new Map(ids.map((id) => [id, [startedAtMs]]));
    for (const call of reads) byId.get(idOf(call))?.push(call.atMs);
    const longestWaits = [...byId.values()].map((times) =>
      Math.max(...times.slice(1).map((atMs, index) => atMs - (times[index] ?? 0))),
    );
    // 500 reads take 63 s and the schedule waits up to 36 s: twice that is starving.
    expect(Math.max(...longestWaits)).toBeLessThan(200_000);
    expect(Math.min(...[...byId.values()].map((times) => times.length))).toBeGreaterThan(5);

    expect(hints.length).toBeGreaterThan(5);
    for (const { id, atMs, readsBefore } of hints) {
      const next = reads.slice(readsBefore).filter((call) => call.atMs > atMs)[0];
      const isReadAtOnce = reads.slice(readsBefore).some((call) => idOf(call) === id && call.atMs === atMs);
      expect(isReadAtOnce || (next !== undefined && idOf(next) === id)).toBe(true);
    }
  }, 60_000);
});

describe('the budget of status reads', () => {
  test('is shared by single reads, polls and create probes', async () => {
    const world = createClientWorld();
    const ids = await pay(world, 20);
    for (let sent = 0; sent < 20; sent++) world.trick('create', lostAnswer());
    await Promise.all([
      ...ids.map((id) => world.client.getRequestToPay(id)),
      ...ids.map((id) => world.client.pollUntilFinal(id, { deadlineMs: 60_000 })),
      ...Array.from({ length: 20 }, () => world.client.requestToPay({ ...request, payer })),
    ]);
    expect(world.sent('status').length).toBeGreaterThan(100);
    expect(mostInASecond(timesOf(world))).toBe(8);
  });

  test('counts retried reads, and reads after a 401', async () => {
    const world = createClientWorld({ random: () => 0 });
    const [id = ''] = await pay(world, 1);
    await world.client.getToken();
    world.trick('status', ...Array.from({ length: 9 }, () => answers(503)), answers(401));
    await Promise.all(Array.from({ length: 20 }, () => outcomeOf(world.client.getRequestToPay(id))));
    expect(mostInASecond(timesOf(world))).toBe(8);
  });

  test('lets 8 reads go at once, and the next a second after the first', async () => {
    const world = createClientWorld();
    const [id = ''] = await pay(world, 1);
    const startedAtMs = world.clock.now();
    await Promise.all(Array.from({ length: 9 }, () => world.client.getRequestToPay(id)));
    const after = timesOf(world).map((atMs) => atMs - startedAtMs);
    expect(after.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(after[8]).toBeGreaterThanOrEqual(1_000);
    expect(after[8]).toBeLessThan(1_100);
  });

  test.each([1, 3, 10])('of %i a second is kept', async (maxStatusReadsPerSecond) => {
    const world = createClientWorld({ maxStatusReadsPerSecond });
    const [id = ''] = await pay(world, 1);
    await Promise.all(Array.from({ length: 25 }, () => world.client.getRequestToPay(id)));
    expect(mostInASecond(timesOf(world))).toBe(maxStatusReadsPerSecond);
  });

  test('of Infinity is none', async () => {
    const world = createClientWorld({ maxStatusReadsPerSecond: Number.POSITIVE_INFINITY });
    const [id = ''] = await pay(world, 1);
    await Promise.all(Array.from({ length: 50 }, () => world.client.getRequestToPay(id)));
    expect(mostInASecond(timesOf(world))).toBe(50);
  });

  test('is no budget of other calls', async () => {
    const world = createClientWorld({ maxStatusReadsPerSecond: 1 });
    const startedAtMs = world.clock.now();
    await pay(world, 50);
    expect(world.clock.now()).toBe(startedAtMs);
  });

  test('is one of each client', async () => {
    const world = createClientWorld();
    const [id = ''] = await pay(world, 1);
    const other = world.newClient();
    await Promise.all(
      [world.client, other].flatMap((client) => Array.from({ length: 8 }, () => client.getRequestToPay(id))),
    );
    expect(mostInASecond(timesOf(world))).toBe(16);
  });

  test('does not stop when the clock is set back an hour', async () => {
    const world = createClientWorld();
    const [id = ''] = await pay(world, 1);
    let shiftMs = 0;
    const client = world.newClient({ clock: { now: () => world.clock.now() + shiftMs, sleep: world.clock.sleep } });
    await Promise.all(Array.from({ length: 8 }, () => client.getRequestToPay(id)));
    shiftMs = -3_600_000;
    const startedAtMs = world.clock.now();
    await client.getRequestToPay(id, { deadlineMs: 10_000 });
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(2_000);
  });

  test('holds nobody past a deadline, by the clock that was passed in', async () => {
    const world = createClientWorld({ maxStatusReadsPerSecond: 1 });
    const [id = ''] = await pay(world, 1);
    const startedAtMs = world.clock.now();
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => outcomeOf(world.client.getRequestToPay(id, { deadlineMs: 4_500 }))),
    );
    expect(outcomes.filter((outcome) => !(outcome instanceof Error))).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome instanceof Error)).toMatchObject(
      Array.from({ length: 15 }, () => ({ code: 'timeout', isRetryable: true })),
    );
    expect(world.clock.now() - startedAtMs).toBeLessThanOrEqual(4_500);
  });

  test('a create’s probe goes before a crowd of polls', async () => {
    const world = createClientWorld();
    const ids = await pay(world, 200);
    const polls = ids.map((id) => world.client.pollUntilFinal(id, { deadlineMs: 60_000 }));
    await world.clock.sleep(5_000); // the crowd is queueing
    world.trick('create', lostAnswer());
    const sentAtMs = world.clock.now();
    const { referenceId } = await world.client.requestToPay({ ...request, payer });
    const probe = world.sent('status').find((call) => idOf(call) === referenceId);
    expect((probe?.atMs ?? 0) - sentAtMs).toBeGreaterThanOrEqual(2_000);
    expect((probe?.atMs ?? 0) - sentAtMs).toBeLessThanOrEqual(3_100);
    await Promise.all(polls);
  });

  test('a young payment goes before old ones, and the old ones are still read', async () => {
    const world = createClientWorld();
    const old = await pay(world, 300);
    const polls = old.map((id) => world.client.pollUntilFinal(id, { deadlineMs: 900_000 }));
    await world.clock.sleep(450_000);
    const young = await pay(world, 40);
    const startedAtMs = world.clock.now();
    await Promise.all(young.map((id) => world.client.pollUntilFinal(id, { deadlineMs: 60_000 })));
    const later = world.sent('status').filter(({ atMs }) => atMs > startedAtMs);
    const first = young.map((id) => (later.find((call) => idOf(call) === id)?.atMs ?? Infinity) - startedAtMs);
    // 40 reads, with room for one of the old ones between: 40 / 6 s after the first is due.
    expect(Math.max(...first)).toBeLessThan(2_400 + 10_000);
    const oldReads = later.filter((call) => old.includes(idOf(call))).length;
    expect(oldReads).toBeGreaterThan(60);
    await Promise.all(polls);
    expect(mostInASecond(timesOf(world))).toBe(8);
  }, 30_000);
});

describe('beforeStatusRead', () => {
  test('is awaited before each read that leaves: retries, after a 401, and the probes of a lost create', async () => {
    const world = createClientWorld({ random: () => 0 });
    const [id = ''] = await pay(world, 1);
    let asked = 0;
    const beforeStatusRead = async () => {
      asked += 1;
      expect(asked).toBe(world.sent('status').length + 1);
    };
    world.trick('status', answers(503), answers(401), answers(503));
    await world.client.getRequestToPay(id, { beforeStatusRead });
    expect(asked).toBe(4);
    world.trick('create', lostAnswer());
    await world.client.requestToPay({ ...request, payer }, { beforeStatusRead });
    expect(asked).toBe(5);
    await world.client.pollUntilFinal(id, { beforeStatusRead, deadlineMs: 30_000 });
    world.trick('create', lostAnswer());
    await world.client.collect({ ...request, payer }, { beforeStatusRead });
    expect(asked).toBe(world.sent('status').length);
  });

  test('that never comes is ended by the deadline, and its signal says so', async () => {
    const world = createClientWorld();
    const [id = ''] = await pay(world, 1);
    let signal: AbortSignal | undefined;
    const beforeStatusRead = (given: AbortSignal) => {
      signal = given;
      return new Promise<void>(() => {});
    };
    const outcome = await outcomeOf(world.client.getRequestToPay(id, { beforeStatusRead, deadlineMs: 50 }));
    expect(outcome).toMatchObject({ code: 'timeout' });
    expect(signal?.aborted).toBe(true);
    expect(world.sent('status')).toHaveLength(0);
  });

  test('that rejects ends a read with its error; a lost create goes on asking', async () => {
    const world = createClientWorld();
    const [id = ''] = await pay(world, 1);
    const broken = new Error('the store is down');
    const failing = async () => {
      throw broken;
    };
    const outcome = await outcomeOf(world.client.getRequestToPay(id, { beforeStatusRead: failing }));
    expect(outcome).toBe(broken);
    expect(world.sent('status')).toHaveLength(0);

    let failures = 2;
    const stumbling = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error('not now');
    };
    world.trick('create', lostAnswer());
    const accepted = await world.client.requestToPay({ ...request, payer }, { beforeStatusRead: stumbling });
    expect(accepted).toMatchObject({ outcome: 'accepted', compared: true });
    expect(failures).toBeLessThan(0);
    world.trick('create', lostAnswer());
    const lost = await outcomeOf(world.client.requestToPay({ ...request, payer }, { beforeStatusRead: failing }));
    expect(lost).toMatchObject({ code: 'outcome_unknown' });
  });
});

test('a client says where it sends to', () => {
  const { client } = createClientWorld({ baseUrl: 'https://proxy.example.com/mtn/', targetEnvironment: 'mtnrwanda' });
  expect(client.baseUrl).toBe('https://proxy.example.com/mtn');
  expect(client.targetEnvironment).toBe('mtnrwanda');
  expect(Object.keys(client)).toEqual([]);
});
