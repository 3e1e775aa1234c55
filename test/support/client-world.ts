import { MomoCollections, type MomoCollectionsOptions, type RequestToPay } from '../../src/index.js';
import {
  createMomoSandbox,
  type Fetch,
  type MomoSandbox,
  type MomoSandboxOptions,
  type SandboxClock,
} from '../../src/testing/index.js';

/** Which of the calls a client makes for one payment. */
export type Step = 'token' | 'create' | 'status' | 'other';

/** A request as it left the client: secrets included, so never print one. */
interface WireCall {
  readonly step: Step;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** By the sandbox's clock. */
  readonly atMs: number;
  /** The answer's HTTP status; absent when there was none. */
  status?: number;
}

/** What happens to one call in the place of a plain exchange; `arrive` lets the sandbox do its work. */
export type Trick = (arrive: () => Promise<Response>, signal: AbortSignal) => Promise<Response>;

/** A client and its sandbox, with a wire between them that can be tapped and played tricks on. */
export interface ClientWorld {
  readonly sandbox: MomoSandbox;
  readonly client: MomoCollections;
  readonly clock: SandboxClock;
  readonly wire: readonly WireCall[];
  /** The calls of one step, oldest first. */
  sent(step: Step): WireCall[];
  /** The next calls of a step meet these tricks, one each; `undefined` lets one pass. */
  trick(step: Step, ...tricks: readonly (Trick | undefined)[]): void;
  /** Every further call of a step meets this trick; `undefined` ends that. */
  trickAll(step: Step, trick: Trick | undefined): void;
  /** Another client of the same merchant, on the same wire. */
  newClient(options?: Partial<MomoCollectionsOptions>): MomoCollections;
}

export function stepOf(method: string, url: string): Step {
  const { pathname } = new URL(url);
  if (pathname.endsWith('/collection/token/')) return 'token';
  if (method === 'POST' && pathname.endsWith('/requesttopay')) return 'create';
  if (method === 'GET' && pathname.includes('/requesttopay/')) return 'status';
  return 'other';
}

export function createClientWorld(
  options: Partial<MomoCollectionsOptions> = {},
  sandboxOptions: MomoSandboxOptions = {},
): ClientWorld {
  const sandbox = createMomoSandbox(sandboxOptions);
  const own = sandbox.clientOptions();
  const wire: WireCall[] = [];
  const queues = new Map<Step, (Trick | undefined)[]>();
  const always = new Map<Step, Trick>();
  const held: unknown[] = [];

  const fetch: Fetch = async (input, init) => {
    const seen = input instanceof Request ? input.clone() : new Request(input, init);
    const signal = init?.signal ?? (input instanceof Request ? input.signal : seen.signal);
    // Node lets go of a request that nobody holds, and with it of what tells its signal of an abort.
    held.push(input, seen);
    const step = stepOf(seen.method, seen.url);
    const call: WireCall = {
      step,
      method: seen.method,
      url: seen.url,
      headers: Object.fromEntries(seen.headers),
      body: seen.method === 'GET' ? '' : await seen.text(),
      atMs: own.clock.now(),
    };
    wire.push(call);
    const queue = queues.get(step) ?? [];
    const trick = queue.length > 0 ? queue.shift() : always.get(step);
    const arrive = () => own.fetch(input, init);
    const response = await (trick === undefined ? arrive() : trick(arrive, signal));
    call.status = response.status;
    return response;
  };

  const newClient = (more: Partial<MomoCollectionsOptions> = {}) => new MomoCollections({ ...own, fetch, ...more });
  return {
    sandbox,
    client: newClient(options),
    clock: own.clock,
    wire,
    sent: (step) => wire.filter((call) => call.step === step),
    trick(step, ...tricks) {
      queues.set(step, [...(queues.get(step) ?? []), ...tricks]);
    },
    trickAll(step, trick) {
      if (trick === undefined) always.delete(step);
      else always.set(step, trick);
    },
    newClient,
  };
}

export const payer = '46733999888';

export const request: RequestToPay = { amount: '12.50', currency: 'EUR', externalId: 'order-1', payer };

/** The settled value, or the error: for tests that look closely at errors. */
export async function outcomeOf<Value>(promise: Promise<Value>): Promise<Value | Error> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError(`not an Error: ${String(error)}`);
  }
}

/** The error a promise rejects with; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<Error> {
  const outcome = await outcomeOf(promise);
  if (outcome instanceof Error) return outcome;
  throw new TypeError('it was expected to reject, and did not');
}
