import type { ObservedState, PaymentStatus } from '../../index.js';
import { LiveLines, type Terminal } from '../output.js';
import { seconds } from './lines.js';
import { reportOf } from './report.js';

/** Something that happens while a payment is waited for. */
export type ProgressEvent =
  | { readonly event: 'sending'; readonly attempt: number }
  | { readonly event: 'answered'; readonly httpStatus: number }
  /** The fate of a send is unknown, and the status read for it. */
  | { readonly event: 'checking' }
  | { readonly event: 'status'; readonly status: string; readonly state: ObservedState }
  /** A read that told nothing; by an error's code. */
  | { readonly event: 'unanswered'; readonly code: string };

/** How the waiting is shown. */
export interface Progress {
  show(event: ProgressEvent): void;
  /** Leaves the screen in order. */
  close(): void;
}

/** What a read showed. */
export function statusEvent(payment: PaymentStatus): ProgressEvent {
  const { status = '' } = reportOf(payment);
  return { event: 'status', status, state: payment.state };
}

function describe(event: ProgressEvent): string {
  switch (event.event) {
    case 'sending':
      return event.attempt === 1 ? 'sending the request to MTN' : 'sending the same request again, under the same id';
    case 'answered':
      return event.httpStatus === 202
        ? 'MTN has queued it (202): the payer is asked for the PIN'
        : `MTN answered ${event.httpStatus}`;
    case 'checking':
      return 'no clear answer: asking MTN whether it has the payment';
    case 'status':
      return event.state === 'pending' ? `${event.status}: the payer has not decided` : event.status;
    case 'unanswered':
      return event.code === 'not_found'
        ? 'MTN does not know it yet, and is asked again'
        : `no status (${event.code}), and MTN is asked again`;
  }
}

const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** One line, drawn again in place. */
function liveProgress(terminal: Terminal, elapsedMs: () => number): Progress {
  const live = new LiveLines(terminal);
  const { style } = terminal;
  let frame = 0;
  let text = 'checking the credentials';
  const draw = () => {
    const mark = style('cyan', spinner[frame % spinner.length] as string);
    live.draw([
      `${mark} ${seconds(elapsedMs()).padStart(7)}  ${text}`,
      style('dim', '  Ctrl-C stops watching, not the payment.'),
    ]);
  };
  draw();
  const timer = setInterval(() => {
    frame += 1;
    draw();
  }, 100);
  return {
    show(event) {
      text = describe(event);
      draw();
    },
    close() {
      clearInterval(timer);
      live.draw([]);
      live.close();
    },
  };
}

/** One line per change, for pipes and logs. */
function lineProgress(terminal: Terminal, elapsedMs: () => number): Progress {
  let last = '';
  return {
    show(event) {
      const text = describe(event);
      if (text === last) return;
      last = text;
      terminal.write(`${seconds(elapsedMs()).padStart(9)}  ${text}\n`);
    },
    close: () => {},
  };
}

/** One JSON object per event, beside the results. */
function jsonProgress(terminal: Terminal, elapsedMs: () => number): Progress {
  return {
    show: (event) => terminal.writeError(`${JSON.stringify({ ...event, elapsedMs: elapsedMs() })}\n`),
    close: () => {},
  };
}

/** Shows what happens, fit for who looks on. */
export function createProgress(terminal: Terminal, json: boolean, elapsedMs: () => number): Progress {
  if (json) return jsonProgress(terminal, elapsedMs);
  return terminal.isInteractive ? liveProgress(terminal, elapsedMs) : lineProgress(terminal, elapsedMs);
}
