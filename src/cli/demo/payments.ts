import { type ClientEvent, type Clock, MomoCollections, MomoError, type PollResult, payerHint } from '../../index.js';
import { createMomoSandbox, type MomoSandbox, testNumbers } from '../../testing/index.js';

/** One payment of the demo, and how MTN says it ends. */
export interface DemoPayment {
  readonly name: string;
  readonly payer: string;
  readonly expected: { readonly state: PollResult['state']; readonly code?: string; readonly seen?: string };
}

const numbers = testNumbers.requestToPay;

export const demoPayments = [
  { name: 'paid', payer: numbers.successful, expected: { state: 'successful' } },
  { name: 'refused', payer: numbers.rejected, expected: { state: 'failed', code: 'APPROVAL_REJECTED' } },
  { name: 'expired', payer: numbers.expired, expected: { state: 'expired', code: 'EXPIRED' } },
  { name: 'delayed', payer: numbers.delayed, expected: { state: 'successful', seen: 'PENDING' } },
] as const satisfies readonly DemoPayment[];

export const demoPrice = { amount: '12.50', currency: 'EUR' } as const;

/** Something the eye, or a script, should see. No phone number is in it. */
export type DemoEvent = {
  /** Which payment. */
  readonly payment: string;
  readonly referenceId?: string;
  /** Milliseconds of sandbox time since the demo began. */
  readonly atMs: number;
} & (
  | { readonly event: 'reference' }
  | { readonly event: 'sent' }
  | { readonly event: 'accepted'; readonly httpStatus: number }
  | { readonly event: 'status'; readonly status: string; readonly state: string; readonly read: number }
  | ({ readonly event: 'result' } & DemoOutcome)
);

/** How one payment ended. */
export interface DemoOutcome {
  readonly state: PollResult['state'] | 'error';
  /** MTN's reason code, or the error's. */
  readonly code?: string;
  /** MTN's status words in the order they were read, without repetitions. */
  readonly statuses: readonly string[];
  readonly reads: number;
  readonly elapsedMs: number;
  readonly asExpected: boolean;
  /** What the state means, for you. */
  readonly meaning: string;
  /** What to tell the payer. */
  readonly hint?: string;
}

function explain(result: PollResult): Pick<DemoOutcome, 'code' | 'meaning' | 'hint'> {
  switch (result.state) {
    case 'successful':
      return { meaning: 'MTN says SUCCESSFUL: the money has moved. Now deliver the order.' };
    case 'failed':
    case 'expired': {
      const code = result.payment.reason?.code;
      const why = result.state === 'expired' ? 'no PIN in time' : 'refused';
      return {
        ...(code === undefined ? {} : { code, hint: payerHint(code) }),
        meaning: `${code ?? 'FAILED'}: ${why}, nothing was charged.`,
      };
    }
    default:
      return { code: result.why, meaning: 'Neither paid nor failed: keep the reference id and poll it again later.' };
  }
}

function isAsExpected({ expected }: DemoPayment, result: PollResult, code: string | undefined, statuses: string[]) {
  const hasSeen = expected.seen === undefined || statuses.includes(expected.seen);
  return result.state === expected.state && code === expected.code && hasSeen;
}

/** What the four need. */
export interface DemoRun {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** How long one call takes, in sandbox milliseconds. */
  readonly latencyMs: number;
  /** How long after the one before it a payment starts, in sandbox milliseconds. */
  readonly staggerMs: number;
  readonly tell: (event: DemoEvent) => void;
}

/**
 * Takes the four payments at once, as a shop does: one client, one sandbox.
 *
 * @returns The outcomes in order, and the sandbox, which knows what reached it.
 */
export async function takePayments({ clock, signal, latencyMs, staggerMs, tell }: DemoRun): Promise<{
  outcomes: DemoOutcome[];
  sandbox: MomoSandbox;
}> {
  const startedAtMs = clock.now();
  const names = new Map<string, string>();
  const stamp = (payment: string, referenceId: string | undefined) => ({
    payment,
    ...(referenceId === undefined ? {} : { referenceId }),
    atMs: clock.now() - startedAtMs,
  });

  function watch(event: ClientEvent): void {
    const { referenceId, operation, type } = event;
    const name = referenceId === undefined ? undefined : names.get(referenceId);
    if (name === undefined || operation !== 'requestToPay') return;
    if (type === 'request') tell({ event: 'sent', ...stamp(name, referenceId) });
    else if (type === 'response') tell({ event: 'accepted', ...stamp(name, referenceId), httpStatus: event.status });
  }

  // On a clock of ours the sandbox lives in the same time as the client, and nothing is skipped.
  const sandbox = createMomoSandbox({ now: clock.now });
  const client = new MomoCollections({
    ...sandbox.clientOptions(),
    clock,
    fetch: async (input, init) => {
      await clock.sleep(latencyMs);
      return sandbox.fetch(input, init);
    },
    onEvent: watch,
  });

  async function take(payment: DemoPayment, index: number): Promise<DemoOutcome> {
    const { name, payer } = payment;
    const statuses: string[] = [];
    let referenceId: string | undefined;
    let reads = 0;
    await clock.sleep(index * staggerMs, signal);
    const beganAtMs = clock.now();
    let outcome: DemoOutcome;
    try {
      const result = await client.collect(
        { ...demoPrice, externalId: `demo-${name}`, payer },
        {
          signal,
          onReference: (id) => {
            referenceId = id;
            names.set(id, name);
            tell({ event: 'reference', ...stamp(name, id) });
          },
          onUpdate: ({ status, state }) => {
            reads += 1;
            if (statuses.at(-1) !== status) statuses.push(status);
            tell({ event: 'status', ...stamp(name, referenceId), status, state, read: reads });
          },
        },
      );
      const explained = explain(result);
      outcome = {
        state: result.state,
        statuses,
        reads: result.reads,
        elapsedMs: result.elapsedMs,
        asExpected: isAsExpected(payment, result, explained.code, statuses),
        ...explained,
      };
    } catch (error) {
      if (signal.aborted || !MomoError.is(error)) throw error;
      const { code, message: meaning } = error;
      const elapsedMs = clock.now() - beganAtMs;
      outcome = { state: 'error', code, statuses, reads, elapsedMs, asExpected: false, meaning };
    }
    tell({ event: 'result', ...stamp(name, referenceId), ...outcome });
    return outcome;
  }

  return { outcomes: await Promise.all(demoPayments.map(take)), sandbox };
}
