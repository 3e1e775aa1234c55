import type { Update } from '../../testing/server/feed.js';
import type { SandboxServer } from '../../testing/server/types.js';
import type { Style, Terminal } from '../output.js';

/** What a running sandbox tells its terminal. */
export interface SandboxLog {
  start(server: SandboxServer, approval: 'automatic' | 'manual'): void;
  show(update: Update): void;
  end(): void;
}

type Call = Update['calls'][number];
type Payment = Update['payments'][number];
type Callback = Update['callbacks'][number];

/** Has it come to its end? Until then a call and a callback are not worth a line. */
function isDone({ status, dropped, error }: { status?: number; dropped?: string; error?: string }): boolean {
  return (status ?? dropped ?? error) !== undefined;
}

/** One JSON object per line. */
export function jsonLog(terminal: Terminal): SandboxLog {
  const write = (event: string, fields: object) => terminal.write(`${JSON.stringify({ event, ...fields })}\n`);
  return {
    start: ({ url, phoneUrl, env }, approval) => write('listening', { url, phoneUrl, approval, env }),
    show({ calls, payments, callbacks }) {
      for (const call of calls.filter(isDone)) write('call', call);
      for (const payment of payments) write('payment', payment);
      for (const callback of callbacks.filter(isDone)) write('callback', callback);
    },
    end: () => {},
  };
}

/** What strangers wrote must not steer the terminal. */
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}

function toneOf(status: number | undefined): Style {
  return status !== undefined && status < 300 ? 'green' : 'red';
}

/** One line per call, payment and callback, for a person. */
export function textLog(terminal: Terminal): SandboxLog {
  const { style } = terminal;
  const write = (...lines: string[]) => terminal.write(lines.map((line) => `${line}\n`).join(''));
  const timeOf = (atMs: number) => style('dim', new Date(atMs).toTimeString().slice(0, 8));

  function showCall({ atMs, method, path, status, dropped, problem }: Call): void {
    const outcome = dropped === undefined ? String(status) : dropped === 'hang' ? 'no answer' : 'cut off';
    write(`${timeOf(atMs)}  ${plain(`${method} ${path}`)}  ${style(toneOf(status), outcome)}`);
    if (problem !== undefined) write(`          ${style('red', plain(problem))}`);
  }

  function showPayment(payment: Payment, nowMs: number): void {
    const { referenceId, operation, status, amount, currency, externalId, payer, reason, createdAtMs } = payment;
    const isOpen = status === 'CREATED' || status === 'PENDING';
    const color = isOpen ? 'yellow' : status === 'SUCCESSFUL' ? 'green' : 'red';
    const what = amount === undefined ? operation : `${amount} ${currency}`;
    const words = [referenceId, what, `from ${payer}`, externalId, reason?.code].filter((word) => word);
    const atMs = isOpen ? createdAtMs : nowMs;
    write(`${timeOf(atMs)}  ${style(color, status.padEnd(10))}  ${plain(words.join('  '))}`);
  }

  function showCallback({ atMs, method, url, status, error }: Callback): void {
    write(`${timeOf(atMs)}  callback ${method} ${plain(url)}  ${style(toneOf(status), String(status ?? error))}`);
  }

  return {
    start({ url, phoneUrl, env }, approval) {
      write(
        '',
        `${style('bold', "MTN's sandbox")} listens on ${style('cyan', url)}`,
        '',
        approval === 'manual'
          ? `Open the phone page; each payment rings there: ${style('cyan', phoneUrl)}`
          : `Approval is automatic. What happens is on the phone page too: ${style('cyan', phoneUrl)}`,
        '',
        'For your .env:',
        '',
        ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
        '',
        'Ctrl-C stops it. Every call, payment and callback from here on:',
        '',
      );
    },
    show({ calls, payments, callbacks, nowMs }) {
      for (const call of calls.filter(isDone)) showCall(call);
      for (const payment of payments) showPayment(payment, nowMs);
      for (const callback of callbacks.filter(isDone)) showCallback(callback);
    },
    end: () => write('', 'Stopped.'),
  };
}
