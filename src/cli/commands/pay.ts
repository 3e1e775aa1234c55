import type { Settings } from '../../client/options.js';
import {
  type ClientEvent,
  MomoCollections,
  MomoError,
  type PollResult,
  type RequestToPay,
  type TargetEnvironmentInfo,
  targetEnvironments,
} from '../../index.js';
import { Form } from '../../operations/create.js';
import { prepareRequestToPay } from '../../operations/request-to-pay.js';
import type { Command, CommandContext, OptionValues } from '../command.js';
import { CommandFailure, usageFailure } from '../command-failure.js';
import { commonOptions, commonOptionsHelp, secondsOf, textOf } from '../common-options.js';
import { readConfiguration, requireSettings } from '../configuration.js';
import { machineClock } from '../demo/paced-clock.js';
import { exitCodes } from '../exit-codes.js';
import { confirmRealMoney } from '../payment/confirm-real-money.js';
import { paymentLines, statusCommand } from '../payment/lines.js';
import { createProgress, type Progress, statusEvent } from '../payment/progress.js';
import { exitCodeOf, type PaymentReport, reportOfResult } from '../payment/report.js';

const help = `Asks a phone for money, and waits until the payer has decided.

The reference id is written out before anything is sent. Ctrl-C stops the
watching, not the payment: "momo-collections status <id>" asks for it later.

Usage: momo-collections pay <phone> <amount> [options]

Options:
  --currency <code>      Default: the currency of MTN_TARGET_ENV
  --external-id <text>   Your own id of the order; default: pay- and the time
  --message <text>       Shown to the payer; default: the external id
  --note <text>          Shown to you; default: the external id
  --reference-id <uuid>  Goes on with the payment of this id, or makes it
  --callback-url <url>   Default: MTN_CALLBACK_URL
  --timeout <s>          How long to wait for the outcome; default: 600
  --yes                  Real money without a question; needed in scripts
                         everywhere but in the sandbox
${commonOptionsHelp}

Exit codes:
  0    MTN says it is paid
  1    MTN says it failed or expired: nobody was charged
  2    The command line or the configuration makes no sense: nothing was sent
  3    Uncertain: it may be paid. Never pay again: run status
  5    MTN refused or could not be reached: no payment was made
  70   A fault of this program: treat it as 3
  130  Stopped, by Ctrl-C or by a no to the question

Examples:
  npx momo-collections pay '+46 733 123 999' 12.50
  npx momo-collections pay 250788123456 5000 --external-id order-17 --yes --json
`;

/** What a field of the request is called on the command line. */
const wordOf: Readonly<Record<string, string>> = {
  payer: '<phone>',
  amount: '<amount>',
  currency: '--currency',
  externalId: '--external-id',
  referenceId: '--reference-id',
  callbackUrl: '--callback-url',
};

/** `pay-20261121-124500`: tells one payment from another in a history. */
function timeId(nowMs: number): string {
  const time = new Date(nowMs).toISOString().replace(/\.\d+Z$/, '');
  return `pay-${time.replace(/[-:]/g, '').replace('T', '-')}`;
}

function requestOf(
  values: OptionValues,
  [payer = '', amount = '']: readonly string[],
  { targetEnvironment }: Settings,
  nowMs: number,
): RequestToPay & { readonly amount: string; readonly payer: string } {
  const known: Readonly<Record<string, TargetEnvironmentInfo>> = targetEnvironments;
  const info = Object.hasOwn(known, targetEnvironment) ? known[targetEnvironment] : undefined;
  const currency = textOf(values, 'currency') ?? info?.currency;
  if (currency === undefined) {
    throw usageFailure(`--currency must be given: the currency of ${targetEnvironment} is not known.`);
  }
  return {
    payer,
    amount,
    currency: currency.toUpperCase(),
    externalId: textOf(values, 'external-id') ?? timeId(nowMs),
    payerMessage: textOf(values, 'message'),
    payeeNote: textOf(values, 'note'),
    referenceId: textOf(values, 'reference-id'),
    callbackUrl: textOf(values, 'callback-url'),
  };
}

/** Before anybody is asked for a yes; problems are told in the words of the command line. */
function checkRequest(request: RequestToPay, settings: Settings): void {
  try {
    prepareRequestToPay(new Form('requestToPay', request, settings));
  } catch (error) {
    if (!MomoError.is(error, 'invalid_input')) throw error;
    const list = error.issues.map(({ path, message }) => `${wordOf[path] ?? path} ${message}`).join('; ');
    throw usageFailure(`Nothing was sent: ${list}.`);
  }
}

/** How far a payment has come. */
interface Journey {
  referenceId?: string;
  /** A request may have left. */
  hasLeft: boolean;
  /** MTN has taken it, or may have: errors from here on say nothing of the payment. */
  isPolling: boolean;
  /** An earlier command may have sent it. */
  readonly isOldId: boolean;
}

/** The client's events, as far as they show the way of the request itself. */
function follow(journey: Journey, progress: Progress): (event: ClientEvent) => void {
  return (event) => {
    const isCreate = event.operation === 'requestToPay';
    if (event.type === 'request' && isCreate) {
      journey.hasLeft = true;
      progress.show({ event: 'sending', attempt: event.attempt });
    } else if (event.type === 'response' && isCreate) {
      progress.show({ event: 'answered', httpStatus: event.status });
    } else if (event.type === 'request' && event.operation === 'getRequestToPay' && !journey.isPolling) {
      progress.show({ event: 'checking' });
    }
  };
}

/** What an error means, by how far the payment had come; a report when it means "uncertain". */
function judge(error: unknown, journey: Journey, again: string): PaymentReport {
  const { referenceId, hasLeft, isPolling, isOldId } = journey;
  // The client refused, or the reference id could not be written: nothing was sent.
  if (referenceId === undefined || error instanceof CommandFailure) throw error;
  const { code, message } = MomoError.is(error) ? error : { code: 'internal', message: String(error) };
  const mayExist = hasLeft || isOldId;
  if (code === 'aborted') {
    const text = mayExist
      ? `Stopped watching. The payment goes on at MTN, and may be paid: do not charge again. Ask for it with
  ${again}`
      : 'Stopped before anything was sent: nobody is charged.';
    throw new CommandFailure('aborted', exitCodes.interrupted, text, referenceId);
  }
  // A conflict is clear: the id belongs to another payment, and this one was not made.
  const isOpen = isPolling || isOldId || code === 'outcome_unknown' || code === 'internal';
  if (!mayExist || !isOpen || code === 'reference_conflict') {
    if (!MomoError.is(error)) throw error;
    const text = `No payment was made. ${message}\nThis may tell more: npx momo-collections doctor`;
    throw new CommandFailure(error.code, exitCodes.unanswered, text, referenceId);
  }
  return { referenceId, state: 'uncertain', why: 'error', error: { code, message } };
}

async function runPay(values: OptionValues, context: CommandContext, words: readonly string[]): Promise<number> {
  const { terminal, signal, fetch, clock } = context;
  const { now } = clock ?? machineClock;
  const json = values.json === true;
  const deadlineMs = secondsOf(values, 'timeout') ?? 600_000;
  const envFile = textOf(values, 'env-file');
  const configuration = readConfiguration(context, envFile);
  const settings = requireSettings(configuration);
  const { targetEnvironment, baseUrl } = settings;
  const request = requestOf(values, words, settings, now());
  checkRequest(request, settings);
  if (values.yes !== true) await confirmRealMoney(context, request, settings);

  // Under an id that was given, an earlier command may have sent it.
  const journey: Journey = { hasLeft: false, isPolling: false, isOldId: request.referenceId !== undefined };
  const startedAtMs = now();
  let progress: Progress | undefined;
  let again = '';
  const announce = async (referenceId: string) => {
    journey.referenceId = referenceId;
    again = statusCommand(referenceId, envFile);
    const head = { event: 'reference', referenceId, targetEnvironment, baseUrl };
    terminal.write(json ? `${JSON.stringify(head)}\n` : `Reference id  ${referenceId}\n`);
    try {
      await terminal.flush();
    } catch {
      const text = `The reference id could not be written (${referenceId}), so nothing was sent: stdout is closed or full.`;
      throw new CommandFailure('output', exitCodes.unanswered, text, referenceId);
    }
    progress = createProgress(terminal, json, () => now() - startedAtMs);
  };
  const show: Progress['show'] = (event) => progress?.show(event);
  const client = MomoCollections.fromEnv(configuration.values, {
    fetch,
    clock,
    onEvent: follow(journey, { show, close: () => {} }),
  });
  let report: PaymentReport;
  try {
    const result: PollResult = await client.collect(request, {
      signal,
      deadlineMs,
      onReference: announce,
      // Only the poll reads this way, so that an error can be told from one of the request itself.
      read: async (referenceId, options) => {
        journey.isPolling = true;
        try {
          return await client.getRequestToPay(referenceId, options);
        } catch (error) {
          if (MomoError.is(error) && error.code !== 'aborted') show({ event: 'unanswered', code: error.code });
          throw error;
        }
      },
      onUpdate: (payment) => show(statusEvent(payment)),
    });
    report = reportOfResult(result);
  } catch (error) {
    progress?.close();
    progress = undefined;
    report = judge(error, journey, again);
  } finally {
    progress?.close();
  }
  terminal.write(
    json
      ? `${JSON.stringify({ event: 'result', ...report })}\n`
      : `\n${paymentLines(terminal, report, again).join('\n')}\n`,
  );
  return exitCodeOf(report);
}

export const pay: Command = {
  name: 'pay',
  summary: 'Asks a phone for money, and waits for the outcome',
  help,
  words: [{ name: 'phone' }, { name: 'amount' }],
  options: {
    ...commonOptions,
    currency: { type: 'string' },
    'external-id': { type: 'string' },
    message: { type: 'string' },
    note: { type: 'string' },
    'reference-id': { type: 'string' },
    'callback-url': { type: 'string' },
    timeout: { type: 'string' },
    yes: { type: 'boolean' },
  },
  run: runPay,
};
