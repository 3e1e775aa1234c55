import { LiveLines, padEnd, type Style, type Terminal } from '../output.js';
import { type DemoEvent, type DemoOutcome, demoPayments } from './payments.js';

/** How the payments are shown while they happen. */
export interface View {
  show(event: DemoEvent): void;
  /** Leaves the screen in order, also after an error. */
  close(): void;
}

const nameWidth = Math.max(...demoPayments.map(({ name }) => name.length));

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function styleOf(state: string): Style {
  switch (state) {
    case 'successful':
      return 'green';
    case 'failed':
    case 'error':
      return 'red';
    case 'expired':
      return 'yellow';
    default:
      return 'cyan';
  }
}

const quoted = (hint: string) => `"${hint}"`;

/** The hint, when there is one, has a line of its own below. */
function meaningOf({ meaning, hint }: DemoOutcome): string {
  return hint === undefined ? meaning : `${meaning} Tell the payer:`;
}

/** One JSON object per line. */
export function jsonView(terminal: Terminal): View {
  return { show: (event) => terminal.write(`${JSON.stringify(event)}\n`), close: () => {} };
}

function describe(event: DemoEvent): string {
  switch (event.event) {
    case 'reference':
      return `reference id ${event.referenceId} stored`;
    case 'sent':
      return 'request to pay sent under that id';
    case 'accepted':
      return event.httpStatus === 202 ? '202: queued at MTN, not paid' : `answered ${event.httpStatus}`;
    case 'status':
      return `read ${event.read}: ${event.status}`;
    case 'result':
      return `${event.state}. ${meaningOf(event)}`;
  }
}

/** One line per change, for pipes and small terminals. */
export function lineView(terminal: Terminal): View {
  return {
    show(event) {
      const head = `${seconds(event.atMs).padStart(7)}  ${event.payment.padEnd(nameWidth)}  `;
      const hint = event.event === 'result' && event.hint ? `${' '.repeat(9)}${quoted(event.hint)}\n` : '';
      terminal.write(`${head}${describe(event)}\n${hint}`);
    },
    close: () => {},
  };
}

/** Where one payment stands on the board. */
interface Row {
  readonly name: string;
  referenceId?: string | undefined;
  beganAtMs?: number;
  state: string;
  note: string;
  outcome?: DemoOutcome;
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const markOf: Readonly<Record<string, string>> = { successful: '✓', failed: '✗', expired: '✗', error: '✗' };

function noteOf(event: Exclude<DemoEvent, { event: 'result' }>): string {
  switch (event.event) {
    case 'reference':
      return 'The reference id is stored. The first call fetches an access token for all.';
    case 'sent':
      return 'The request is on its way to MTN, under that id and no other.';
    case 'accepted':
      return `MTN answered ${event.httpStatus}: queued, not paid. The phone asks for the PIN.`;
    case 'status':
      return event.state === 'pending'
        ? `Read ${event.read} says ${event.status}: not decided. Wait, and never charge again.`
        : `Read ${event.read} says ${event.status}: decided.`;
  }
}

/** The lines a board needs at most: three for a payment with a hint, two for another, a blank between. */
export const boardHeight = demoPayments.length * 4;

/** All four at once, drawn again in place. */
export function boardView(terminal: Terminal, nowMs: () => number): View {
  const live = new LiveLines(terminal);
  const rows = new Map<string, Row>(
    demoPayments.map(({ name }) => [name, { name, state: 'waiting', note: 'Starts in a moment.' }]),
  );
  let frame = 0;

  function linesOf({ name, referenceId = '', beganAtMs, state, note, outcome }: Row): string[] {
    const { style } = terminal;
    const color = styleOf(state);
    const isActive = outcome === undefined && beganAtMs !== undefined;
    const mark = isActive ? (spinner[frame % spinner.length] as string) : (markOf[state] ?? '·');
    const elapsedMs = outcome?.elapsedMs ?? (beganAtMs === undefined ? undefined : nowMs() - beganAtMs);
    const time = elapsedMs === undefined ? '' : seconds(elapsedMs);
    const head = [
      style(color, mark),
      style('bold', name.padEnd(nameWidth)),
      padEnd(style('dim', referenceId), 36),
      padEnd(style(color, state), 10),
      time.padStart(7),
    ].join('  ');
    const hint = outcome?.hint === undefined ? [] : [`   ${quoted(outcome.hint)}`];
    return [head, `   ${outcome === undefined ? note : meaningOf(outcome)}`, ...hint];
  }

  function draw(): void {
    live.draw([...rows.values()].flatMap((row, index) => [...(index > 0 ? [''] : []), ...linesOf(row)]));
  }

  draw();
  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, 80);
  return {
    show(event) {
      const row = rows.get(event.payment);
      if (row === undefined) return;
      row.referenceId = event.referenceId;
      row.beganAtMs ??= event.atMs;
      if (event.event === 'result') {
        row.outcome = event;
        row.state = event.state;
      } else {
        row.note = noteOf(event);
        row.state = event.event === 'reference' ? 'created' : event.event === 'sent' ? 'sending' : 'pending';
      }
      draw();
    },
    close() {
      clearInterval(timer);
      draw();
      live.close();
    },
  };
}

function whyOf({ state, code, statuses }: DemoOutcome): string {
  if (code !== undefined) return code;
  return statuses.length > 1 ? statuses.join(', ') : state === 'successful' ? 'the payer approved' : '';
}

/** The table at the end. */
export function summaryTable(terminal: Terminal, outcomes: readonly DemoOutcome[]): string[] {
  const { style } = terminal;
  const cells = outcomes.map((outcome, index) => [
    demoPayments[index]?.name ?? '',
    style(styleOf(outcome.state), outcome.state),
    whyOf(outcome),
    String(outcome.reads),
    seconds(outcome.elapsedMs),
  ]);
  const rows = [['payment', 'state', 'why', 'reads', 'elapsed'].map((title) => style('bold', title)), ...cells];
  const plainWidth = [nameWidth, 10, 30, 5, 7];
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = plainWidth[column] ?? 0;
        const padded = padEnd(cell, width);
        const gap = padded.length - cell.length;
        return column > 2 ? ' '.repeat(gap) + cell : padded;
      })
      .join('  ')
      .trimEnd(),
  );
}
