import { MomoError } from '../../errors.js';
import { isLoopbackHost } from '../../testing/server/hosts.js';
import { startWatchedServer } from '../../testing/server/start.js';
import type { SandboxServerOptions } from '../../testing/server/types.js';
import type { Command, CommandContext, OptionValues } from '../command.js';
import { CommandFailure, usageFailure } from '../command-failure.js';
import { textOf } from '../common-options.js';
import { exitCodes } from '../exit-codes.js';
import { jsonLog, textLog } from '../sandbox/logs.js';
import { runProgram } from '../sandbox/program.js';

const help = `Runs MTN's sandbox on this machine: a base URL for programs in any language, and
a page with a phone on it. Each payment rings there; you approve with a PIN,
refuse, or let it expire. Callbacks go to http://localhost too.

With a program after --, it starts that too, gives it the MTN_... variables, and
stops when it stops.

Usage: momo-collections sandbox [options] [-- <program> [arguments]]

Options:
  --port <number>              Where to listen; 0 takes any free port (4010;
                               with a program, any other when that is taken)
  --host <address>             On which address; 0.0.0.0 opens it to your
                               network (127.0.0.1)
  --approval <who>             manual: you, on the phone page. automatic: MTN's
                               test numbers decide, others succeed (manual)
  --target-environment <name>  sandbox, or a country's, such as mtnrwanda
  --subscription-key <key>     Credentials that stay the same from one start to
  --api-user <user>            the next; those not given are made at random
  --api-key <key>
  --json                       Writes one JSON object per line, for scripts; the
                               first says where it listens, with the credentials
  --help                       Shows this

Exit codes:
  0  Stopped, by Ctrl-C
  1  It cannot start: the port is taken, for instance
  2  The command line makes no sense
  With a program: its own exit code

Examples:
  npx momo-collections sandbox
  npx momo-collections sandbox -- node server.js
  npx momo-collections sandbox --approval automatic --port 8080
  npx momo-collections sandbox --port 0 --json > sandbox.log &
`;

/** Without what is undefined. */
function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/**
 * The options of the command line as the server takes them.
 *
 * @throws CommandFailure `usage`
 */
function toOptions(values: OptionValues): SandboxServerOptions {
  const port = textOf(values, 'port');
  const approval = textOf(values, 'approval');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) < 65_536)) {
    throw usageFailure('--port must be a number, 0 to 65535.');
  }
  if (approval !== undefined && approval !== 'manual' && approval !== 'automatic') {
    throw usageFailure('--approval must be manual or automatic.');
  }
  const host = textOf(values, 'host');
  if (host === '') throw usageFailure('--host must be an address of this machine.');
  return defined({
    port: port === undefined ? undefined : Number(port),
    host,
    approval,
    targetEnvironment: textOf(values, 'target-environment'),
    credentials: defined({
      subscriptionKey: textOf(values, 'subscription-key'),
      apiUser: textOf(values, 'api-user'),
      apiKey: textOf(values, 'api-key'),
    }),
  });
}

/** What an option of the server is called on the command line. */
const wordOf: Readonly<Record<string, string>> = {
  port: '--port',
  host: '--host',
  targetEnvironment: '--target-environment',
  'credentials.subscriptionKey': '--subscription-key',
  'credentials.apiUser': '--api-user',
  'credentials.apiKey': '--api-key',
};

async function start(options: SandboxServerOptions, mayMove: boolean): ReturnType<typeof startWatchedServer> {
  try {
    return await startWatchedServer(options);
  } catch (error) {
    if (!MomoError.is(error, 'invalid_input')) throw error;
    // A program is told where its sandbox is: it may be elsewhere when there is one already.
    const isTaken = error.issues.every(({ path }) => path === 'port');
    if (mayMove && isTaken && options.port === undefined) return start({ ...options, port: 0 }, false);
    const problems = error.issues.map(({ path, message }) => `${wordOf[path] ?? path} ${message}`).join('; ');
    // Port and host make sense by now: it is the machine that does not have them.
    const isMachine = error.issues.every(({ path }) => path === 'port' || path === 'host');
    if (!isMachine) throw usageFailure(`${problems}.`);
    throw new CommandFailure('invalid_input', exitCodes.notDone, `The sandbox cannot be started: ${problems}.`);
  }
}

/** What a test puts in place of the command line. */
export interface SandboxCommandOptions extends CommandContext {
  readonly options: SandboxServerOptions;
  readonly json: boolean;
  /** A program to run beside it, and its arguments. Default: none. */
  readonly program?: readonly string[];
}

/**
 * @returns 0 when stopped, or the exit code of the program.
 * @throws CommandFailure when it cannot start.
 */
export async function runSandbox({
  terminal,
  signal,
  options,
  json,
  program = [],
  env = process.env,
  cwd,
}: SandboxCommandOptions): Promise<number> {
  const log = json ? jsonLog(terminal) : textLog(terminal);
  const { server, feed } = await start(options, program.length > 0);
  log.start(server, options.approval ?? 'manual');
  if (options.host !== undefined && !isLoopbackHost(options.host)) {
    terminal.writeError(
      'Open to your network: whoever reaches the port can see what happens, approve,\nand have callbacks sent from this machine.\n',
    );
  }
  feed.subscribe((update) => log.show(update));
  try {
    if (program.length > 0) {
      return await runProgram(program, { env: { ...env, ...server.env }, cwd, signal, isStdoutTaken: json });
    }
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return exitCodes.done;
  } finally {
    await server.close();
    log.end();
  }
}

export const sandbox: Command = {
  name: 'sandbox',
  summary: "Runs MTN's sandbox on this machine, with a phone on which payments ring",
  help,
  options: {
    port: { type: 'string' },
    host: { type: 'string' },
    approval: { type: 'string' },
    'target-environment': { type: 'string' },
    'subscription-key': { type: 'string' },
    'api-user': { type: 'string' },
    'api-key': { type: 'string' },
    json: { type: 'boolean' },
  },
  takesProgram: true,
  run: (values, context, program) =>
    runSandbox({ ...context, options: toOptions(values), json: values.json === true, program }),
};
