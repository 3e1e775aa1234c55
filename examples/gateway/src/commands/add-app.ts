import { parseArgs } from 'node:util';
import { demoAppName } from '../apps/apps.ts';
import { callbackUrlProblem } from '../forwarding/callback-address.ts';
import { CommandError, runCommand, say } from './command.ts';

const usage = `npm run add-app -- --name shop [--callback-url https://shop.example/momo] [--requests-per-minute 600]

Adds a client app and prints its key, once: it goes into X-Proxy-Api-Key, and signs what is forwarded.`;

await runCommand(async ({ apps }, allowsPrivate) => {
  const { values } = parseArgs({
    options: {
      name: { type: 'string' },
      'callback-url': { type: 'string' },
      'requests-per-minute': { type: 'string', default: '600' },
      help: { type: 'boolean', default: false },
    },
  });
  const { name = '', 'callback-url': callbackUrl, help } = values;
  if (help) return usage;
  if (!/^[\w-]{1,64}$/.test(name)) {
    throw new CommandError(`--name must be 1 to 64 letters, digits, - or _.\n\n${usage}`);
  }
  if (name === demoAppName) {
    throw new CommandError(
      `"${demoAppName}" is the app that trials make, with a key that is no secret: choose another name.`,
    );
  }
  const problem = callbackUrl === undefined ? undefined : callbackUrlProblem(callbackUrl, allowsPrivate);
  if (problem) {
    throw new CommandError(
      `--callback-url ${problem}. ALLOW_PRIVATE_CALLBACKS=true allows http and private addresses.`,
    );
  }
  const requestsPerMinute = Number(values['requests-per-minute']);
  if (!Number.isSafeInteger(requestsPerMinute) || requestsPerMinute < 1 || requestsPerMinute > 1_000_000) {
    throw new CommandError('--requests-per-minute must be a whole number from 1 to 1000000.');
  }
  if (await apps.findByName(name)) {
    throw new CommandError(
      `There is an app "${name}" already: npm run rotate-key -- --name ${name} gives it a new key.`,
    );
  }
  const { key } = await apps.add({ name, callbackUrl, requestsPerMinute });
  say(`App "${name}" was added. Its key is shown this once:`);
  return key;
});
