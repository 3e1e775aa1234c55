import { describeReason } from '../../index.js';
import type { Style, Terminal } from '../output.js';
import type { PaymentReport } from './report.js';

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

const looks: Readonly<Record<PaymentReport['state'], readonly [mark: string, style: Style]>> = {
  successful: ['✓', 'green'],
  failed: ['✗', 'red'],
  expired: ['✗', 'yellow'],
  pending: ['…', 'cyan'],
  uncertain: ['?', 'yellow'],
};

/** `status` again, with the env file that was used. */
export function statusCommand(referenceId: string, envFile: string | undefined): string {
  return `npx momo-collections status ${referenceId}${envFile === undefined ? '' : ` --env-file '${envFile}'`}`;
}

function uncertainty({ why, reads = 0, elapsedMs = 0, status, differences = [], error }: PaymentReport): string {
  switch (why) {
    case 'mismatch': {
      const list = differences.map(({ field, wanted, actual = 'nothing' }) => `${field} ${actual}, not ${wanted}`);
      return `MTN says it is paid, but not as asked: ${list.join('; ')}. A person must look at it.`;
    }
    case 'not-found':
      return `MTN knew no such payment in ${reads} reads. That does not prove that it never will.`;
    case 'error':
      return `The status could not be read (${error?.code}): ${error?.message}`;
    default:
      return `MTN had not decided after ${seconds(elapsedMs)}${status === undefined ? '' : `; its last word was ${status}`}.`;
  }
}

/** What to do now. */
function nextStep({ state, why, reason }: PaymentReport, again: string): string[] {
  const { category, mayRetryWithNewReference } = describeReason(reason?.code ?? '');
  switch (state) {
    case 'successful':
      return [];
    case 'pending':
      return ['Nothing is decided: wait, and do not charge again.', `Ask again:  ${again}`];
    case 'uncertain':
      return why === 'mismatch'
        ? ['Do not deliver, and do not charge again.']
        : ['It may be paid, now or later: do not charge again.', `Ask again:  ${again}`];
    default:
      if (mayRetryWithNewReference)
        return ['Nobody was charged. Another attempt is a new payment with a new reference id.'];
      return category === 'merchant' || category === 'request'
        ? ['Nobody was charged. The cause is on your side or at MTN: mend it before another attempt.']
        : ['Nobody was charged. Find out what the code means before another attempt.'];
  }
}

/** A payment, for people. */
export function paymentLines(
  { style }: Pick<Terminal, 'style'>,
  report: PaymentReport,
  again: string,
): readonly string[] {
  const { referenceId, state, status, amount, currency, externalId, payer, financialTransactionId, reason } = report;
  const [mark, look] = looks[state];
  const rows: [name: string, value: string | undefined][] = [
    ['Reference id', referenceId],
    ["MTN's word", status],
    ['Amount', amount === undefined ? undefined : `${amount} ${currency ?? ''}`.trim()],
    ['Payer', payer],
    ['External id', externalId],
    ["MTN's number", financialTransactionId],
    ['Reason', reason && `${reason.code}${reason.message === undefined ? '' : `: ${reason.message}`}`],
    ['Tell the payer', report.payerHint && `"${report.payerHint}"`],
    ['Why', state === 'uncertain' ? uncertainty(report) : undefined],
    [
      'Took',
      report.elapsedMs === undefined
        ? undefined
        : `${seconds(report.elapsedMs)}, ${report.reads} status read${report.reads === 1 ? '' : 's'}`,
    ],
  ];
  const table = rows.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(15)} ${value}`]));
  const next = nextStep(report, again);
  return [
    `${style(look, mark)} ${style(['bold', look] as Style, state)}`,
    ...table,
    ...(next.length > 0 ? ['', ...next] : []),
  ];
}
