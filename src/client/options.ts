import { Issues } from '../errors.js';
import { compact } from '../payment/compact.js';
import { baseUrlOf, type TargetEnvironment } from '../payment/environments.js';
import { fits } from '../payment/fits.js';
import { checkCallbackUrl, isHostName, isLoopback, parseUrl } from '../payment/urls.js';
import { type Clock, type Fetch, systemClock } from './clock.js';
import type { ClientEvent } from './events.js';
import type { TokenStore } from './token-store.js';

/** What a {@link MomoCollections} is made of. */
export interface MomoCollectionsOptions {
  /** The primary or secondary key of your Collections subscription. */
  readonly subscriptionKey: string;
  /** The API user: a UUID on MTN's first platform, any word on the second. */
  readonly apiUser: string;
  readonly apiKey: string;
  /** `sandbox`, or your country's, such as `mtnrwanda`. Names we do not know need a `baseUrl`. */
  readonly targetEnvironment: TargetEnvironment;
  /** Where the API answers, without `/collection`. Known environments have one. https, or http on a loopback. */
  readonly baseUrl?: string | undefined;
  /** Where MTN is to call when a payment is final; a request may name another. */
  readonly callbackUrl?: string | undefined;
  /** The host registered with MTN. When given, callback URLs are checked against it before anything is sent. */
  readonly providerCallbackHost?: string | undefined;
  /** Where access tokens outlive this client. Default: nowhere. */
  readonly tokenStore?: TokenStore | undefined;
  /** Default: the global `fetch`, looked up at each call. */
  readonly fetch?: Fetch | undefined;
  /** 0 to 1, for the jitter of waits. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Default: `Date.now` and `setTimeout`, looked up at each call. */
  readonly clock?: Clock | undefined;
  /** Milliseconds for one attempt, body included, token calls too. Default 30 000. */
  readonly timeoutMs?: number | undefined;
  /** Default 8 (MTN allows 10); `Infinity` turns the budget off. */
  readonly maxStatusReadsPerSecond?: number | undefined;
  /** Told of every attempt, wait and outcome. One that throws breaks nothing. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined;
}

/** Options, checked once, with their defaults. */
export interface Settings extends MomoCollectionsOptions {
  /** Without trailing slashes. */
  readonly baseUrl: string;
  readonly onLoopback: boolean;
  readonly random: () => number;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxStatusReadsPerSecond: number;
}

/** The base URL: the caller's, or the known environment's. */
function checkBaseUrl({ targetEnvironment, baseUrl }: MomoCollectionsOptions, issues: Issues): URL | undefined {
  const isUsable = issues.check(
    fits(targetEnvironment, /^(?!production$)[\w-]+$/i),
    'targetEnvironment',
    'must be "sandbox" or a country\'s, such as "mtnrwanda": there is no "production"',
  );
  const wanted = baseUrl ?? baseUrlOf(targetEnvironment);
  if (wanted === undefined) {
    if (isUsable) issues.add('baseUrl', 'must be given for an unknown environment');
    return undefined;
  }
  const url = parseUrl(wanted);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
  issues.check(isSafe, 'baseUrl', 'must be an https URL (http only on a loopback)');
  issues.check(
    !url || !(url.username + url.password + url.search + url.hash || /\/collection(\/|$)/.test(url.pathname)),
    'baseUrl',
    'must be without "/collection", credentials, query and fragment',
  );
  return url;
}

/**
 * Checks everything there is to check, and throws with all of it at once.
 *
 * @param nameOf - What an option is called where the caller wrote it.
 * @throws MomoError `invalid_input`
 */
export function checkOptions(options: MomoCollectionsOptions, nameOf?: (option: string) => string): Settings {
  const issues = new Issues(nameOf);
  const settings = {
    ...options,
    random: options?.random ?? (() => Math.random()),
    clock: options?.clock ?? systemClock,
    timeoutMs: options?.timeoutMs ?? 30_000,
    maxStatusReadsPerSecond: options?.maxStatusReadsPerSecond ?? 8,
  };
  for (const name of ['subscriptionKey', 'apiUser', 'apiKey'] as const) {
    issues.check(fits(settings[name], /^[!-~]([ -~]*[!-~])?$/), name, 'must be given, in printable ASCII');
  }
  // The user ends at the colon in Basic credentials.
  issues.check(!fits(settings.apiUser, /:/), 'apiUser', 'must be without ":"');
  const url = checkBaseUrl(settings, issues);
  const onLoopback = url !== undefined && isLoopback(url);
  const { providerCallbackHost, callbackUrl, tokenStore, clock, timeoutMs, maxStatusReadsPerSecond } = settings;
  const isHost = providerCallbackHost === undefined || isHostName(providerCallbackHost);
  issues.check(isHost, 'providerCallbackHost', 'must be a bare host name');
  if (callbackUrl !== undefined) {
    checkCallbackUrl(issues, callbackUrl, {
      providerCallbackHost: isHost ? providerCallbackHost : undefined,
      onLoopback,
    });
  }
  issues.checkNumbers(1, { timeoutMs, maxStatusReadsPerSecond });
  issues.checkHooks(settings, 'fetch', 'random', 'onEvent');
  for (const name of ['now', 'sleep'] as const) issues.checkFunction(clock[name], `clock.${name}`);
  for (const name of tokenStore === undefined ? [] : (['get', 'set', 'delete'] as const)) {
    issues.checkFunction(tokenStore?.[name], `tokenStore.${name}`);
  }
  issues.throwIfAny('The MTN client cannot be made');
  const { origin, pathname } = url as URL;
  return { ...settings, baseUrl: (origin + pathname).replace(/\/+$/, ''), onLoopback };
}

/** `MTN_API_USER` for `apiUser`; MTN's environment is cut short. */
const variableOf = (option: string) => `MTN_${option.replace('ironment', '').replace(/[A-Z]/g, '_$&').toUpperCase()}`;

const variableOptions: readonly string[] = [
  'subscriptionKey',
  'apiUser',
  'apiKey',
  'targetEnvironment',
  'baseUrl',
  'callbackUrl',
  'providerCallbackHost',
] satisfies (keyof MomoCollectionsOptions)[];

/**
 * Options out of environment variables; an empty variable, and an override that is undefined, count as absent.
 *
 * @throws MomoError `invalid_input`, naming the variables
 */
export function settingsFromEnv(env: object, overrides: Partial<MomoCollectionsOptions>): Settings {
  const found = variableOptions.map((option) => [option, Object(env)[variableOf(option)] || undefined]);
  const nameOf = (option: string) => (variableOptions.includes(option) ? variableOf(option) : option);
  return checkOptions({ ...Object.fromEntries(found), ...compact(overrides) }, nameOf);
}
