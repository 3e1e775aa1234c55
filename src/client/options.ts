import { type InputIssue, invalidInput } from '../errors.js';
import { findEnvironment, type TargetEnvironment } from '../payment/environments.js';
import { callbackHostProblem, callbackUrlProblems, isLoopback, parseUrl } from '../payment/urls.js';
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

/** Options, checked once. */
export interface Settings {
  readonly subscriptionKey: string;
  readonly apiUser: string;
  readonly apiKey: string;
  readonly targetEnvironment: TargetEnvironment;
  readonly baseUrl: string;
  readonly isLoopback: boolean;
  readonly callbackUrl: string | undefined;
  readonly providerCallbackHost: string | undefined;
  readonly tokenStore: TokenStore | undefined;
  readonly fetch: Fetch | undefined;
  readonly random: () => number;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxStatusReadsPerSecond: number;
  readonly onEvent: ((event: ClientEvent) => void) | undefined;
}

type Complain = (path: string, message: string) => void;

function checkCredentials(options: MomoCollectionsOptions, complain: Complain): void {
  for (const name of ['subscriptionKey', 'apiUser', 'apiKey'] as const) {
    const value: unknown = options[name];
    if (typeof value !== 'string' || value === '') complain(name, 'must not be empty');
    else if (!/^[ -~]+$/.test(value)) complain(name, 'must be printable ASCII, without line breaks');
    else if (value.trim() !== value) complain(name, 'must not begin or end with a space');
    else if (name === 'apiUser' && value.includes(':')) complain(name, 'must not contain ":"');
  }
}

/** The base URL without trailing slashes, or undefined with a complaint. */
function checkBaseUrl(options: MomoCollectionsOptions, complain: Complain): URL | undefined {
  const { targetEnvironment, baseUrl } = options;
  const known = typeof targetEnvironment === 'string' ? findEnvironment(targetEnvironment) : undefined;
  if (baseUrl === undefined && known === undefined) {
    // Without a usable environment there is nothing to say about its address.
    if (typeof targetEnvironment === 'string' && /^[a-z0-9_-]+$/i.test(targetEnvironment)) {
      complain('baseUrl', 'is needed: this target environment is not one of those we know');
    }
    return undefined;
  }
  const url = parseUrl(baseUrl ?? known?.baseUrl);
  if (url === undefined) {
    complain('baseUrl', 'must be an absolute URL');
    return undefined;
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url))) {
    complain('baseUrl', 'must be https (plain http only on a loopback)');
  }
  if (url.username || url.password || url.search || url.hash) {
    complain('baseUrl', 'must not carry credentials, a query or a fragment');
  }
  if (/\/collection(\/|$)/.test(url.pathname)) complain('baseUrl', 'must end before "/collection"');
  return url;
}

function checkEnvironment(value: unknown, complain: Complain): void {
  if (typeof value !== 'string' || !/^[a-z0-9_-]+$/i.test(value)) {
    complain('targetEnvironment', 'must be "sandbox" or your country\'s, such as "mtnrwanda"');
  } else if (value.toLowerCase() === 'production') {
    complain('targetEnvironment', 'cannot be "production": MTN has one per country, such as "mtnuganda" or "mtnghana"');
  }
}

function checkNumber(name: string, value: unknown, least: number, complain: Complain): void {
  if (!(typeof value === 'number' && value >= least)) complain(name, `must be a number of ${least} or more`);
}

/**
 * Checks everything there is to check, and throws with all of it at once. No value is ever quoted.
 *
 * @throws MomoError `invalid_input`
 */
export function checkOptions(
  options: MomoCollectionsOptions,
  nameOf: (option: string) => string = (name) => name,
): Settings {
  const what = 'The MTN client cannot be made';
  if (typeof options !== 'object' || options === null) {
    throw invalidInput(what, [{ path: '', message: 'options must be an object' }]);
  }
  const issues: InputIssue[] = [];
  const complain: Complain = (path, message) => issues.push({ path: nameOf(path), message });
  const { timeoutMs = 30_000, maxStatusReadsPerSecond = 8, clock = systemClock } = options;
  checkCredentials(options, complain);
  checkEnvironment(options.targetEnvironment, complain);
  const url = checkBaseUrl(options, complain);
  const { providerCallbackHost, callbackUrl } = options;
  const hostProblem = providerCallbackHost === undefined ? undefined : callbackHostProblem(providerCallbackHost);
  if (hostProblem !== undefined) complain('providerCallbackHost', hostProblem);
  const onLoopback = url !== undefined && isLoopback(url);
  if (callbackUrl !== undefined) {
    const host = hostProblem === undefined ? providerCallbackHost : undefined;
    for (const problem of callbackUrlProblems(callbackUrl, { providerCallbackHost: host, onLoopback })) {
      complain('callbackUrl', problem);
    }
  }
  checkNumber('timeoutMs', timeoutMs, 1, complain);
  checkNumber('maxStatusReadsPerSecond', maxStatusReadsPerSecond, 1, complain);
  for (const name of ['fetch', 'random', 'onEvent'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') complain(name, 'must be a function');
  }
  if (typeof clock?.now !== 'function' || typeof clock.sleep !== 'function') {
    complain('clock', 'must be { now(), sleep(ms, signal) }');
  }
  const { tokenStore } = options;
  if (
    tokenStore !== undefined &&
    !(['get', 'set', 'delete'] as const).every((name) => typeof tokenStore?.[name] === 'function')
  ) {
    complain('tokenStore', 'must have get, set and delete');
  }
  if (issues.length > 0) throw invalidInput(what, issues);
  return {
    subscriptionKey: options.subscriptionKey,
    apiUser: options.apiUser,
    apiKey: options.apiKey,
    targetEnvironment: options.targetEnvironment,
    baseUrl: ((url as URL).origin + (url as URL).pathname).replace(/\/+$/, ''),
    isLoopback: onLoopback,
    callbackUrl,
    providerCallbackHost,
    tokenStore,
    fetch: options.fetch,
    random: options.random ?? (() => Math.random()),
    clock,
    timeoutMs,
    maxStatusReadsPerSecond,
    onEvent: options.onEvent,
  };
}

const variables = {
  subscriptionKey: 'MTN_SUBSCRIPTION_KEY',
  apiUser: 'MTN_API_USER',
  apiKey: 'MTN_API_KEY',
  targetEnvironment: 'MTN_TARGET_ENV',
  baseUrl: 'MTN_BASE_URL',
  callbackUrl: 'MTN_CALLBACK_URL',
  providerCallbackHost: 'MTN_PROVIDER_CALLBACK_HOST',
} as const;

/** Options out of environment variables; an empty variable counts as absent. */
export function optionsFromEnv(env: object, overrides: Partial<MomoCollectionsOptions>): MomoCollectionsOptions {
  const options: Record<string, unknown> = {};
  for (const [name, variable] of Object.entries(variables)) {
    const value = (env as Record<string, unknown>)[variable];
    if (value !== undefined && value !== '') options[name] = value;
  }
  for (const [name, value] of Object.entries(overrides)) {
    if (value !== undefined) options[name] = value;
  }
  return options as unknown as MomoCollectionsOptions;
}

/** The variable behind an option, for messages of `fromEnv`. */
export function variableOf(option: string): string {
  return Object.hasOwn(variables, option) ? variables[option as keyof typeof variables] : option;
}
