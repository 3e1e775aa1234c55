import { checkCallbackUrl } from 'momo-collections/callback';
import { type Configuration, ConfigurationError } from './configuration.ts';
import { readVariables, type Variables } from './variables.ts';

const isLoopback = (url: string) =>
  URL.canParse(url) && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);

/** Secrets that a live gateway must be given, and how to make one. */
function readSecrets({ text, list, check }: Variables, isLive: boolean) {
  const masterKey = text('GATEWAY_MASTER_KEY');
  const isGiven = masterKey !== undefined;
  check(isGiven || !isLive, 'GATEWAY_MASTER_KEY must be given: make one with openssl rand -base64 32');
  const isKey = !isGiven || Buffer.from(masterKey, 'base64').byteLength === 32;
  check(isKey, 'GATEWAY_MASTER_KEY must be base64 of 32 bytes');
  const callbackSecrets = list('GATEWAY_CALLBACK_SECRETS');
  const name = 'GATEWAY_CALLBACK_SECRETS';
  check(callbackSecrets.length > 0 || !isLive, `${name} must be given: make one with openssl rand -hex 32`);
  check(
    callbackSecrets.every((secret) => Buffer.byteLength(secret) >= 16),
    `${name} must have 16 bytes or more each`,
  );
  return { masterKey, callbackSecrets };
}

/** Where MTN reaches the gateway. A URL that the client would refuse would make every payment fail. */
function readPublicUrl({ text, check, problems }: Variables, isLive: boolean): string | undefined {
  const publicUrl = text('GATEWAY_PUBLIC_URL')?.replace(/\/+$/, '');
  if (publicUrl === undefined) return undefined;
  const providerCallbackHost = text('MTN_PROVIDER_CALLBACK_HOST');
  const found = isLive ? checkCallbackUrl(`${publicUrl}/callback`, { providerCallbackHost }).problems : [];
  problems.push(...found.map((problem) => `GATEWAY_PUBLIC_URL ${problem}`));
  check(isLive || URL.canParse(publicUrl), 'GATEWAY_PUBLIC_URL must be a URL');
  return publicUrl;
}

/** @throws ConfigurationError with every problem */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const variables = readVariables(env);
  const { text, check, wholeNumber, flag, oneOf } = variables;
  const mtnNames = Object.keys(env).filter((name) => name.startsWith('MTN_') && text(name) !== undefined);
  const isEmbedded = mtnNames.length === 0;
  const isProduction = text('NODE_ENV') === 'production';
  // In production an address on this machine is a proxy to the real one.
  const isHere = !isProduction && isLoopback(text('MTN_BASE_URL') ?? '');
  const mode = isEmbedded ? 'embedded' : isHere ? 'local' : 'live';
  // A live gateway that has lost its variables must not go on with payments that nobody makes.
  check(!isEmbedded || !isProduction, 'MTN_SUBSCRIPTION_KEY and the other MTN_ variables must be given');
  const defaultCurrency = text('DEFAULT_CURRENCY') ?? (text('MTN_TARGET_ENV') === 'sandbox' ? 'EUR' : 'SZL');
  check(/^[A-Z]{3}$/.test(defaultCurrency), 'DEFAULT_CURRENCY must be three capital letters');
  const configuration: Configuration = {
    port: wholeNumber('PORT', 3000, 0, 65_535),
    host: text('HOST') ?? '127.0.0.1',
    mode,
    publicUrl: readPublicUrl(variables, mode === 'live'),
    databaseUrl: text('DATABASE_URL'),
    dataFolder: text('GATEWAY_DATA') ?? 'data',
    ...readSecrets(variables, mode === 'live'),
    defaultCurrency,
    arePrivateCallbacksAllowed: flag('ALLOW_PRIVATE_CALLBACKS'),
    sandboxApproval: oneOf('SANDBOX_APPROVAL', ['automatic', 'manual']),
    sandboxPort: wholeNumber('SANDBOX_PORT', 4010, 0, 65_535),
    pollSchedule: oneOf('POLL_SCHEDULE', ['interactive', 'callback-first']),
    answerWithinMs: wholeNumber('ANSWER_WITHIN_MS', 10_000, 100),
    leaseMs: wholeNumber('LEASE_MS', 30_000, 5_000),
    mtn: Object.fromEntries(mtnNames.map((name) => [name, text(name) ?? ''])),
  };
  const { problems } = variables;
  if (problems.length === 0) return configuration;
  throw new ConfigurationError(`The gateway cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
}
