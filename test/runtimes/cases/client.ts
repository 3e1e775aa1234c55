// Runner-neutral: no test framework, no Node built-in, so that the same cases run on Node, in workerd, on the edge and in
// a browser. Only what a stranger can import.
import {
  createPollState,
  type KeyValueStore,
  keyValueTokenStore,
  MomoCollections,
  type MomoCollectionsOptions,
  MomoError,
  normalizeMsisdn,
  pollStep,
  type RequestToPay,
  sanitizeMessage,
} from 'momo-collections';
import { memoryPaymentStore, PaymentLedger } from 'momo-collections/ledger';
import { createMomoSandbox, type MomoSandboxOptions, testNumbers } from 'momo-collections/testing';

const referenceId = '0b7bd9b4-37a8-4c2e-8e9a-d3a4f8a3c111';
const request: RequestToPay = { amount: '12.50', currency: 'EUR', externalId: 'order-1', payer: '46733999888' };
const { requestToPay: numbers } = testNumbers;

function equal(actual: unknown, wanted: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(wanted)];
  if (left !== right) throw new Error(`Wanted ${right}, got ${left}.`);
}

async function errorOf(work: () => unknown): Promise<MomoError> {
  try {
    await work();
  } catch (error) {
    if (MomoError.is(error)) return error;
    throw new Error(`Not a MomoError: ${String(error)}`);
  }
  throw new Error('It was expected to fail, and did not.');
}

function createWorld(options: Partial<MomoCollectionsOptions> = {}, sandboxOptions: MomoSandboxOptions = {}) {
  const sandbox = createMomoSandbox(sandboxOptions);
  const own = sandbox.clientOptions();
  return {
    sandbox,
    clock: own.clock,
    client: new MomoCollections({ ...own, ...options }),
    /** How many calls of an operation reached the sandbox. */
    count: (operation: string) => sandbox.calls.filter((call) => call.operation === operation).length,
  };
}

/** What every runtime must do the same. A case fails by rejecting. */
export const cases: { name: string; run(): Promise<void> }[] = [
  {
    name: 'gets one token for 20 payments at once',
    async run() {
      const { client, sandbox, count } = createWorld();
      const accepted = await Promise.all(
        Array.from({ length: 20 }, (_, index) => client.requestToPay({ ...request, externalId: `order-${index}` })),
      );
      equal([count('createAccessToken'), count('requestToPay'), sandbox.payments.length], [1, 20, 20]);
      equal(new Set(accepted.map((each) => each.referenceId)).size, 20);
      equal(new Set(accepted.map(({ outcome, attempts }) => `${outcome} ${attempts}`)).size, 1);
    },
  },
  {
    name: 'collects what is paid, refused and expired',
    async run() {
      for (const [payer, state, code] of [
        [numbers.successful, 'successful', undefined],
        [numbers.rejected, 'failed', 'APPROVAL_REJECTED'],
        [numbers.expired, 'expired', 'EXPIRED'],
      ]) {
        const { client } = createWorld();
        const result = await client.collect({ ...request, payer: payer as string });
        equal([result.state, result.payment?.reason?.code], [state, code]);
        equal(result.payment?.amount, '12.5');
      }
    },
  },
  {
    name: 'waits for a payer who takes a while, without waiting for real',
    async run() {
      const { client, clock } = createWorld();
      const startedAtMs = [clock.now(), Date.now()] as const;
      const seen: string[] = [];
      const onUpdate = ({ status }: { status: string }) => void seen.push(status);
      const result = await client.collect({ ...request, payer: numbers.delayed }, { onUpdate });
      equal([result.state, seen.at(-1), seen.includes('PENDING')], ['successful', 'SUCCESSFUL', true]);
      equal([clock.now() - startedAtMs[0] >= 10_000, Date.now() - startedAtMs[1] < 5_000], [true, true]);
    },
  },
  {
    name: 'lets no sandbox time pass while a call is under way',
    async run() {
      const { client, clock } = createWorld();
      const startedAtMs = clock.now();
      const other = clock.sleep(60_000);
      await client.requestToPay({ ...request, referenceId });
      await client.getRequestToPay(referenceId);
      equal(clock.now() - startedAtMs, 0);
      await other;
      equal(clock.now() - startedAtMs, 60_000);
    },
  },
  {
    name: 'ends as uncertain when the payer never answers',
    async run() {
      const { client } = createWorld();
      const result = await client.collect({ ...request, payer: numbers.ongoing }, { deadlineMs: 60_000 });
      if (result.state !== 'uncertain') throw new Error(`It is ${result.state}.`);
      equal([result.why, result.payment?.status], ['deadline', 'PENDING']);
    },
  },
  {
    name: 'reads at once when told to, and not when its time has come',
    async run() {
      const { client, sandbox, clock } = createWorld({}, { approval: 'manual' });
      await client.requestToPay({ ...request, referenceId });
      const seenAtMs: number[] = [];
      const told: boolean[] = [];
      const result = await client.pollUntilFinal(referenceId, {
        schedule: { firstMs: 100_000, factor: 1, maxMs: 100_000 },
        onUpdate() {
          seenAtMs.push(clock.now());
          if (seenAtMs.length > 1) return;
          setTimeout(() => {
            sandbox.approve(referenceId);
            told.push(client.checkNow(referenceId));
          }, 50);
        },
      });
      const [first = 0, second = Infinity] = seenAtMs;
      equal([result.state, second - first < 2_000], ['successful', true]);
      equal([...told, client.checkNow(referenceId)], [true, false]);
    },
  },
  {
    name: 'resolves a lost answer by reading, and charges once',
    async run() {
      const { client, sandbox, count } = createWorld();
      sandbox.fault({ on: 'requestToPay', drop: 'after' });
      const { outcome, compared, attempts } = await client.requestToPay(request);
      equal([outcome, compared, attempts], ['accepted', true, 1]);
      equal([sandbox.payments.length, count('requestToPay')], [1, 1]);
    },
  },
  {
    name: 'sends a lost request again, under the same id',
    async run() {
      const { client, sandbox, count } = createWorld();
      sandbox.fault({ on: 'requestToPay', drop: 'before' });
      const accepted = await client.requestToPay(request);
      equal([accepted.outcome, accepted.attempts], ['accepted', 2]);
      equal([sandbox.payments.length, count('requestToPay')], [1, 2]);
      equal(sandbox.payments[0]?.referenceId, accepted.referenceId);
    },
  },
  {
    name: 'tells a connection that never opened from an outcome that is unknown',
    async run() {
      const refused = createWorld();
      refused.sandbox.fault({ on: 'requestToPay', drop: 'before', code: 'ECONNREFUSED', times: Infinity });
      const network = await errorOf(() => refused.client.requestToPay(request));
      equal([network.code, network.isRetryable, refused.count('getRequestToPay')], ['network', true, 0]);
      const lost = createWorld();
      lost.sandbox.fault({ on: 'requestToPay', drop: 'after', times: Infinity });
      lost.sandbox.fault({ on: 'getRequestToPay', status: 503, times: Infinity });
      const unknown = await errorOf(() => lost.client.requestToPay({ ...request, referenceId }));
      equal([unknown.code, unknown.referenceId, unknown.isRetryable], ['outcome_unknown', referenceId, false]);
    },
  },
  {
    name: 'takes a payment that MTN has for accepted, and another one under its id for a conflict',
    async run() {
      const { client, sandbox } = createWorld();
      await client.requestToPay({ ...request, referenceId });
      const again = await client.requestToPay({ ...request, amount: '12.5', referenceId });
      equal([again.outcome, again.compared], ['already-accepted', true]);
      const conflict = await errorOf(() => client.requestToPay({ ...request, amount: '13', referenceId }));
      equal([conflict.code, conflict.referenceId], ['reference_conflict', referenceId]);
      equal([conflict.message.includes('amount'), sandbox.payments.length], [true, 1]);
    },
  },
  {
    name: 'lists everything that is wrong with a request, and sends nothing',
    async run() {
      const { client, sandbox } = createWorld();
      const wrong = { amount: '1.234', currency: 'EUR', externalId: '', payer: '0788', referenceId: 'one' };
      const error = await errorOf(() => client.requestToPay(wrong));
      equal(error.code, 'invalid_input');
      equal(error.issues?.map(({ path }) => path).sort(), ['amount', 'externalId', 'payer', 'referenceId']);
      equal(sandbox.calls.length, 0);
    },
  },
  {
    name: 'lists everything that is wrong with the options, and quotes no value',
    async run() {
      const env = { MTN_API_KEY: ' secret ', MTN_TARGET_ENV: 'mtn rwanda' };
      const error = await errorOf(() => MomoCollections.fromEnv(env));
      equal(error.issues?.map(({ path }) => path).sort(), [
        'MTN_API_KEY',
        'MTN_API_USER',
        'MTN_SUBSCRIPTION_KEY',
        'MTN_TARGET_ENV',
      ]);
      equal(error.message.includes('secret'), false);
    },
  },
  {
    name: 'sends nothing when aborted before, and says so',
    async run() {
      const { client, sandbox } = createWorld();
      const error = await errorOf(() => client.requestToPay(request, { signal: AbortSignal.abort() }));
      equal([error.code, error.isRetryable, sandbox.payments.length], ['aborted', true, 0]);
    },
  },
  {
    name: 'ends at once when aborted in flight: a read as aborted, a create as unknown',
    async run() {
      for (const [operation, code] of [
        ['getRequestToPay', 'aborted'],
        ['requestToPay', 'outcome_unknown'],
      ] as const) {
        const { client, sandbox } = createWorld();
        await client.getToken();
        sandbox.fault({ on: operation, drop: 'hang' });
        const abort = new AbortController();
        const call =
          operation === 'requestToPay'
            ? client.requestToPay({ ...request, referenceId }, { signal: abort.signal })
            : client.getRequestToPay(referenceId, { signal: abort.signal });
        setTimeout(() => abort.abort(), 50);
        const error = await errorOf(() => call);
        equal([error.code, error.referenceId], [code, referenceId]);
      }
    },
  },
  {
    name: 'gives up an attempt that hangs, and tries a read again',
    async run() {
      const { client, sandbox, count } = createWorld({ timeoutMs: 50 });
      await client.requestToPay({ ...request, referenceId });
      sandbox.fault({ on: 'getRequestToPay', drop: 'hang' });
      equal((await client.getRequestToPay(referenceId)).state, 'successful');
      equal(count('getRequestToPay'), 2);
    },
  },
  {
    name: 'follows no redirect: the keys go to no other host',
    async run() {
      const sandbox = createMomoSandbox();
      const own = sandbox.clientOptions();
      const seen: string[] = [];
      const client = new MomoCollections({
        ...own,
        fetch: (input, init) => {
          const call = input instanceof Request ? input : new Request(input, init);
          seen.push(`${call.redirect} ${new URL(call.url).host}`);
          return own.fetch(input, init);
        },
      });
      await client.requestToPay({ ...request, referenceId });
      sandbox.fault({ on: 'getRequestToPay', status: 302, headers: { location: 'https://evil.example/' } });
      const error = await errorOf(() => client.getRequestToPay(referenceId));
      equal([error.code, error.status], ['unexpected_response', 302]);
      equal([...new Set(seen)], [`manual ${new URL(own.baseUrl).host}`]);
    },
  },
  {
    name: 'calls fetch as a plain function, its own and the global one',
    async run() {
      const sandbox = createMomoSandbox();
      const { fetch: answer, ...own } = sandbox.clientOptions();
      const callers: unknown[] = [];
      // As the native one: it refuses to be called as a method of something else.
      function plainFetch(this: unknown, ...args: Parameters<typeof answer>): Promise<Response> {
        callers.push(this);
        return answer(...args);
      }
      await new MomoCollections({ ...own, fetch: plainFetch }).getToken();
      const native = globalThis.fetch;
      const client = new MomoCollections(own);
      try {
        // After the client was made: it is looked up at each call.
        globalThis.fetch = plainFetch as typeof globalThis.fetch;
        await client.getToken();
      } finally {
        globalThis.fetch = native;
      }
      equal(
        callers.map((caller) => caller === undefined || caller === globalThis),
        [true, true],
      );
    },
  },
  {
    name: 'calls the real fetch, and a port where nobody listens is a fault of the network',
    async run() {
      const { clock, ...own } = createMomoSandbox().clientOptions();
      const client = new MomoCollections({ ...own, fetch: undefined, clock, baseUrl: 'http://127.0.0.1:59999' });
      const token = await errorOf(() => client.getToken());
      equal([token.code, token.isRetryable], ['network', true]);
      const pay = await errorOf(() => client.requestToPay({ ...request, referenceId }));
      equal([pay.code, pay.referenceId], ['network', referenceId]);
    },
  },
  {
    name: 'renews a token that MTN no longer takes, once',
    async run() {
      const { client, sandbox, count } = createWorld();
      await client.getToken();
      sandbox.fault({ on: 'requestToPay', status: 401 });
      equal((await client.requestToPay(request)).attempts, 2);
      equal(count('createAccessToken'), 2);
      sandbox.fault({ on: 'requestToPay', status: 401, times: Infinity });
      equal((await errorOf(() => client.requestToPay(request))).code, 'unauthorized');
    },
  },
  {
    name: 'waits as long as MTN asks for',
    async run() {
      const { client, sandbox, clock, count } = createWorld();
      await client.requestToPay({ ...request, referenceId });
      sandbox.fault({ on: 'getRequestToPay', status: 429, headers: { 'Retry-After': '7' } });
      const startedAtMs = clock.now();
      equal((await client.getRequestToPay(referenceId)).state, 'successful');
      equal([clock.now() - startedAtMs >= 7_000, count('getRequestToPay')], [true, 2]);
    },
  },
  {
    name: "takes a firewall's page for no answer",
    async run() {
      const { client, sandbox } = createWorld();
      await client.requestToPay({ ...request, referenceId });
      sandbox.fault({ on: 'getRequestToPay', body: '<html>Request Rejected</html>' });
      equal((await errorOf(() => client.getRequestToPay(referenceId))).code, 'unexpected_response');
    },
  },
  {
    name: 'shares a token through a key-value store, under a key that tells no secret',
    async run() {
      const kept = new Map<string, string>();
      const kv: KeyValueStore = {
        get: async (key) => kept.get(key) ?? null,
        put: async (key, value) => void kept.set(key, value),
        delete: async (key) => void kept.delete(key),
      };
      const sandbox = createMomoSandbox();
      const options = { ...sandbox.clientOptions(), tokenStore: keyValueTokenStore(kv) };
      const tokens = [
        await new MomoCollections(options).getToken(),
        await new MomoCollections({ ...options, tokenStore: keyValueTokenStore(kv) }).getToken(),
      ];
      equal(tokens[0], tokens[1]);
      equal([sandbox.calls.length, kept.size], [1, 1]);
      equal(
        [...kept.keys()].some((key) => key.includes(options.apiUser) || key.includes(options.apiKey)),
        false,
      );
    },
  },
  {
    name: 'tells what it does, and no secret or phone number',
    async run() {
      const told: string[] = [];
      const { client, sandbox } = createWorld({ onEvent: (event) => told.push(JSON.stringify(event)) });
      await client.requestToPay({ ...request, referenceId });
      const stories = told.map((text) => JSON.parse(text) as { operation: string; type: string });
      equal(
        stories.map(({ operation, type }) => `${operation} ${type}`),
        [
          'createAccessToken request',
          'createAccessToken response',
          'createAccessToken token',
          'requestToPay request',
          'requestToPay response',
          'requestToPay settled',
        ],
      );
      const { subscriptionKey, apiUser, apiKey } = sandbox.credentials;
      const secrets = [subscriptionKey, apiUser, apiKey, String(request.payer)];
      equal(
        secrets.filter((secret) => told.join().includes(secret)),
        [],
      );
    },
  },
  {
    name: "recognises its errors, also another copy's, and no stranger's",
    async run() {
      const error = new MomoError('outcome_unknown', 'Nobody knows.', { referenceId });
      equal(
        [MomoError.is(error), MomoError.is(error, 'outcome_unknown'), MomoError.is(error, 'network')],
        [true, true, false],
      );
      const copy = { code: 'network', [Symbol.for('momo-collections.error')]: true };
      equal([MomoError.is(copy, 'network'), MomoError.is({ ...error }), MomoError.is(null)], [true, false, false]);
      equal([error instanceof Error, error.name], [true, 'MomoError']);
      equal(JSON.parse(JSON.stringify(error)), {
        code: 'outcome_unknown',
        isRetryable: false,
        name: 'MomoError',
        referenceId,
        message: 'Nobody knows.',
      });
    },
  },
  {
    name: 'plans the same poll everywhere, also out of JSON',
    async run() {
      const delays: (number | undefined)[] = [];
      let state = createPollState({ referenceId, startedAtMs: 1_000_000, deadlineMs: 60_000 });
      let nowMs = 1_000_000;
      for (;;) {
        const waiting = pollStep(JSON.parse(JSON.stringify(state)), { kind: 'none' }, nowMs);
        equal(pollStep(state, { kind: 'none' }, nowMs), waiting);
        delays.push(waiting.delayMs);
        nowMs += waiting.delayMs ?? 0;
        const reading = pollStep(waiting.state, { kind: 'none' }, nowMs);
        if (reading.action === 'done') {
          equal(reading.result, {
            referenceId,
            reads: delays.length - 1,
            elapsedMs: 60_000,
            state: 'uncertain',
            why: 'deadline',
          });
          break;
        }
        equal(reading.action, 'read');
        const payment = { state: 'pending', isFinal: false };
        state = pollStep(reading.state, { kind: 'status', payment }, nowMs).state;
      }
      equal(delays, [1_980, 3_415, 4_537, 6_851, 9_332, 12_801, 16_084, 5_000]);
    },
  },
  {
    name: 'writes notes and numbers as MTN takes them',
    async run() {
      equal(sanitizeMessage("Café & crème brûlée n°5 — l'été 🎉"), 'Cafe and creme brulee n 5 - l ete');
      equal(sanitizeMessage('Ɔkɔm ɛde me, Ɖagbe ŋutɔ'), 'Okom ede me, Dagbe nguto');
      equal(normalizeMsisdn('+250 788-123-456'), '250788123456');
    },
  },
  {
    name: 'charges an order once in a ledger, and pays it by the read after a callback',
    async run() {
      const { client, sandbox, clock, count } = createWorld({}, { approval: 'manual' });
      const ledger = new PaymentLedger({
        client,
        clock,
        store: memoryPaymentStore(),
        callbackUrl: 'https://shop.example/momo',
        callbackSecrets: 'a secret of more than 16 bytes',
      });
      const [{ id }, again] = await Promise.all([ledger.charge(request), ledger.charge(request)]);
      equal([again.id, count('requestToPay')], [id, 1]);
      sandbox.approve(id);
      const callback = sandbox.forgeCallback(id);
      const forged = new Request(callback.url.slice(0, -1), { method: 'POST', body: '{"status":"SUCCESSFUL"}' });
      equal([(await ledger.handleCallback(forged)).status, (await ledger.get(id))?.state], [404, 'submitted']);
      equal([(await ledger.handleCallback(callback)).status, (await ledger.get(id))?.state], [200, 'successful']);
      equal((await ledger.receipt(id))?.payer, '********888');
      const events: string[] = [];
      await ledger.deliverEvents(({ type }) => events.push(type));
      equal(events, ['payment.successful']);
    },
  },
];
