import { type InputIssue, invalidInput } from '../errors.js';
import { type TargetEnvironmentInfo, targetEnvironments } from '../payment/environments.js';
import { isHostName } from '../payment/urls.js';
import { createAccounts } from './accounts.js';
import { createCallbackDelivery, forgeCallback } from './callbacks.js';
import { createSimulatedClock } from './clock.js';
import { createConsents } from './consents.js';
import { createFaults, type Faults } from './faults.js';
import { createPayments } from './payments.js';
import { createRandomSource } from './random.js';
import { createSandboxFetch } from './serve.js';
import type { MomoSandbox, MomoSandboxOptions, SandboxCredentials } from './types.js';

const sandboxBaseUrl = 'https://sandbox.momodeveloper.mtn.com';

function findIssues(options: MomoSandboxOptions): InputIssue[] {
  const issues: InputIssue[] = [];
  function check(isFine: boolean, path: string, message: string) {
    if (!isFine) issues.push({ path, message });
  }
  const { approval, targetEnvironment, providerCallbackHost, reasonShape, now, random, callbacks } = options;
  check([undefined, 'automatic', 'manual'].includes(approval), 'approval', 'must be automatic or manual');
  check(targetEnvironment === undefined || /^[!-~]+$/.test(targetEnvironment), 'targetEnvironment', 'must be a name');
  const hostProblem =
    providerCallbackHost === undefined
      ? undefined
      : isHostName(providerCallbackHost)
        ? undefined
        : 'must be a bare host name';
  check(hostProblem === undefined, 'providerCallbackHost', hostProblem ?? '');
  check([undefined, 'object', 'string'].includes(reasonShape), 'reasonShape', 'must be object or string');
  check(now === undefined || typeof now === 'function', 'now', 'must be a function');
  check(random === undefined || typeof random === 'function', 'random', 'must be a function');
  if (callbacks !== undefined) {
    const { fetch, method, times = 1, delayMs = 0 } = callbacks;
    check(typeof fetch === 'function', 'callbacks.fetch', 'must be a function that takes a Request');
    check([undefined, 'POST', 'PUT'].includes(method), 'callbacks.method', 'must be POST or PUT');
    check(Number.isInteger(times) && times > 0, 'callbacks.times', 'must be 1 or more');
    check(Number.isFinite(delayMs) && delayMs >= 0, 'callbacks.delayMs', 'must be a number of milliseconds, 0 or more');
  }
  return issues;
}

/**
 * Makes MTN's sandbox in memory: the whole flow without an MTN account, a network or any waiting.
 *
 * It is as strict as MTN: keys, tokens, headers, bodies, reference ids and callback hosts are checked, and
 * `sandbox.calls` says in words why something was refused. Time is virtual: it starts at the real one, and moves only by
 * `advance` and by the waits of the clock in `clientOptions()`, which cost no real time. In `manual` approval, once a
 * client has read a payment that waits for its payer as PENDING, its waits last until `approve`, `reject`, `expire`,
 * `advance` or the next payment. Timeouts of one attempt run on real time, so a fault that hangs takes as long as yours.
 *
 * @throws MomoError `invalid_input`, with every problem of the options.
 * @example
 * ```ts
 * import { createMomoSandbox, testNumbers } from 'momo-collections/testing';
 * import { MomoCollections } from 'momo-collections';
 *
 * const sandbox = createMomoSandbox();
 * const client = new MomoCollections(sandbox.clientOptions());
 * const result = await client.collect({
 *   amount: '12.50',
 *   currency: 'EUR',
 *   externalId: 'order-1',
 *   payer: testNumbers.requestToPay.rejected,
 * });
 * console.log(result.state); // 'failed'
 * ```
 */
export function createMomoSandbox(options: MomoSandboxOptions = {}): MomoSandbox {
  return buildSandbox(options).sandbox;
}

/** What only the server sees and sets. */
export interface SandboxInternals {
  /** Called when there is a new call, payment, callback or fault, or one of them changed. */
  readonly onChange?: () => void;
  /** In place of ones made at random. */
  readonly credentials?: Partial<Omit<SandboxCredentials, 'targetEnvironment'>>;
  /** Do requests carry their `Content-Length`? Default: no, a `Request` in memory has none. */
  readonly seesLength?: boolean;
  /** Calls off what is still waited for. */
  readonly signal?: AbortSignal;
}

/** The sandbox, and its faults still to come. */
export function buildSandbox(
  options: MomoSandboxOptions,
  internals: SandboxInternals = {},
): { readonly sandbox: MomoSandbox; readonly faults: Faults } {
  const issues = findIssues(options);
  if (issues.length > 0) throw invalidInput('The sandbox cannot be made', issues);
  const { targetEnvironment = 'sandbox', approval = 'automatic', reasonShape = 'object' } = options;
  const known: Readonly<Record<string, TargetEnvironmentInfo>> = targetEnvironments;
  const environment = Object.hasOwn(known, targetEnvironment) ? known[targetEnvironment] : undefined;
  const baseUrl = environment?.baseUrl ?? sandboxBaseUrl;

  const clock = createSimulatedClock(options.now);
  const random = createRandomSource(options.random);
  const accounts = createAccounts(clock, random);
  const { onChange = () => {}, seesLength = false, signal } = internals;
  const delivery = createCallbackDelivery(clock, options.callbacks, { onChange, signal });
  const payments = createPayments({ clock, random, onFinal: delivery.deliver, onChange });
  const faults = createFaults(onChange);
  const currency = environment?.currency;
  const world = {
    targetEnvironment,
    currency,
    approval,
    reasonShape,
    clock,
    random,
    accounts,
    payments,
    consents: createConsents(clock, random),
    cancelled: new Set(),
  };
  const { fetch, calls } = createSandboxFetch(world, faults, { onChange, seesLength });

  const credentials: SandboxCredentials = {
    subscriptionKey: random.hex(32),
    apiUser: random.uuid(),
    apiKey: random.hex(32),
    ...internals.credentials,
    targetEnvironment,
  };
  accounts.addKey(credentials.subscriptionKey);
  accounts.addUser({
    id: credentials.apiUser,
    apiKey: credentials.apiKey,
    subscriptionKey: credentials.subscriptionKey,
    providerCallbackHost: options.providerCallbackHost,
  });

  const sandbox: Omit<MomoSandbox, 'credentials' | 'payments'> = {
    fetch,
    baseUrl,
    calls,
    callbacks: delivery.list,
    clientOptions: () => ({ ...credentials, baseUrl, fetch, clock: { now: clock.now, sleep: clock.sleep } }),
    nextPayment: payments.next,
    approve: (referenceId) => payments.decide(referenceId, 'approve', undefined),
    reject: (referenceId, code = 'APPROVAL_REJECTED') => payments.decide(referenceId, 'reject', code),
    expire: (referenceId) => payments.decide(referenceId, 'expire', 'EXPIRED'),
    advance: clock.advance,
    fault: faults.add,
    forgeCallback: (referenceId, overrides) => forgeCallback(payments.get(referenceId, 'forge a callback'), overrides),
  };
  // Getters that are not enumerable: printing the sandbox shows neither secrets nor payers.
  Object.defineProperties(sandbox, {
    credentials: { get: () => ({ ...credentials }) },
    payments: { get: () => payments.list },
  });
  return { sandbox: sandbox as MomoSandbox, faults };
}
