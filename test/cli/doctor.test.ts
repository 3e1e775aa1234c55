import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkCertificateChain } from '../../src/cli/certificate-chain.js';
import type { CommandContext } from '../../src/cli/command.js';
import { runDoctor } from '../../src/cli/commands/doctor.js';
import type { Check } from '../../src/cli/doctor/check.js';
import { fixtures } from '../../src/testing/index.js';
import { createShell, type Shell } from '../support/command-line.js';
import { fakeTerminal } from '../support/fake-terminal.js';

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
const callback = {
  MTN_CALLBACK_URL: 'https://pay.example.com/momo/secret-path',
  MTN_PROVIDER_CALLBACK_HOST: 'pay.example.com',
};

interface Found {
  readonly code: number;
  readonly text: string;
  readonly checks: Readonly<Record<Check['check'], Check>>;
}

type Given = Partial<CommandContext> & { certificateOf?: typeof checkCertificateChain };

/** No network: the chain of the callback host is fine, unless a test says otherwise. */
const fineChain: typeof checkCertificateChain = async () => ({
  verdict: 'approved',
  authority: { alias: 'e7', subject: "CN=E7, O=Let's Encrypt, C=US" },
  isDirectIssuer: true,
  chain: [],
});

/** Runs it both ways, and checks that neither shows a secret. */
async function examine(shell: Shell, env: Record<string, string> = {}, given: Given = {}): Promise<Found> {
  const all = { ...shell.env, ...env };
  const options = { ...shell.context({ env: all, ...given }), certificateOf: given.certificateOf ?? fineChain };
  const [json, plain] = [fakeTerminal(), fakeTerminal()];
  const code = await runDoctor({ ...options, terminal: json, json: true });
  expect(await runDoctor({ ...options, terminal: plain, json: false })).toBe(code);
  const report = JSON.parse(json.text) as { ok: boolean; failures: number; checks: Check[] };
  expect(report.ok).toBe(code === 0);
  for (const { message } of report.checks) expect(plain.text).toContain(message);
  const secrets = [all.MTN_SUBSCRIPTION_KEY, all.MTN_API_KEY, all.MTN_API_USER, 'secret-path'];
  for (const secret of secrets) if (secret) expect(json.text + plain.text).not.toContain(secret);
  return {
    code,
    text: plain.text,
    checks: Object.fromEntries(report.checks.map((check) => [check.check, check])) as Found['checks'],
  };
}

const verdicts = ({ checks }: Found) => Object.values(checks).map(({ check, verdict }) => `${check} ${verdict}`);

describe('doctor', () => {
  it('finds nothing wrong where nothing is, and moves no money', async () => {
    const shell = createShell({ providerCallbackHost: 'pay.example.com' });
    const found = await examine(shell, callback);
    expect(found.code).toBe(0);
    expect(verdicts(found)).toEqual([
      'configuration ok',
      'environment ok',
      'server ok',
      'subscription-key ok',
      'credentials ok',
      'payments ok',
      'clock skipped', // the sandbox in memory sends no date
      'callback-url ok',
      'callback-host ok',
      'callback-certificate ok',
    ]);
    expect(shell.sandbox.payments).toEqual([]);
    expect(shell.sandbox.calls.map(({ method }) => method)).not.toContain('PUT');
    expect(found.text).toContain('0 failures, 0 warnings.');
  });

  it('names what the configuration lacks, and what is misspelt', async () => {
    const shell = createShell();
    const env = { MTN_API_KEY: '', MTN_TARGET_ENV: '', MTN_TARGET_ENVIRONMENT: 'sandbox' };
    const { code, checks } = await examine(shell, env);
    expect(code).toBe(1);
    expect(checks.configuration.message).toContain('MTN_API_KEY is missing');
    expect(checks.configuration.advice).toContain('MTN_TARGET_ENVIRONMENT is set, but nobody reads it');
    expect(checks.credentials.verdict).toBe('skipped');
    expect(shell.sandbox.calls).toEqual([]);
  });

  it('names a wrong subscription key', async () => {
    const { code, checks } = await examine(createShell(), { MTN_SUBSCRIPTION_KEY: 'f'.repeat(32) });
    expect(code).toBe(1);
    expect(checks.server.verdict).toBe('ok');
    expect(checks['subscription-key']).toMatchObject({
      verdict: 'failure',
      message: expect.stringContaining('MTN_SUBSCRIPTION_KEY'),
      advice: expect.stringContaining('Collections'),
    });
    expect(checks.credentials.verdict).toBe('skipped');
  });

  it.each([
    ['API user', { MTN_API_USER: '7c0e4f9a-3b6d-4c58-9a21-0d5f8e3b1c42' }],
    ['API key', { MTN_API_KEY: 'not-the-key' }],
  ])('names a wrong %s', async (_, env) => {
    const { code, checks } = await examine(createShell(), env);
    expect(code).toBe(1);
    expect(checks['subscription-key'].verdict).toBe('ok');
    expect(checks.credentials).toMatchObject({
      verdict: 'failure',
      message: expect.stringContaining('MTN_API_USER with MTN_API_KEY'),
    });
  });

  it('names wrong credentials also where MTN says so with 500', async () => {
    const shell = createShell();
    shell.sandbox.fault({ on: 'getToken', status: 500, body: { error: 'login_failed' }, times: 2 });
    const { checks } = await examine(shell);
    expect(checks.credentials).toMatchObject({ verdict: 'failure', message: expect.stringContaining('login_failed') });
  });

  it('names a wrong environment', async () => {
    const { code, checks } = await examine(createShell(), {
      MTN_TARGET_ENV: 'mtnuganda',
      MTN_BASE_URL: 'https://proxy.momoapi.mtn.com',
    });
    expect(code).toBe(1);
    expect(checks.credentials.verdict).toBe('ok');
    expect(checks.payments).toMatchObject({
      verdict: 'failure',
      message: expect.stringContaining('does not let this user into mtnuganda'),
      advice: expect.stringContaining('MTN_TARGET_ENV'),
    });
  });

  it.each([
    ['sandbox', 'https://proxy.momoapi.mtn.co.rw', 'failure', 'that host is for production'],
    ['mtnuganda', 'https://sandbox.momodeveloper.mtn.com', 'failure', 'that host is the sandbox'],
    ['mtncameroon', 'https://proxy.momoapi.mtn.cm', 'warning', 'we know it at proxy.momoapi.mtn.com'],
    ['mtnatlantis', 'https://momo.example', 'warning', 'not one we know'],
    ['sandbox', 'http://localhost:4000', 'ok', 'a server on this machine'],
  ])('compares %s with %s', async (MTN_TARGET_ENV, MTN_BASE_URL, verdict, words) => {
    const { checks } = await examine(createShell(), { MTN_TARGET_ENV, MTN_BASE_URL });
    expect(checks.environment).toMatchObject({ verdict, message: expect.stringContaining(words) });
  });

  it.each([
    ['a web page', () => new Response('<html>Welcome</html>', { headers: { 'content-type': 'text/html' } })],
    ['a page that is not there', () => new Response('<html>Not found</html>', { status: 404 })],
    ['a gateway that knows no such path', () => Response.json(fixtures.error.gatewayNotFound, { status: 404 })],
    ['a page that takes no POST', () => new Response('<html>Unsupported method</html>', { status: 501 })],
    ['a server that takes no POST', () => new Response('Method Not Allowed', { status: 405 })],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://momo.example' } })],
  ])('names a wrong host that answers with %s', async (_, answer) => {
    const { code, checks } = await examine(
      createShell(),
      { MTN_BASE_URL: 'https://momo.example' },
      { fetch: async () => answer() },
    );
    expect(code).toBe(1);
    expect(checks.server).toMatchObject({
      verdict: 'failure',
      message: expect.stringContaining("not as MTN's API does"),
      advice: expect.stringContaining('MTN_BASE_URL is the wrong host'),
    });
  });

  it('names a host that there is not', async () => {
    const shell = createShell();
    shell.sandbox.fault({ on: '*', drop: 'before', code: 'ENOTFOUND', times: Number.POSITIVE_INFINITY });
    const { checks } = await examine(shell);
    expect(checks.server).toMatchObject({ verdict: 'failure', message: expect.stringContaining('There is no host') });
  });

  it('names a server that is down', async () => {
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const env = { MTN_BASE_URL: `http://127.0.0.1:${port}` };
    const { code, checks } = await examine(createShell(), env, { fetch: globalThis.fetch });
    expect(code).toBe(1);
    expect(checks.server).toMatchObject({
      verdict: 'failure',
      message: `Nobody listens at 127.0.0.1:${port}: the server is down (ECONNREFUSED)`,
      advice: expect.stringContaining('momo-collections sandbox'),
    });
    expect(checks.payments.verdict).toBe('skipped');
  });

  it('names a server whose certificate is not to be trusted', async () => {
    const server = createHttpsServer({ key: fixture('unlisted-key.pem'), cert: fixture('unlisted-chain.pem') });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const env = { MTN_BASE_URL: `https://localhost:${port}` };
    const { checks } = await examine(createShell(), env, { fetch: globalThis.fetch });
    expect(checks.server).toMatchObject({
      verdict: 'failure',
      message: expect.stringContaining('is not to be trusted'),
      advice: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  it('names a server that does not speak https', async () => {
    const server = createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const env = { MTN_BASE_URL: `https://127.0.0.1:${port}` };
    const { checks } = await examine(createShell(), env, { fetch: globalThis.fetch });
    expect(checks.server).toMatchObject({
      verdict: 'failure',
      message: expect.stringContaining(`127.0.0.1:${port} does not speak https`),
      advice: expect.stringContaining('http://'),
    });
  });

  it('says that MTN is down when it is', async () => {
    const shell = createShell();
    shell.sandbox.fault({ on: 'getToken', status: 503, body: fixtures.error.unavailable, times: 6 });
    const { code, checks } = await examine(shell);
    expect(code).toBe(1);
    expect(checks.server.message).toContain('not able to answer now (HTTP 503');
  });

  it('names an address that MTN has not let in', async () => {
    const shell = createShell();
    const always = Number.POSITIVE_INFINITY;
    shell.sandbox.fault({ on: 'getRequestToPay', status: 403, body: fixtures.error.gatewayForbidden, times: always });
    const { checks } = await examine(shell);
    expect(checks.payments).toMatchObject({ verdict: 'failure', advice: expect.stringContaining('IP address') });
  });

  it.each([
    [-3_600_000, 'behind'],
    [3_600_000, 'ahead of'],
  ])("warns of a clock that is %i ms off the server's", async (skewMs, word) => {
    const shell = createShell();
    const { clock } = shell.sandbox.clientOptions();
    const date = new Date(clock.now() - skewMs).toUTCString();
    shell.sandbox.fault({ on: 'getToken', headers: { Date: date }, times: 2 });
    const { code, checks } = await examine(shell);
    expect(code).toBe(0);
    expect(checks.clock).toMatchObject({ verdict: 'warning', message: expect.stringMatching(`3[56]\\d\\d s ${word}`) });
  });
});

describe('doctor on callbacks', () => {
  it('names a callback URL on another host than the configured one, and checks the rest all the same', async () => {
    const { code, checks } = await examine(createShell(), { ...callback, MTN_PROVIDER_CALLBACK_HOST: 'example.com' });
    expect(code).toBe(1);
    expect(checks['callback-host']).toMatchObject({
      verdict: 'failure',
      message: 'MTN_CALLBACK_URL is on pay.example.com, and MTN_PROVIDER_CALLBACK_HOST is example.com',
    });
    expect(checks.payments.verdict).toBe('ok');
  });

  it.each([
    ['configured', '*', { ...callback, MTN_PROVIDER_CALLBACK_HOST: 'example.com' }],
    ['registered', 'old.example.com', callback],
    [
      'registered one, and of the configured one too',
      'old.example.com',
      { ...callback, MTN_PROVIDER_CALLBACK_HOST: 'x.example' },
    ],
  ])('counts one failure when the host is not the %s', async (_, providerCallbackHost, env) => {
    const found = await examine(createShell(providerCallbackHost === '*' ? {} : { providerCallbackHost }), env);
    expect(verdicts(found).filter((line) => line.endsWith('failure'))).toEqual(['callback-host failure']);
    expect(found.text).toContain('1 failure, 0 warnings.');
  });

  it('names hosts that differ also where nobody can be asked which is registered', async () => {
    const env = { ...callback, MTN_PROVIDER_CALLBACK_HOST: 'example.com' };
    for (const more of [
      { MTN_TARGET_ENV: 'mtnrwanda' },
      { MTN_API_KEY: '' },
      { MTN_BASE_URL: 'http://localhost:4000' },
    ]) {
      const { checks } = await examine(createShell(), { ...env, ...more });
      expect(checks['callback-host'].verdict).toBe('failure');
    }
  });

  it('takes callbacks to this machine from a server on this machine, whatever host is registered', async () => {
    const env = { MTN_BASE_URL: 'http://localhost:4000', MTN_CALLBACK_URL: 'http://localhost:3000/momo' };
    const { code, checks } = await examine(createShell({ providerCallbackHost: 'pay.example.com' }), env);
    expect(code).toBe(0);
    expect(checks['callback-host'].verdict).toBe('ok');
  });

  it('names a callback URL on another host than the one registered at MTN', async () => {
    const { code, checks } = await examine(createShell({ providerCallbackHost: 'old.example.com' }), callback);
    expect(code).toBe(1);
    expect(checks['callback-host']).toMatchObject({
      verdict: 'failure',
      message: expect.stringContaining('old.example.com is registered'),
    });
  });

  it.each([
    ['http://pay.example.com/momo', 'must be https'],
    ['https://pay.example.com:8443/momo', 'must have no port'],
    ['https://203.0.113.7/momo', 'must have a name'],
    ['https://localhost/momo', 'must not be this machine'],
    ['nonsense', 'must be an absolute https URL'],
  ])('names what is wrong with %s', async (MTN_CALLBACK_URL, words) => {
    const { code, checks } = await examine(createShell(), { MTN_CALLBACK_URL });
    expect(code).toBe(1);
    expect(checks['callback-url'].message).toContain(words);
  });

  it('lets a sandbox server on this machine call this machine, and says that no certificate was checked', async () => {
    const env = { MTN_BASE_URL: 'http://localhost:4000', MTN_CALLBACK_URL: 'http://localhost:3000/momo' };
    const { code, checks } = await examine(createShell(), env, { certificateOf: checkCertificateChain });
    expect(code).toBe(0);
    expect(checks['callback-url'].verdict).toBe('ok');
    expect(checks['callback-certificate']).toMatchObject({
      verdict: 'skipped',
      message: expect.stringContaining('not checked on this machine'),
    });
  });

  async function certificateFrom(name: 'listed' | 'unlisted'): Promise<Found> {
    const cert = fixture(`${name}-chain.pem`) + fixture('root.pem');
    const server = createTlsServer({ key: fixture(`${name}-key.pem`), cert }, (socket) => socket.end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    // The real look, but at a server of ours in the place of the callback host.
    const certificateOf: typeof checkCertificateChain = ({ host }) =>
      checkCertificateChain({ host: '127.0.0.1', port, servername: host });
    return examine(createShell(), callback, { certificateOf });
  }

  it('approves a certificate from an authority on the list', async () => {
    const { checks } = await certificateFrom('listed');
    expect(checks['callback-certificate'].verdict).toBe('ok');
  });

  it('warns of an unlisted certificate, names its issuer, and says that payments work all the same', async () => {
    const { code, checks } = await certificateFrom('unlisted');
    expect(code).toBe(0);
    expect(checks['callback-certificate']).toMatchObject({
      verdict: 'warning',
      message: expect.stringContaining("issued by nobody on MTN's list: C=US, CN=E5, O=Let's Encrypt"),
      advice: expect.stringContaining('poll what stays open'),
    });
  });

  it('warns of a callback host that cannot be reached', async () => {
    const certificateOf: typeof checkCertificateChain = async () => ({ verdict: 'unreachable', code: 'ENOTFOUND' });
    const { checks } = await examine(createShell(), callback, { certificateOf });
    expect(checks['callback-certificate']).toMatchObject({
      verdict: 'warning',
      message: 'pay.example.com cannot be reached from here on port 443 (ENOTFOUND)',
    });
  });
});

it('keeps within a terminal of 80 columns', async () => {
  const shell = createShell();
  const { text } = await shell.run(['doctor'], { env: { ...shell.env, MTN_API_KEY: 'no' }, isInteractive: true });
  for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(text.replace(/\s+/g, ' ')).toContain('Is the user mistyped, or the key replaced by a newer one?');
});

it('stops on Ctrl-C with 130', async () => {
  const shell = createShell();
  const interrupt = new AbortController();
  shell.sandbox.fault({ on: 'getToken', drop: 'hang' });
  const fetch: typeof shell.sandbox.fetch = (input, init) => {
    setImmediate(() => interrupt.abort());
    return shell.sandbox.fetch(input, init);
  };
  expect((await shell.run(['doctor'], { signal: interrupt.signal, fetch })).code).toBe(130);
});
