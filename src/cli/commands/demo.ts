import type { Clock } from '../../index.js';
import type { Command, CommandContext } from '../command.js';
import { machineClock, pacedClock } from '../demo/paced-clock.js';
import { type DemoOutcome, type DemoPayment, demoPayments, demoPrice, takePayments } from '../demo/payments.js';
import { boardHeight, boardView, jsonView, lineView, summaryTable } from '../demo/views.js';

const help = `Shows four payments from the first call to the final state: paid, refused,
expired, delayed. They run on MTN's sandbox rebuilt in memory, with MTN's own
test numbers: no account, no network, no money.

Usage: momo-collections demo [--json]

Options:
  --json  Writes one JSON object per event, one per line, for scripts
  --help  Shows this

Exit codes:
  0    Every payment ended as MTN documents it
  1    One did not
  130  Stopped, by Ctrl-C or because nobody reads on, as after "| head"

Examples:
  npx momo-collections demo
  npx momo-collections demo --json | grep '"event":"result"'
`;

/** What a test puts in place of real time. */
export interface DemoOptions extends CommandContext {
  readonly json: boolean;
  /** Default: the machine's. */
  readonly wall?: Clock;
}

/** How many sandbox seconds pass in a real one. */
const speeds = { board: 2.5, lines: 8 } as const;

/** What did not end as MTN says it does. */
function surprises(outcomes: readonly DemoOutcome[]): string[] {
  return outcomes.flatMap(({ asExpected }, index) => {
    const { name, expected }: DemoPayment = demoPayments[index] as DemoPayment;
    const wanted = [expected.state, expected.code, expected.seen && `after ${expected.seen}`].filter(Boolean);
    return asExpected ? [] : [`Not as expected: ${name} should have been ${wanted.join(', ')}.`];
  });
}

/** @returns 0 when all four ended as they should, 130 when stopped, else 1. */
export async function runDemo({ terminal, signal, json, wall = machineClock }: DemoOptions): Promise<number> {
  const isBoard = !json && terminal.isInteractive && terminal.rows > boardHeight;
  const speed = isBoard ? speeds.board : speeds.lines;
  const clock = pacedClock(wall, speed);
  const startedAtMs = clock.now();
  const { style } = terminal;
  const write = (...lines: string[]) => terminal.write(lines.map((line) => `${line}\n`).join(''));

  if (!json) {
    write(
      '',
      style('bold', `Four payments of ${demoPrice.amount} ${demoPrice.currency} with momo-collections`),
      "On MTN's sandbox rebuilt in memory: no account, no network, no money.",
      `Times are sandbox seconds; they pass ${speed} times as fast as yours.`,
      '',
    );
  }
  const view = json
    ? jsonView(terminal)
    : isBoard
      ? boardView(terminal, () => clock.now() - startedAtMs)
      : lineView(terminal);
  let outcomes: readonly DemoOutcome[];
  let calls: { tokens: number; creates: number; reads: number };
  try {
    const taken = await takePayments({
      clock,
      signal,
      latencyMs: 400,
      staggerMs: 700,
      tell: (event) => view.show(event),
    });
    const count = (operation: string) => taken.sandbox.calls.filter((call) => call.operation === operation).length;
    outcomes = taken.outcomes;
    calls = { tokens: count('createAccessToken'), creates: count('requestToPay'), reads: count('getRequestToPay') };
  } catch (error) {
    if (!signal.aborted) throw error;
    return 130;
  } finally {
    view.close();
  }

  const right = outcomes.filter(({ asExpected }) => asExpected).length;
  const isRight = right === outcomes.length;
  if (json) {
    write(JSON.stringify({ event: 'summary', ok: isRight, payments: outcomes.length, asExpected: right, calls }));
  } else {
    write(
      '',
      ...summaryTable(terminal, outcomes),
      '',
      ...surprises(outcomes),
      style(isRight ? 'green' : 'red', `${right} of ${outcomes.length} ended as MTN documents.`),
      `Calls to MTN: ${calls.tokens} access token, ${calls.creates} requests to pay, ${calls.reads} status reads.`,
      ...(isRight ? ['Next: take a payment of your own, README.md has it in ten lines.'] : []),
    );
  }
  return isRight ? 0 : 1;
}

export const demo: Command = {
  name: 'demo',
  summary: 'Shows four payments from first call to final state, on a sandbox in memory',
  help,
  options: { json: { type: 'boolean' } },
  run: ({ json }, context) => runDemo({ ...context, json: json === true }),
};
