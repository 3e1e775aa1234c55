import { describe, expect, it, vi } from 'vitest';
import { runSandbox } from '../../src/cli/commands/sandbox.js';
import { run } from '../../src/cli/run.js';
import { MomoCollections } from '../../src/index.js';
import { type SandboxServerOptions, startSandboxServer } from '../../src/testing/server/index.js';
import { type FakeTerminal, fakeTerminal } from '../support/fake-terminal.js';
import { send, startListener } from '../support/http.js';

const request = { amount: '12.50', currency: 'EUR', externalId: 'order-1', payer: '256772123456' };

/** Starts the command, and gives what it takes to talk to it and to stop it. */
async function start(options: SandboxServerOptions & { json?: boolean } = {}) {
  const { json = false, ...rest } = options;
  const terminal = fakeTerminal();
  const interrupt = new AbortController();
  const ended = runSandbox({ terminal, signal: interrupt.signal, json, options: { port: 0, ...rest } });
  await vi.waitFor(() => expect(terminal.text).not.toBe(''));
  const env = json
    ? JSON.parse(terminal.text).env
    : Object.fromEntries(terminal.text.match(/^MTN_\w+=.+$/gm)?.map((line) => line.split('=')) ?? []);
  return {
    terminal,
    env,
    client: MomoCollections.fromEnv(env),
    async stop() {
      interrupt.abort();
      return ended;
    },
  };
}

const events = (terminal: FakeTerminal) =>
  terminal.text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

async function decide(url: string, referenceId: string, action: string) {
  const headers = { 'Content-Type': 'application/json' };
  await send(`${url}/_phone/payments/${referenceId}/${action}`, { method: 'POST', headers, body: '{}' });
}

/** Stopped as soon as it started. */
const runWith = (...argv: string[]) => runUntil(AbortSignal.abort(), argv);
/** Until it stops by itself. */
const runLive = (...argv: string[]) => runUntil(new AbortController().signal, argv);

async function runUntil(signal: AbortSignal, argv: readonly string[]) {
  const terminal = fakeTerminal();
  const code = await run(argv, { terminal, signal, version: '1.2.3' });
  return { code, text: terminal.text, errors: terminal.errors };
}

describe('sandbox', () => {
  it('prints variables that a client takes as they are, and where the phone page is', async () => {
    const { terminal, env, client, stop } = await start();
    expect(terminal.text).toContain(`${env.MTN_BASE_URL}/`);
    expect(env.MTN_TARGET_ENV).toBe('sandbox');
    expect((await client.requestToPay(request)).outcome).toBe('accepted');
    expect(await stop()).toBe(0);
    expect(terminal.text.endsWith('\nStopped.\n')).toBe(true);
    expect(terminal.text).not.toContain('\x1b');
  });

  it('writes a line for each call with why it was refused, each payment and each callback', async () => {
    const listener = await startListener();
    const { terminal, env, client, stop } = await start();
    const callbackUrl = `${listener.url}/secret`;
    const { referenceId } = await client.requestToPay({ ...request, externalId: 'order\u001b[2J', callbackUrl });
    await vi.waitFor(() => expect(terminal.text).toContain('PENDING'));
    await decide(env.MTN_BASE_URL, referenceId, 'reject');
    await send(`${env.MTN_BASE_URL}/collection/token/`, { method: 'POST' });
    await listener.waitFor(1);
    await vi.waitFor(() => expect(terminal.text).toContain('callback POST'));
    await stop();
    await listener.close();
    const log = terminal.text.split('from here on:\n\n')[1]?.replace(/^\d\d:\d\d:\d\d {2}/gm, '');
    expect(log).toContain('POST /collection/v1_0/requesttopay  202\n');
    expect(log).toContain(`PENDING     ${referenceId}  12.5 EUR  from *********456  order?[2J\n`);
    expect(log).toContain(`FAILED      ${referenceId}  12.5 EUR  from *********456  order?[2J  APPROVAL_REJECTED\n`);
    expect(log).toContain('POST /collection/token/  411\n          there is no Content-Length');
    expect(log).toContain(`callback POST ${listener.url}/***  204\n`);
    for (const secret of ['256772123456', '/secret', env.MTN_API_KEY]) expect(log).not.toContain(secret);
  });

  it('tells scripts the same, one JSON object a line', async () => {
    const { terminal, env, client, stop } = await start({ json: true, approval: 'automatic' });
    const { referenceId } = await client.requestToPay(request);
    await vi.waitFor(() => expect(terminal.text).toContain('"event":"payment"'));
    expect(await stop()).toBe(0);
    const url = env.MTN_BASE_URL;
    expect(events(terminal)[0]).toEqual({ event: 'listening', url, phoneUrl: `${url}/`, approval: 'automatic', env });
    expect(events(terminal).slice(1)).toEqual([
      expect.objectContaining({ event: 'call', operation: 'createAccessToken', status: 200 }),
      expect.objectContaining({ event: 'call', operation: 'requestToPay', status: 202, referenceId }),
      expect.objectContaining({ event: 'payment', referenceId, status: 'SUCCESSFUL', payer: '*********456' }),
    ]);
  });

  it('passes its options on', async () => {
    const terminal = fakeTerminal();
    const argv = ['--port', '0', '--host', 'localhost', '--target-environment', 'mtnrwanda', '--approval', 'automatic'];
    const keys = ['--subscription-key', 'key', '--api-user', 'user', '--api-key', 'secret', '--json'];
    const context = { terminal, signal: AbortSignal.abort(), version: '1.2.3' };
    expect(await run(['sandbox', ...argv, ...keys], context)).toBe(0);
    expect(events(terminal)[0]).toMatchObject({
      url: expect.stringMatching(/^http:\/\/localhost:\d+$/),
      approval: 'automatic',
      env: {
        MTN_TARGET_ENV: 'mtnrwanda',
        MTN_SUBSCRIPTION_KEY: 'key',
        MTN_API_USER: 'user',
        MTN_API_KEY: 'secret',
      },
    });
  });

  it('warns when others can reach it', async () => {
    const open = await runWith('sandbox', '--port', '0', '--host', '0.0.0.0');
    expect(open.errors).toContain('Open to your network');
    const own = await runWith('sandbox', '--port', '0', '--host', '127.0.0.1');
    expect(own.errors).toBe('');
  });

  it('ends with 1 and what to do when the port is taken', async () => {
    const { env, stop } = await start();
    const { port } = new URL(env.MTN_BASE_URL);
    const { code, text, errors } = await runWith('sandbox', '--port', port);
    await stop();
    expect([code, text]).toEqual([1, '']);
    expect(errors).toContain(`--port ${port} is taken`);
  });

  describe('with a program', () => {
    const node = (script: string, ...more: string[]) => ['--', process.execPath, '-e', script, ...more];

    it('gives it the variables of the sandbox, its own options, and ends with its exit code', async () => {
      const script = `
        const answered = fetch(process.env.MTN_BASE_URL + '/_phone/state').then(({ status }) => status);
        const options = process.argv.slice(1).join();
        answered.then((status) => process.exit(status === 200 && options === '--port,http,--json' && process.env.OWN ? 7 : 1));`;
      const terminal = fakeTerminal();
      const context = { terminal, signal: new AbortController().signal, version: '1.2.3', env: { OWN: 'kept' } };
      const argv = ['sandbox', '--json', ...node(script, '--', '--port', 'http', '--json')];
      expect(await run(argv, context)).toBe(7);
      const { env } = events(terminal)[0];
      await expect(send(env.MTN_BASE_URL)).rejects.toThrow();
    });

    it('takes another port when its own is taken, and only when none was asked for', async () => {
      const first = await startSandboxServer().catch(() => undefined); // somebody on this machine has it
      const moved = await runLive('sandbox', ...node(''));
      expect([moved.code, moved.errors]).toEqual([0, '']);
      expect(moved.text).not.toContain('http://127.0.0.1:4010');
      const asked = await runLive('sandbox', '--port', '4010', ...node(''));
      await first?.close();
      expect(asked.code).toBe(1);
      expect(asked.errors).toContain('4010 is taken');
    });

    it('ends it on Ctrl-C', async () => {
      const interrupt = new AbortController();
      const terminal = fakeTerminal();
      const program = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];
      const options = { port: 0 };
      const ended = runSandbox({ terminal, signal: interrupt.signal, json: true, options, program });
      await vi.waitFor(() => expect(terminal.text).not.toBe(''));
      interrupt.abort();
      expect(await ended).toBe(0);
    });

    it('says which signal ended it, as a shell does', async () => {
      const { code } = await runLive('sandbox', '--port', '0', ...node("process.kill(process.pid, 'SIGKILL')"));
      expect(code).toBe(137);
    });

    it('ends with 1 when there is no such program', async () => {
      const { code, errors } = await runLive('sandbox', '--port', '0', '--', 'no-such-program');
      expect(code).toBe(1);
      expect(errors).toBe('no-such-program cannot be started: there is no such program.\n');
    });
  });

  it.each([
    [['--port', 'http'], '--port must be a number, 0 to 65535.'],
    [['--port', '65536'], '--port must be a number, 0 to 65535.'],
    [['--approval', 'never'], '--approval must be manual or automatic.'],
    [['--host', ''], '--host must be an address of this machine.'],
    [['--target-environment', ''], '--target-environment must be a name.'],
    [
      ['--port', '0', '--api-user', 'a:b', '--api-key', 'two words'],
      '--api-key must be printable ASCII without spaces; --api-user must be without ":"',
    ],
    [['--open'], "Unknown option '--open'."],
  ])('ends with 2 for %j', async (argv, problem) => {
    const { code, text, errors } = await runWith('sandbox', ...argv);
    expect([code, text]).toEqual([2, '']);
    expect(errors).toContain(problem);
  });

  it('shows examples', async () => {
    const { code, text } = await runWith('sandbox', '--help');
    expect(code).toBe(0);
    expect(text).toContain('npx momo-collections sandbox --port 0 --json > sandbox.log &');
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });
});
