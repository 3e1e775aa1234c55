import { ConfigurationError } from '../configuration.ts';
import { configurationFromEnvironment } from '../environment.ts';
import { withLocalSecrets } from '../local-secrets.ts';
import { describeError } from '../log.ts';
import { openStores, type Stores } from '../stores.ts';

/** What was asked for cannot be done; the message says why. */
export class CommandError extends Error {}

/** Says something to the person at the terminal; standard output is left to what a script wants to have. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Runs a command on the gateway's own tables, as the running gateway sees them, and ends the process. */
export async function runCommand(work: (stores: Stores, allowsPrivate: boolean) => Promise<string>): Promise<void> {
  try {
    const configuration = withLocalSecrets(configurationFromEnvironment());
    const stores = await openStores(configuration);
    try {
      process.stdout.write(`${await work(stores, configuration.arePrivateCallbacksAllowed)}\n`);
    } finally {
      await stores.close();
    }
  } catch (error) {
    const { code } = error as { code?: unknown };
    const isClean =
      error instanceof CommandError || error instanceof ConfigurationError || String(code).startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${isClean ? (error as Error).message : JSON.stringify(describeError(error))}\n`);
    process.exitCode = 1;
  }
}
