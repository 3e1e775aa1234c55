import { checkCallbackUrl } from 'momo-collections/callback';
import { callbackUrlProblem } from './forwarding/callback-address.ts';

/** What the gateway is set up with, out of environment variables. */
export interface Configuration {
  readonly port: number;
  readonly host: string;
  /**
   * `live`: a real MTN. `local`: an MTN on this machine, with a demo app and secrets made for it. `embedded`: as local,
   * and this process starts that MTN.
   */
  readonly mode: 'live' | 'local' | 'embedded';
  /** Where MTN reaches this gateway; without it there are no callbacks, and polling does all. */
  readonly publicUrl: string | undefined;
  readonly databaseUrl: string | undefined;
  /** Where the SQLite files are. */
  readonly dataFolder: string;
  /** Base64 of 32 bytes. */
  readonly masterKey: string | undefined;
  /** The first one signs callback URLs; all are taken. */
  readonly callbackSecrets: readonly string[];
  readonly defaultCurrency: string;
  readonly arePrivateCallbacksAllowed: boolean;
  readonly sandboxApproval: 'automatic' | 'manual';
  readonly sandboxPort: number;
  /** `callback-first` asks MTN less, where its callbacks do come. */
  readonly pollSchedule: 'interactive' | 'callback-first';
  /** How long a request to pay waits for MTN before it answers 202; the sending goes on. */
  readonly answerWithinMs: number;
  /** After so long others take over from a process that died. */
  readonly leaseMs: number;
  /** What `MomoCollections.fromEnv` reads. */
  readonly mtn: Readonly<Record<string, string>>;
}

/** The configuration cannot be used; the message says all that is wrong. */
export class ConfigurationError extends Error {}

const isLoopback = (url: string) =>
  URL.canParse(url) && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(url).hostname);

/** @throws ConfigurationError with every problem */
export function readConfiguration(env: Readonly<Record<string, string | undefined>>): Configuration {
  const problems: string[] = [];
  const check = (isFine: boolean, problem: string) => void (isFine || problems.push(problem));
  const text = (name: string) => env[name]?.trim() || undefined;
  const number = (name: string, fallback: number, least: number, most = Number.MAX_SAFE_INTEGER) => {
    const value = Number(text(name) ?? fallback);
    check(Number.isInteger(value) && value >= least && value <= most, `${name} must be a whole number from ${least}`);
    return value;
  };
  const flag = (name: string) => {
    const value = text(name) ?? 'false';
    check(value === 'true' || value === 'false', `${name} must be true or false`);
    return value === 'true';
  };

  const mtn: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (name.startsWith('MTN_') && value?.trim()) mtn[name] = value.trim();
  const isEmbedded = Object.keys(mtn).length === 0;
  const mode = isEmbedded ? 'embedded' : isLoopback(mtn.MTN_BASE_URL ?? '') ? 'local' : 'live';
  // A live gateway that has lost its variables must not go on with payments that nobody makes.
  check(
    !isEmbedded || env.NODE_ENV !== 'production',
    'MTN_SUBSCRIPTION_KEY and the other MTN_ variables must be given',
  );

  const port = number('PORT', 3000, 0, 65_535);
  const publicUrl = text('GATEWAY_PUBLIC_URL')?.replace(/\/+$/, '');
  if (publicUrl && mode === 'live') {
    // A URL that the client would refuse would make every payment fail.
    const { problems: found } = checkCallbackUrl(`${publicUrl}/callback`, {
      ...(mtn.MTN_PROVIDER_CALLBACK_HOST && { providerCallbackHost: mtn.MTN_PROVIDER_CALLBACK_HOST }),
    });
    problems.push(...found.map((problem) => `GATEWAY_PUBLIC_URL: ${problem}`));
  } else {
    check(!publicUrl || callbackUrlProblem(publicUrl, true) === undefined, 'GATEWAY_PUBLIC_URL must be a URL');
  }
  const masterKey = text('GATEWAY_MASTER_KEY');
  const isKey = (key: string) => Buffer.from(key, 'base64').byteLength === 32;
  check(
    masterKey !== undefined || mode !== 'live',
    'GATEWAY_MASTER_KEY must be given: make one with openssl rand -base64 32',
  );
  check(masterKey === undefined || isKey(masterKey), 'GATEWAY_MASTER_KEY must be base64 of 32 bytes');
  const callbackSecrets = (text('GATEWAY_CALLBACK_SECRETS') ?? '')
    .split(',')
    .map((secret) => secret.trim())
    .filter(Boolean);
  check(
    callbackSecrets.length > 0 || mode !== 'live',
    'GATEWAY_CALLBACK_SECRETS must be given: make one with openssl rand -hex 32',
  );
  check(
    callbackSecrets.every((secret) => Buffer.byteLength(secret) >= 16),
    'GATEWAY_CALLBACK_SECRETS must have 16 bytes or more each',
  );
  const defaultCurrency = text('DEFAULT_CURRENCY') ?? 'SZL';
  check(/^[A-Z]{3}$/.test(defaultCurrency), 'DEFAULT_CURRENCY must be three capital letters');
  const sandboxApproval = text('SANDBOX_APPROVAL') ?? 'automatic';
  check(
    sandboxApproval === 'automatic' || sandboxApproval === 'manual',
    'SANDBOX_APPROVAL must be automatic or manual',
  );
  const pollSchedule = text('POLL_SCHEDULE') ?? 'interactive';
  check(
    pollSchedule === 'interactive' || pollSchedule === 'callback-first',
    'POLL_SCHEDULE must be interactive or callback-first',
  );
  const configuration: Configuration = {
    port,
    host: text('HOST') ?? '127.0.0.1',
    mode,
    publicUrl,
    databaseUrl: text('DATABASE_URL'),
    dataFolder: text('GATEWAY_DATA') ?? 'data',
    masterKey,
    callbackSecrets,
    defaultCurrency,
    arePrivateCallbacksAllowed: flag('ALLOW_PRIVATE_CALLBACKS'),
    sandboxApproval: sandboxApproval === 'manual' ? 'manual' : 'automatic',
    sandboxPort: number('SANDBOX_PORT', 4010, 0, 65_535),
    pollSchedule: pollSchedule === 'callback-first' ? 'callback-first' : 'interactive',
    answerWithinMs: number('ANSWER_WITHIN_MS', 10_000, 100),
    leaseMs: number('LEASE_MS', 30_000, 5_000),
    mtn,
  };
  if (problems.length > 0) {
    throw new ConfigurationError(`The gateway cannot start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  }
  return configuration;
}
