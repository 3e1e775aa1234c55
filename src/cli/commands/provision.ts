import { resolve } from 'node:path';
import { provisionSandboxUser } from '../../index.js';
import { isHostName } from '../../payment/urls.js';
import type { Command, CommandContext, OptionValues } from '../command.js';
import { CommandFailure, usageFailure } from '../command-failure.js';
import { commonOptions, commonOptionsHelp, textOf } from '../common-options.js';
import { readConfiguration } from '../configuration.js';
import { exitCodes } from '../exit-codes.js';
import { addToEnvFile, conflictsIn, envLines } from '../provision/env-file.js';

const help = `Makes an API user and its key in MTN's sandbox, and prints them as lines for an
env file. MTN shows the key this once. In production the partner portal does this.

Usage: momo-collections provision --callback-host <host> [options]

Options:
  --callback-host <host>    The one host that callbacks may go to, without
                            https://; it cannot be changed later
  --subscription-key <key>  Default: MTN_SUBSCRIPTION_KEY, which stays out of
                            the history of your shell
  --base-url <url>          Default: MTN_BASE_URL, else MTN's sandbox
  --write [path]            Writes to this file (default: .env) what it does
                            not have yet; no variable in it is ever changed
${commonOptionsHelp}

Exit codes:
  0    Made
  1    Made, but the file could not be written: the lines are printed
  2    The command line or the configuration makes no sense: nothing was made
  5    MTN refused or could not be reached
  70   A fault of this program
  130  Stopped by Ctrl-C: a user may have been made, and is of no use to anybody

Examples:
  npx momo-collections provision --callback-host pay.example.com
  npx momo-collections provision --callback-host pay.example.com --write
`;

/** Where to write, if anywhere. The path is a word of its own, so that `--write` may go without. */
function targetOf(values: OptionValues, { cwd = process.cwd() }: CommandContext, [path]: readonly string[]) {
  if (values.write === true) return resolve(cwd, path ?? '.env');
  if (path !== undefined) throw usageFailure('A path goes with --write.');
  return undefined;
}

/** Ends the waiting on Ctrl-C; the calls themselves are short. */
function untilStopped<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((fulfil, reject) => {
    const stop = () => reject(new CommandFailure('aborted', exitCodes.interrupted, 'Stopped. Nothing was written.'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(fulfil, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

async function runProvision(values: OptionValues, context: CommandContext, words: readonly string[]): Promise<number> {
  const { terminal, signal, fetch, clock } = context;
  const json = values.json === true;
  const host = textOf(values, 'callback-host');
  if (!isHostName(host)) {
    throw usageFailure(
      '--callback-host must be given: a bare host name such as pay.example.com, without https:// and path.',
    );
  }
  const path = targetOf(values, context, words);
  const { values: known } = readConfiguration(context, textOf(values, 'env-file'));
  const subscriptionKey = textOf(values, 'subscription-key') ?? known.MTN_SUBSCRIPTION_KEY;
  if (!subscriptionKey) {
    throw new CommandFailure(
      'configuration',
      exitCodes.usage,
      'MTN_SUBSCRIPTION_KEY is missing: set it to the primary or secondary key of your Collections subscription, from the profile page of the developer portal.',
    );
  }
  const baseUrl = textOf(values, 'base-url') ?? known.MTN_BASE_URL;
  const before = {
    MTN_SUBSCRIPTION_KEY: subscriptionKey,
    MTN_TARGET_ENV: 'sandbox',
    ...(baseUrl !== undefined && { MTN_BASE_URL: baseUrl }),
    MTN_PROVIDER_CALLBACK_HOST: host as string,
  };
  const conflicts =
    path === undefined ? [] : conflictsIn(path, { ...before, MTN_API_USER: undefined, MTN_API_KEY: undefined });
  if (conflicts.length > 0) {
    throw new CommandFailure(
      'exists',
      exitCodes.usage,
      `${path} already has ${conflicts.join(', ')}, which would have to change. Nothing was made and nothing was written.
Take them out of the file first, or give --write another path.`,
    );
  }

  if (!json && terminal.isInteractive) terminal.writeError('Making a user at MTN: this takes a few seconds.\n');
  const options = { subscriptionKey, providerCallbackHost: host as string, baseUrl, fetch, clock };
  const { apiUser, apiKey } = await untilStopped(provisionSandboxUser(options), signal);
  const env = { ...before, MTN_API_USER: apiUser, MTN_API_KEY: apiKey };
  const print = () => terminal.write(json ? `${JSON.stringify({ apiUser, apiKey, env })}\n` : envLines(env));
  if (path === undefined) {
    print();
    return exitCodes.done;
  }
  let written: string[];
  try {
    written = addToEnvFile(path, env);
  } catch (error) {
    // The key is shown this once: it must not be lost.
    print();
    const why = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
    const text = `The user is made, but ${path} could not be written (${why}): keep the lines above, MTN shows the key this once.`;
    throw new CommandFailure('output', exitCodes.notDone, text);
  }
  terminal.write(
    json
      ? `${JSON.stringify({ apiUser, file: path, written })}\n`
      : `Wrote ${written.join(', ')} to ${path}.\nKeep it out of version control. Next: npx momo-collections doctor\n`,
  );
  return exitCodes.done;
}

export const provision: Command = {
  name: 'provision',
  summary: "Makes an API user in MTN's sandbox",
  help,
  words: [{ name: 'path', isOptional: true }],
  options: {
    ...commonOptions,
    'callback-host': { type: 'string' },
    'subscription-key': { type: 'string' },
    'base-url': { type: 'string' },
    write: { type: 'boolean' },
  },
  run: runProvision,
};
