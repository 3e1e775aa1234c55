import { MomoCollections, MomoError } from '../../index.js';
import { toReferenceId } from '../../payment/reference-id.js';
import type { Command, CommandContext, OptionValues } from '../command.js';
import { CommandFailure, usageFailure } from '../command-failure.js';
import { commonOptions, commonOptionsHelp, secondsOf, textOf } from '../common-options.js';
import { readConfiguration, requireSettings } from '../configuration.js';
import { machineClock } from '../demo/paced-clock.js';
import { exitCodes } from '../exit-codes.js';
import { paymentLines, statusCommand } from '../payment/lines.js';
import { createProgress, statusEvent } from '../payment/progress.js';
import { exitCodeOf, type PaymentReport, reportOf, reportOfResult } from '../payment/report.js';

const help = `Reads what MTN says of a payment.

Usage: momo-collections status <reference id> [options]

Options:
  --watch                Reads until it is decided
  --timeout <s>          How long to watch; default: 600
${commonOptionsHelp}

Exit codes:
  0    MTN says it is paid
  1    MTN says it failed or expired: nobody was charged
  2    The command line or the configuration makes no sense
  3    Not found, or not decided in the time of --watch: it may be paid
  4    Pending: the payer has not decided
  5    MTN refused or could not be reached: nothing was learned
  70   A fault of this program
  130  Stopped by Ctrl-C

Examples:
  npx momo-collections status 7c0e4f9a-3b6d-4c58-9a21-0d5f8e3b1c42
  npx momo-collections status 7c0e4f9a-3b6d-4c58-9a21-0d5f8e3b1c42 --watch --json
`;

/** Not found, in the words of somebody who waits for money. */
function notFound(referenceId: string, where: string): CommandFailure {
  return new CommandFailure(
    'not_found',
    exitCodes.uncertain,
    `MTN knows no payment ${referenceId} (${where}).
That is no proof that it failed. Just after it was sent MTN needs a moment: ask again in a minute.
A payment is known only at the address, in the environment and to the API user it was made with: check those too.`,
    referenceId,
  );
}

async function runStatus(values: OptionValues, context: CommandContext, [word]: readonly string[]): Promise<number> {
  const { terminal, signal, fetch, clock } = context;
  const json = values.json === true;
  const deadlineMs = secondsOf(values, 'timeout') ?? 600_000;
  const isWatching = values.watch === true;
  if (values.timeout !== undefined && !isWatching) throw usageFailure('--timeout goes with --watch.');
  const referenceId = toReferenceId(word);
  if (referenceId === undefined) throw usageFailure('<reference id> must be a UUID of version 4, as pay writes it.');
  const envFile = textOf(values, 'env-file');
  const configuration = readConfiguration(context, envFile);
  const { targetEnvironment, baseUrl } = requireSettings(configuration);
  const client = MomoCollections.fromEnv(configuration.values, { fetch, clock });

  const again = statusCommand(referenceId, envFile);
  const { now } = clock ?? machineClock;
  const startedAtMs = now();
  let report: PaymentReport;
  const progress = isWatching ? createProgress(terminal, json, () => now() - startedAtMs) : undefined;
  try {
    report =
      progress === undefined
        ? reportOf(await client.getRequestToPay(referenceId, { signal }))
        : reportOfResult(
            await client.pollUntilFinal(referenceId, {
              signal,
              deadlineMs,
              onUpdate: (payment) => progress.show(statusEvent(payment)),
            }),
          );
  } catch (error) {
    progress?.close();
    if (MomoError.is(error, 'not_found')) throw notFound(referenceId, `${targetEnvironment} at ${baseUrl}`);
    if (!MomoError.is(error)) throw error;
    if (error.code === 'aborted') {
      const stopped = `Stopped watching. The payment goes on at MTN. Ask for it with\n  ${again}`;
      throw new CommandFailure('aborted', exitCodes.interrupted, stopped, referenceId);
    }
    const text = `Nothing was learned of the payment. ${error.message}`;
    throw new CommandFailure(error.code, exitCodes.unanswered, text, referenceId);
  }
  progress?.close();
  terminal.write(json ? `${JSON.stringify(report)}\n` : `${paymentLines(terminal, report, again).join('\n')}\n`);
  return exitCodeOf(report);
}

export const status: Command = {
  name: 'status',
  summary: 'Reads what MTN says of a payment',
  help,
  words: [{ name: 'reference id' }],
  options: { ...commonOptions, watch: { type: 'boolean' }, timeout: { type: 'string' } },
  run: runStatus,
};
