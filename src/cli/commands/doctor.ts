import type { Settings } from '../../client/options.js';
import { MomoCollections } from '../../index.js';
import { checkCertificateChain } from '../certificate-chain.js';
import type { Command, CommandContext } from '../command.js';
import { CommandFailure } from '../command-failure.js';
import { commonOptions, commonOptionsHelp } from '../common-options.js';
import { readConfiguration, settingsOf } from '../configuration.js';
import { machineClock } from '../demo/paced-clock.js';
import { checkClock, checkPayments, checkToken, type Patient } from '../doctor/call-checks.js';
import { checkAddress, checkCertificate, checkHost } from '../doctor/callback-checks.js';
import { type Check, skipped } from '../doctor/check.js';
import { checkConfiguration, checkEnvironment } from '../doctor/settings-checks.js';
import { createWitness } from '../doctor/witness.js';
import { exitCodes } from '../exit-codes.js';
import type { Style, Terminal } from '../output.js';

const help = `Checks the configuration, the server, the keys and the callback address, and says
of each what is wrong and what to do. It changes nothing and moves no money: it
asks for a token, and reads the status of a payment that does not exist.

Usage: momo-collections doctor [options]

Options:
${commonOptionsHelp}

A failure keeps payments from being made; a warning does not, such as a
certificate from which MTN may refuse to deliver callbacks.

Exit codes:
  0    No failure
  1    At least one failure
  2    The command line makes no sense
  70   A fault of this program
  130  Stopped by Ctrl-C

Examples:
  npx momo-collections doctor
  npx momo-collections doctor --env-file .env.production --json
`;

/** What a test puts in place of the network beside MTN's. */
export interface DoctorOptions extends CommandContext {
  readonly json: boolean;
  readonly envFile?: unknown;
  /** Default: the callback host's real chain. */
  readonly certificateOf?: typeof checkCertificateChain;
}

const styles: Readonly<Record<Check['verdict'], Style>> = {
  ok: 'green',
  warning: 'yellow',
  failure: 'red',
  skipped: 'dim',
};

const indent = 31;

/** Breaks a text between words, where people read it; a script's lines stay whole. */
function wrap(text: string, { isInteractive, columns }: Terminal): string {
  if (!isInteractive) return text;
  const width = Math.max(columns - indent - 1, 30);
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    let current = '';
    for (const word of line.split(' ')) {
      const longer = current === '' ? word : `${current} ${word}`;
      if (current !== '' && longer.length > width) lines.push(current);
      current = current !== '' && longer.length > width ? word : longer;
    }
    lines.push(current);
  }
  return lines.join('\n');
}

/** A line for what was found, and below it what to do. */
function checkLines(terminal: Terminal, { check, verdict, message, advice }: Check): string {
  const margin = `\n${' '.repeat(indent)}`;
  const head = `${terminal.style(styles[verdict], verdict.padEnd(7))}  ${check.padEnd(20)}  `;
  const below = advice === undefined ? '' : `\n${wrap(advice, terminal)}`;
  return `${head}${`${wrap(message, terminal)}${below}`.replaceAll('\n', margin)}\n`;
}

/** The settings for calls: what is wrong with callbacks is told apart, and must not hide the rest. */
function callSettings(configuration: ReturnType<typeof readConfiguration>): Settings | undefined {
  const { MTN_CALLBACK_URL, MTN_PROVIDER_CALLBACK_HOST, ...values } = configuration.values;
  const result = settingsOf({ ...configuration, values });
  return 'settings' in result ? result.settings : undefined;
}

/** @returns 0 without a failure, else 1. */
export async function runDoctor(options: DoctorOptions): Promise<number> {
  const { terminal, signal, json, envFile, clock = machineClock, certificateOf = checkCertificateChain } = options;
  const configuration = readConfiguration(options, envFile);
  const checks: Check[] = [];
  const tell = (...found: readonly Check[]) => {
    if (signal.aborted) throw new CommandFailure('aborted', exitCodes.interrupted, 'Stopped.');
    checks.push(...found);
    if (!json) terminal.write(found.map((check) => checkLines(terminal, check)).join(''));
  };

  tell(checkConfiguration(configuration));
  const settings = callSettings(configuration);
  if (settings === undefined) {
    const names = ['environment', 'server', 'subscription-key', 'credentials', 'payments', 'clock'] as const;
    tell(...names.map((name) => skipped(name, 'not checked: needs the configuration')));
    tell(checkAddress(configuration), await checkHost(configuration, undefined));
  } else {
    tell(checkEnvironment(settings));
    const witness = createWitness(options.fetch ?? ((input, init) => globalThis.fetch(input, init)));
    const client = new MomoCollections({ ...settings, fetch: witness.fetch, clock });
    const patient: Patient = { settings, client, witness, signal, nowMs: () => clock.now() };
    const ofToken = await checkToken(patient);
    tell(...ofToken);
    const clockCheck = checkClock(patient);
    const mayRead = ofToken.every(({ verdict }) => verdict === 'ok');
    tell(
      mayRead ? await checkPayments(patient) : skipped('payments', 'not checked: needs the credentials'),
      clockCheck,
    );
    tell(checkAddress(configuration));
    tell(await checkHost(configuration, mayRead ? patient : undefined));
  }
  tell(await checkCertificate(configuration, certificateOf));

  const count = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict).length;
  const [failures, warnings] = [count('failure'), count('warning')];
  if (json) {
    terminal.write(`${JSON.stringify({ ok: failures === 0, failures, warnings, checks })}\n`);
  } else {
    const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
    const style = failures > 0 ? 'red' : warnings > 0 ? 'yellow' : 'green';
    terminal.write(`\n${terminal.style(style, `${plural(failures, 'failure')}, ${plural(warnings, 'warning')}.`)}\n`);
  }
  return failures === 0 ? exitCodes.done : exitCodes.notDone;
}

export const doctor: Command = {
  name: 'doctor',
  summary: 'Checks keys, addresses and callbacks, and names what is wrong',
  help,
  options: commonOptions,
  run: (values, context) => runDoctor({ ...context, json: values.json === true, envFile: values['env-file'] }),
};
