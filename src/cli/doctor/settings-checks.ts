import type { Settings } from '../../client/options.js';
import { type TargetEnvironmentInfo, targetEnvironments } from '../../index.js';
import { isLoopback } from '../../payment/urls.js';
import { type Configuration, configurationAdvice, settingsOf } from '../configuration.js';
import { type Check, failure, ok, warning } from './check.js';

const list = (words: readonly string[]) => words.join(', ');

/** Are all variables there, and well-formed? */
export function checkConfiguration(configuration: Configuration): Check {
  const { values, file, hasFile, unread } = configuration;
  const sources = `the environment${hasFile ? ` and ${file}` : `; there is no ${file}`}`;
  const misspelt = `${list(unread)} ${unread.length === 1 ? 'is' : 'are'} set, but nobody reads ${unread.length === 1 ? 'it' : 'them'}`;
  const result = settingsOf(configuration);
  // What is wrong with the callback URL is told once, by the checks of callbacks.
  const problems =
    'problems' in result ? result.problems.filter(({ variable }) => variable !== 'MTN_CALLBACK_URL') : [];
  if (problems.length > 0) {
    const found = list(problems.map(({ message }) => message));
    const advice = problems.some(({ isMissing }) => isMissing) ? configurationAdvice : 'Mend what is named.';
    return failure(
      'configuration',
      `${found} (from ${sources})`,
      unread.length > 0 ? `${misspelt}: is it a misspelt name?\n${advice}` : advice,
    );
  }
  const quoted = Object.entries(values).flatMap(([name, value]) => (/^["'].*["']$/.test(value) ? [name] : []));
  if (quoted.length > 0) {
    return warning(
      'configuration',
      `${list(quoted)} has quotes round the value`,
      'They count as part of it: take them away.',
    );
  }
  if (unread.length > 0) return warning('configuration', misspelt, 'See whether the name is misspelt, or ignore this.');
  return ok('configuration', `${Object.keys(values).length} variables, from ${sources}`);
}

const isProductionHost = (host: string) => /^proxy\.momoapi\.mtn\./.test(host);
const isSandboxHost = (host: string) => /^sandbox\.momodeveloper\.mtn\./.test(host);

/** Does the base URL belong to the environment? */
export function checkEnvironment({ targetEnvironment, baseUrl }: Settings): Check {
  const known: Readonly<Record<string, TargetEnvironmentInfo>> = targetEnvironments;
  const info = Object.hasOwn(known, targetEnvironment) ? known[targetEnvironment] : undefined;
  const url = new URL(baseUrl);
  const pair = `${targetEnvironment} at ${url.host}`;
  const isSandbox = targetEnvironment === 'sandbox';
  if (isSandbox ? isProductionHost(url.hostname) : isSandboxHost(url.hostname)) {
    return failure(
      'environment',
      `${pair}: that host ${isSandbox ? 'is for production' : 'is the sandbox'}`,
      isSandbox
        ? 'Take MTN_BASE_URL away to use the sandbox, or set MTN_TARGET_ENV to your country.'
        : 'Take MTN_BASE_URL away to use the host of this environment, or set MTN_TARGET_ENV=sandbox.',
    );
  }
  if (info === undefined) {
    return warning(
      'environment',
      `${pair}: this environment is not one we know`,
      `Fine if MTN gave you this name and address. Known are ${list(Object.keys(known))}.`,
    );
  }
  if (isLoopback(url)) return ok('environment', `${pair}, a server on this machine`);
  const usual = new URL(info.baseUrl).host;
  if (url.host !== usual) {
    return warning(
      'environment',
      `${pair}: we know it at ${usual}`,
      'Fine if MTN gave you this address: national portals keep accounts and keys of their own.',
    );
  }
  return ok('environment', pair);
}
