import { checkCallbackUrl } from '../../callback/index.js';
import { callbackUrlProblems, isHostName, isLoopback, parseUrl } from '../../payment/urls.js';
import type { checkCertificateChain } from '../certificate-chain.js';
import type { Configuration } from '../configuration.js';
import type { Patient } from './call-checks.js';
import { type Check, failure, ok, skipped, warning } from './check.js';

/** Is the base URL this machine itself: a sandbox server, which is not strict about callbacks? */
function isServedHere({ MTN_BASE_URL }: Configuration['values']): boolean {
  const base = parseUrl(MTN_BASE_URL);
  return base !== undefined && isLoopback(base);
}

/** Would MTN take this address, whatever its host? What it would refuse keeps the payment itself from being made. */
export function checkAddress({ values }: Configuration): Check {
  const { MTN_CALLBACK_URL: url, MTN_TARGET_ENV: targetEnvironment } = values;
  if (url === undefined)
    return skipped('callback-url', 'no MTN_CALLBACK_URL: MTN calls nobody, and polling finds the outcome');
  const onLoopback = isServedHere(values);
  const problems = onLoopback
    ? callbackUrlProblems(url, { onLoopback })
    : checkCallbackUrl(url, { targetEnvironment }).problems;
  if (problems.length === 0) return ok('callback-url', `on ${parseUrl(url)?.hostname}`);
  return failure(
    'callback-url',
    `MTN_CALLBACK_URL ${problems.join('; ')}`,
    'MTN refuses payments with such a URL, or never calls it.',
  );
}

const lookLimitMs = 15_000;

/** The host that was registered, by MTN's own word; undefined when MTN does not tell. */
async function readRegisteredHost({ settings, witness, signal }: Patient): Promise<string | undefined> {
  const { baseUrl, apiUser, subscriptionKey } = settings;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), lookLimitMs);
  try {
    const response = await witness.fetch(`${baseUrl}/v1_0/apiuser/${encodeURIComponent(apiUser)}`, {
      headers: { 'Ocp-Apim-Subscription-Key': subscriptionKey },
      redirect: 'manual',
      signal: AbortSignal.any([signal, limit.signal]),
    });
    const { providerCallbackHost } = Object(await response.json()) as { providerCallbackHost?: unknown };
    return response.status === 200 && typeof providerCallbackHost === 'string' ? providerCallbackHost : undefined;
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Where the configuration contradicts itself; MTN need not be asked. */
function checkOwnHosts({ values }: Configuration): Check | undefined {
  const hostname = parseUrl(values.MTN_CALLBACK_URL)?.hostname;
  const host = values.MTN_PROVIDER_CALLBACK_HOST?.toLowerCase();
  if (hostname === undefined || !isHostName(host) || hostname === host) return undefined;
  return failure(
    'callback-host',
    `MTN_CALLBACK_URL is on ${hostname}, and MTN_PROVIDER_CALLBACK_HOST is ${host}`,
    'MTN refuses every payment with such a URL, also when the one is a subdomain of the other. Make them the same, as registered.',
  );
}

/**
 * Is the callback host the registered one? Only the sandbox tells which that is, and only to who has credentials: without
 * a patient nobody is asked.
 */
export async function checkHost(configuration: Configuration, patient: Patient | undefined): Promise<Check> {
  const { values } = configuration;
  const url = parseUrl(values.MTN_CALLBACK_URL);
  if (url !== undefined && isLoopback(url) && isServedHere(values)) {
    return ok('callback-host', 'a sandbox server on this machine calls any host');
  }
  const isTold = patient?.settings.targetEnvironment === 'sandbox';
  const registered = isTold ? await readRegisteredHost(patient) : undefined;
  if (registered === undefined || registered === '*') {
    const contradiction = checkOwnHosts(configuration);
    if (contradiction !== undefined) return contradiction;
  }
  if (patient === undefined) return skipped('callback-host', 'not checked: needs the credentials');
  if (!isTold) return skipped('callback-host', 'in production only MTN knows which host is registered');
  if (registered === undefined) return skipped('callback-host', 'MTN does not tell which host is registered');
  if (registered === '*') return ok('callback-host', 'any host is registered');
  if (!isHostName(registered)) {
    return warning(
      'callback-host',
      'What is registered is not a bare host name, so that no callback URL matches it',
      'Make another user, with the host alone: momo-collections provision --callback-host <host>.',
    );
  }
  const named = [
    ['MTN_CALLBACK_URL', url?.hostname],
    ['MTN_PROVIDER_CALLBACK_HOST', values.MTN_PROVIDER_CALLBACK_HOST?.toLowerCase()],
  ] as const;
  const wrong = named.filter(([, host]) => host !== undefined && host !== registered.toLowerCase());
  if (wrong.length === 0) return ok('callback-host', `${registered} is registered`);
  return failure(
    'callback-host',
    `${registered} is registered, but ${wrong.map(([name, host]) => `${name} is on ${host}`).join(', and ')}`,
    'MTN refuses payments whose callback URL is elsewhere. Use the registered host, or make another user: it cannot be changed.',
  );
}

/** Is the certificate of the callback host issued by an authority on MTN's list? */
export async function checkCertificate({ values }: Configuration, look: typeof checkCertificateChain): Promise<Check> {
  const check = 'callback-certificate';
  const url = parseUrl(values.MTN_CALLBACK_URL);
  if (url === undefined) return skipped(check, 'no callback URL');
  if (isLoopback(url))
    return skipped(check, 'not checked on this machine: MTN cannot call it, and a sandbox server does not look');
  if (url.protocol !== 'https:') return skipped(check, 'not checked: the URL is not https');
  const found = await look({ host: url.hostname });
  const polls = 'Payments work all the same: the status read decides, so poll what stays open.';
  switch (found.verdict) {
    case 'approved':
      return found.isDirectIssuer
        ? ok(check, `issued by ${found.authority.alias}, which is on MTN's list`)
        : warning(
            check,
            `The issuer is not on MTN's list, only ${found.authority.alias} above it`,
            `MTN asks for the issuing authority, and may not call ${url.hostname}. ${polls}`,
          );
    case 'not-approved':
      return warning(
        check,
        `The certificate of ${url.hostname} is issued by nobody on MTN's list: ${found.chain[0] ?? 'no issuer'}`,
        `MTN may never call: use a certificate of an authority on its list of approved callback CAs, or ask MTN. ${polls}`,
      );
    case 'unreachable':
      return warning(
        check,
        `${url.hostname} cannot be reached from here on port 443 (${found.code})`,
        `If MTN cannot reach it either, no callback comes. ${polls}`,
      );
  }
}
