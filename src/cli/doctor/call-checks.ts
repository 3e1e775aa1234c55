import type { Settings } from '../../client/options.js';
import { type CallOptions, type MomoCollections, MomoError } from '../../index.js';
import { type Check, failure, ok, skipped, warning } from './check.js';
import { type SeenAnswer, showAnswer, type Witness } from './witness.js';

/** Slow platforms take 10 to 20 s for a token; what takes longer than this is down. */
const deadlineMs = 45_000;
const maxSkewMs = 60_000;

/** What the call checks need. */
export interface Patient {
  readonly settings: Settings;
  readonly client: MomoCollections;
  readonly witness: Witness;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
}

/** What a call came to: its error, or none; and the answer, if there was one. */
interface Outcome {
  readonly error?: MomoError;
  readonly answer: SeenAnswer | undefined;
}

async function attempt({ witness }: Patient, call: () => Promise<unknown>): Promise<Outcome> {
  try {
    await call();
    return { answer: witness.last() };
  } catch (error) {
    if (!MomoError.is(error) || error.code === 'aborted') throw error;
    return { error, answer: witness.last() };
  }
}

/** Why there was no answer at all. */
function unreachable({ baseUrl }: Settings, error: MomoError): Check {
  const { host, hostname } = new URL(baseUrl);
  const cause = String(Object(error.cause).code ?? error.code);
  const say = (what: string, advice: string) => failure('server', `${what} (${cause})`, advice);
  if (error.code === 'timeout') {
    return say(`${host} does not answer in time`, 'A firewall, a proxy, or MTN is down: try from another network.');
  }
  if (/^(ENOTFOUND|EAI_)/.test(cause)) {
    return say(`There is no host ${hostname}`, 'MTN_BASE_URL is misspelt, or this machine has no name server.');
  }
  if (/ECONNREFUSED|ConnectionRefused/.test(cause)) {
    const isHere = /^(localhost|127\.|\[::1\])/.test(hostname);
    return say(
      `Nobody listens at ${host}: the server is down`,
      isHere ? 'Start it: npx momo-collections sandbox. Compare the port with MTN_BASE_URL.' : 'Check MTN_BASE_URL.',
    );
  }
  if (/^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(cause)) {
    return say(
      `The certificate of ${host} is not to be trusted`,
      'MTN_BASE_URL is not MTN, or a proxy reads along: give its root certificate to Node by NODE_EXTRA_CA_CERTS.',
    );
  }
  if (/^(ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/.test(cause)) {
    return say(`${host} does not speak https`, 'A sandbox server on this machine is at http://, not https://.');
  }
  return say(`The connection to ${host} broke`, 'A firewall, a proxy, or MTN is down: try again, and from elsewhere.');
}

/** Is this an answer that MTN's API could not have given? */
function isForeign({ status, writer }: SeenAnswer): boolean {
  const isPage = writer === 'page' && status < 500;
  // What is no API at all takes no POST, and says so.
  const isWrongPath = [404, 405, 501].includes(status) && writer !== 'wallet';
  return isPage || isWrongPath || (status >= 300 && status < 400) || (status === 200 && writer !== 'unknown');
}

function foreign({ baseUrl }: Settings, answer: SeenAnswer): Check {
  return failure(
    'server',
    `${new URL(baseUrl).host} answers, but not as MTN's API does (${showAnswer(answer)})`,
    'MTN_BASE_URL is the wrong host, or has a path too many: it is the address without "/collection".',
  );
}

/** The gateway's own words for a key it does not take. */
const isAboutKey = ({ status, writer, message = '' }: SeenAnswer) =>
  status === 401 && writer === 'gateway' && /subscription/i.test(message);

function wrongKey({ targetEnvironment, baseUrl }: Settings, answer: SeenAnswer): Check {
  return failure(
    'subscription-key',
    `The gateway does not take MTN_SUBSCRIPTION_KEY (${showAnswer(answer)})`,
    `It must be the key of an active Collections subscription, made in the portal of ${targetEnvironment} at ${new URL(baseUrl).host}: keys of other products, and of the sandbox in production, do not count.`,
  );
}

function busy(check: Check['check'], answer: SeenAnswer): Check {
  return failure(check, `MTN is not able to answer now (${showAnswer(answer)})`, 'Try again in a few minutes.');
}

const noKey = skipped('subscription-key', 'not checked: needs the server');
const noCredentials = skipped('credentials', 'not checked: needs the subscription key');

/** Asks for a token: tells of the server, the subscription key, and the API user with its key. */
export async function checkToken(patient: Patient): Promise<Check[]> {
  const { settings, client, signal } = patient;
  const { error, answer } = await attempt(patient, () => client.getToken({ signal, deadlineMs }));
  const { host } = new URL(settings.baseUrl);
  const server = ok('server', `${host} answers`);
  if (error === undefined) {
    return [server, ok('subscription-key', 'taken'), ok('credentials', 'MTN gives an access token')];
  }
  if (answer === undefined) return [unreachable(settings, error), noKey, noCredentials];
  if (isForeign(answer) || error.code === 'unexpected_response')
    return [foreign(settings, answer), noKey, noCredentials];
  if (isAboutKey(answer)) return [server, wrongKey(settings, answer), noCredentials];
  if (answer.status === 401 || answer.code === 'login_failed') {
    const message = `MTN does not take MTN_API_USER with MTN_API_KEY (${showAnswer(answer)})`;
    const advice = `Is the user mistyped, or the key replaced by a newer one? They belong together, to ${settings.targetEnvironment} at ${host}, and to the subscription. In the sandbox make new ones: momo-collections provision.`;
    const isLogin = answer.writer === 'login' || answer.code === 'login_failed';
    return isLogin
      ? [server, ok('subscription-key', 'taken'), failure('credentials', message, advice)]
      : [
          server,
          skipped('subscription-key', 'MTN does not say which of the three is wrong'),
          failure('credentials', message, `It may also be MTN_SUBSCRIPTION_KEY. ${advice}`),
        ];
  }
  if (answer.status === 403) return [server, noKey, forbidden('credentials', answer)];
  if (error.code === 'unavailable' || error.code === 'rate_limited') {
    return [busy('server', answer), noKey, noCredentials];
  }
  return [server, noKey, refused('credentials', answer)];
}

function forbidden(check: Check['check'], answer: SeenAnswer): Check {
  return failure(
    check,
    `MTN forbids it (${showAnswer(answer)})`,
    'Ask MTN to enable Collections for this account, and to put the IP address of this machine on its list.',
  );
}

function refused(check: Check['check'], answer: SeenAnswer): Check {
  return failure(check, `MTN refuses it (${showAnswer(answer)})`, 'Check MTN_BASE_URL and MTN_TARGET_ENV.');
}

/**
 * Reads the status of a payment that does not exist. MTN's "not found" proves that token, key, product and environment go
 * together, and moves no money.
 */
export async function checkPayments(patient: Patient): Promise<Check> {
  const { settings, client, signal } = patient;
  const read = (options: CallOptions) => client.getRequestToPay(crypto.randomUUID(), options);
  const { error, answer } = await attempt(patient, () => read({ signal, deadlineMs }));
  const { targetEnvironment } = settings;
  if (error?.code === 'not_found') return ok('payments', `may be read in ${targetEnvironment}`);
  if (error === undefined) {
    return failure('payments', 'The server knows a payment that does not exist', 'MTN_BASE_URL is not MTN.');
  }
  if (answer === undefined) return { ...unreachable(settings, error), check: 'payments' };
  if (answer.code === 'NOT_ALLOWED_TARGET_ENVIRONMENT') {
    return failure(
      'payments',
      `MTN does not let this user into ${targetEnvironment} (${showAnswer(answer)})`,
      'MTN_TARGET_ENV is not the environment the user was made for, or the user was made with the subscription key of another product.',
    );
  }
  if (answer.code?.startsWith('NOT_ALLOWED')) {
    return failure(
      'payments',
      `The API user may not (${showAnswer(answer)})`,
      'Ask MTN to let this user do Collections.',
    );
  }
  if (isAboutKey(answer)) return { ...wrongKey(settings, answer), check: 'payments' };
  if (answer.status === 401) {
    return failure(
      'payments',
      `MTN refuses the token it just gave (${showAnswer(answer)})`,
      'Token and payments are served by different systems here: check MTN_BASE_URL, and ask MTN.',
    );
  }
  if (answer.status === 403) return forbidden('payments', answer);
  if (isForeign(answer)) return { ...foreign(settings, answer), check: 'payments' };
  if (answer.status >= 500 || answer.status === 429) return busy('payments', answer);
  return refused('payments', answer);
}

/** Compares this machine's clock with the server's. */
export function checkClock({ witness, nowMs }: Patient): Check {
  const { dateMs } = witness.last() ?? {};
  if (dateMs === undefined) return skipped('clock', 'the server did not say what time it is');
  const skewMs = nowMs() - dateMs;
  const off = `${Math.round(Math.abs(skewMs) / 1_000)} s ${skewMs > 0 ? 'ahead of' : 'behind'} the server's`;
  return Math.abs(skewMs) > maxSkewMs
    ? warning('clock', `This machine's clock is ${off}`, 'Set it by NTP: tokens and signed callback URLs expire by it.')
    : ok('clock', "within 60 s of the server's");
}
