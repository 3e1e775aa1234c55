import { MomoError } from '../../errors.js';
import { isLoopbackHost } from '../../testing/server/hosts.js';
import { startWatchedServer } from '../../testing/server/start.js';
import type { SandboxServerOptions } from '../../testing/server/types.js';
import type { Command, CommandContext } from '../command.js';
import { jsonLog, textLog } from '../sandbox/logs.js';

const help = `Runs MTN's sandbox on this machine: a base URL for programs in any language, and
a page with a phone on it. Each payment rings there; you approve with a PIN,
refuse, or let it expire. Callbacks go to http://localhost too.

Usage: momo-collections sandbox [options]

Options:
  --port <number>              Where to listen; 0 takes any free port (4010)
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

Ctrl-C stops it. Exit code: 0 when stopped, 1 when it cannot start.

Examples:
  npx momo-collections sandbox
  npx momo-collections sandbox --approval automatic --port 8080
  npx momo-collections sandbox --port 0 --json > sandbox.log &
`;

/** Without what is undefined. */
function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The options of the command line as the server takes them, or why they make no sense. */
function toOptions(values: Readonly<Record<string, unknown>>): SandboxServerOptions | string {
  const { port, host, approval, 'target-environment': targetEnvironment } = values;
  if (port !== undefined && !(/^\d{1,5}$/.test(String(port)) && Number(port) < 65_536)) {
    return '--port must be a number, 0 to 65535.';
  }
  if (approval !== undefined && approval !== 'manual' && approval !== 'automatic') {
    return '--approval must be manual or automatic.';
  }
  const credentials = defined({
    subscriptionKey: values['subscription-key'],
    apiUser: values['api-user'],
    apiKey: values['api-key'],
  });
  return defined({ port: port === undefined ? port : Number(port), host, approval, targetEnvironment, credentials });
}

/** What a test puts in place of the command line. */
export interface SandboxCommandOptions extends CommandContext {
  readonly options: SandboxServerOptions;
  readonly json: boolean;
}

/** @returns 0 when stopped, 1 when it cannot start. */
export async function runSandbox({ terminal, signal, options, json }: SandboxCommandOptions): Promise<number> {
  const log = json ? jsonLog(terminal) : textLog(terminal);
  let watched: Awaited<ReturnType<typeof startWatchedServer>>;
  try {
    watched = await startWatchedServer(options);
  } catch (error) {
    if (!MomoError.is(error, 'invalid_input')) throw error;
    terminal.writeError(`${error.message}\n`);
    return 1;
  }
  const { server, feed } = watched;
  log.start(server, options.approval ?? 'manual');
  if (options.host !== undefined && !isLoopbackHost(options.host)) {
    terminal.writeError('Open to your network: whoever reaches the port can see what happens, and approve.\n');
  }
  feed.subscribe((update) => log.show(update));
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await server.close();
  log.end();
  return 0;
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
  async run({ json, ...values }, context) {
    const options = toOptions(values);
    if (typeof options === 'string') {
      context.terminal.writeError(`${options}\nTry: momo-collections sandbox --help\n`);
      return 2;
    }
    return runSandbox({ ...context, options, json: json === true });
  },
};
