import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/run.js';
import { fixtures, testNumbers } from '../../src/testing/index.js';
import { createShell, jsonLines, type Shell } from '../support/command-line.js';
import { fakeTerminal, lastPicture } from '../support/fake-terminal.js';

const uuidV4 = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;
const { successful, rejected, expired, ongoing } = testNumbers.requestToPay;
const id = '7c0e4f9a-3b6d-4c58-9a21-0d5f8e3b1c42';

function creates({ sandbox }: Shell): string[] {
  return sandbox.calls.flatMap(({ operation, referenceId = '' }) =>
    operation === 'requestToPay' ? [referenceId] : [],
  );
}

function expectNoSecrets({ env }: Shell, text: string): void {
  for (const name of ['MTN_SUBSCRIPTION_KEY', 'MTN_API_KEY']) expect(text).not.toContain(env[name]);
  for (const number of Object.values(testNumbers.requestToPay)) expect(text).not.toContain(number);
}

describe('pay', () => {
  it('ends with 0 when MTN says it is paid', async () => {
    const shell = createShell();
    const { code, text, errors } = await shell.run(['pay', successful, '12.50', '--external-id', 'order-17']);
    expect(code).toBe(0);
    expect(errors).toBe('');
    expect(text).toMatch(/^Reference id {2}[0-9a-f-]{36}\n/);
    expect(text).toContain('MTN has queued it (202)');
    expect(text).toMatch(/✓ successful\n(.*\n)* {2}Amount +12\.5 EUR\n {2}Payer +\*+453\n {2}External id +order-17\n/);
    expect(new Set(text.match(uuidV4)).size).toBe(1);
    expectNoSecrets(shell, text);
  });

  it('gives scripts the reference id first and the outcome last, and progress beside', async () => {
    const shell = createShell();
    const { code, text, errors } = await shell.run(['pay', rejected, '12.50', '--json']);
    expect(code).toBe(1);
    const [reference, result, ...more] = jsonLines(text);
    expect(more).toEqual([]);
    const [referenceId] = creates(shell);
    expect(reference).toMatchObject({ event: 'reference', referenceId, targetEnvironment: 'sandbox' });
    expect(result).toMatchObject({
      event: 'result',
      referenceId,
      state: 'failed',
      status: 'FAILED',
      currency: 'EUR',
      payer: '********451',
      reason: { code: 'APPROVAL_REJECTED' },
      payerHint: 'You refused the payment; start again if that was a mistake.',
      mayRetryWithNewReference: true,
    });
    expect(jsonLines(errors).map(({ event }) => event)).toEqual(['sending', 'answered', 'status']);
    expectNoSecrets(shell, text + errors);
  });

  it('ends with 1 when the payer did not approve in time', async () => {
    const { code, text } = await createShell().run(['pay', expired, '12.50']);
    expect(code).toBe(1);
    expect(text).toContain('✗ expired');
    expect(text).toContain('Nobody was charged.');
  });

  it('writes the reference id before a byte of the payment leaves', async () => {
    const shell = createShell();
    const terminal = fakeTerminal();
    let shownAtSend: string | undefined;
    const fetch: typeof shell.sandbox.fetch = (input, init) => {
      if (/requesttopay$/.test(input instanceof Request ? input.url : String(input))) shownAtSend ??= terminal.text;
      return shell.sandbox.fetch(input, init);
    };
    await run(['pay', successful, '1'], { terminal, ...shell.context({ fetch }), version: '' });
    expect(shownAtSend).toContain(creates(shell)[0]);
  });

  it('sends nothing when the reference id cannot be written', async () => {
    const shell = createShell();
    const terminal = { ...fakeTerminal(), flush: () => Promise.reject(new Error('EPIPE')) };
    expect(await run(['pay', successful, '1'], { terminal, ...shell.context(), version: '' })).toBe(5);
    expect(shell.sandbox.calls).toEqual([]);
  });

  it('sends nothing twice as another payment when the answer is lost', async () => {
    const shell = createShell();
    shell.sandbox.fault({ on: 'requestToPay', drop: 'after' });
    const { code, text } = await shell.run(['pay', successful, '12.50']);
    expect(code).toBe(0);
    expect(shell.sandbox.payments).toHaveLength(1);
    expect(text).toContain('no clear answer: asking MTN whether it has the payment');
  });

  it('calls uncertain with 3 what MTN never decides, and says how to ask again', async () => {
    const shell = createShell();
    const { code, text } = await shell.run(['pay', ongoing, '12.50', '--timeout', '60']);
    expect(code).toBe(3);
    expect(text).toContain('its last word was PENDING');
    expect(text).toContain('do not charge again');
    expect(text).toContain(`npx momo-collections status ${creates(shell)[0]}`);
  });

  it('calls uncertain a payment whose create was never answered clearly', async () => {
    const shell = createShell();
    const always = Number.POSITIVE_INFINITY;
    shell.sandbox.fault({ on: 'requestToPay', status: 503, times: always });
    shell.sandbox.fault({ on: 'getRequestToPay', status: 503, times: always });
    const { code, text } = await shell.run(['pay', successful, '12.50', '--timeout', '200', '--json']);
    expect(code).toBe(3);
    expect(jsonLines(text).at(-1)).toMatchObject({
      state: 'uncertain',
      why: 'deadline',
      referenceId: creates(shell)[0],
    });
    expect(new Set(creates(shell)).size).toBe(1);
  });

  it('calls uncertain, and never failed, a payment whose status may no longer be read', async () => {
    const shell = createShell();
    const always = Number.POSITIVE_INFINITY;
    shell.sandbox.fault({ on: 'getRequestToPay', status: 403, body: fixtures.error.gatewayForbidden, times: always });
    const { code, text } = await shell.run(['pay', successful, '12.50', '--json']);
    expect(code).toBe(3);
    expect(jsonLines(text).at(-1)).toMatchObject({ state: 'uncertain', why: 'error', error: { code: 'forbidden' } });
    expect(shell.sandbox.payments).toHaveLength(1);
  });

  it('ends with 5 when MTN refuses the request, which made no payment', async () => {
    const shell = createShell();
    shell.sandbox.fault({ on: 'requestToPay', status: 500, body: fixtures.error.invalidCallbackUrlHost });
    const { code, errors } = await shell.run(['pay', successful, '12.50', '--json']);
    expect(code).toBe(5);
    const { error } = jsonLines(errors).at(-1) as { error: object };
    expect(error).toMatchObject({ code: 'rejected', referenceId: creates(shell)[0] });
    expect(shell.sandbox.payments).toHaveLength(0);
  });

  it('calls a refusal uncertain under an id that an earlier command may have sent', async () => {
    const shell = createShell();
    shell.env.MTN_API_KEY = 'not-the-key';
    const { code, text } = await shell.run(['pay', successful, '12.50', '--reference-id', id, '--json']);
    expect(code).toBe(3);
    expect(jsonLines(text).at(-1)).toMatchObject({
      referenceId: id,
      state: 'uncertain',
      error: { code: 'unauthorized' },
    });
  });

  it('goes on with a payment by its reference id, and makes no second one', async () => {
    const shell = createShell();
    const argv = ['pay', successful, '12.50', '--reference-id', id, '--external-id', 'order-17'];
    expect((await shell.run(argv)).code).toBe(0);
    expect((await shell.run(argv)).code).toBe(0);
    expect(shell.sandbox.payments).toHaveLength(1);
    const other = await shell.run([...argv.with(2, '13')]);
    expect(other.code).toBe(5);
    expect(other.errors).toContain('another payment under this reference id');
  });

  it('leaves the reference id on the screen on Ctrl-C, and ends with 130', async () => {
    const shell = createShell({ approval: 'manual' });
    const interrupt = new AbortController();
    const arriving = shell.sandbox.nextPayment();
    const ended = shell.run(['pay', '46733999888', '12.50'], { signal: interrupt.signal, isInteractive: true });
    const { referenceId } = await arriving;
    // Once MTN has answered, so that the poll is what is stopped.
    await new Promise((resolve) => setImmediate(resolve));
    interrupt.abort();
    const { code, text, errors } = await ended;
    expect(code).toBe(130);
    expect(lastPicture(text)).not.toContain('queued');
    expect(text).toContain(`Reference id  ${referenceId}`);
    expect(text.lastIndexOf('\x1b[?25h')).toBeGreaterThan(text.lastIndexOf('\x1b[?25l'));
    expect(errors).toContain(`momo-collections status ${referenceId}`);
    expect(errors).toContain('do not charge again');
  });

  it('says that nobody is charged when Ctrl-C comes before anything was sent', async () => {
    const shell = createShell();
    const interrupt = new AbortController();
    shell.sandbox.fault({ on: 'getToken', drop: 'hang' });
    const fetch: typeof shell.sandbox.fetch = (input, init) => {
      setImmediate(() => interrupt.abort());
      return shell.sandbox.fetch(input, init);
    };
    const { code, errors } = await shell.run(['pay', successful, '1', '--json'], { signal: interrupt.signal, fetch });
    expect(code).toBe(130);
    expect(jsonLines(errors).at(-1)).toMatchObject({
      error: { code: 'aborted', message: 'Stopped before anything was sent: nobody is charged.' },
    });
    expect(creates(shell)).toEqual([]);
  });

  it('draws the waiting in place on a terminal', async () => {
    const { code, text } = await createShell().run(['pay', successful, '12.50'], { isInteractive: true });
    expect(code).toBe(0);
    expect(text).toContain('\x1b[?25l');
    expect(lastPicture(text)).toMatch(/✓ successful/);
  });

  it('shows no control character of anybody else', async () => {
    const shell = createShell();
    const body = { status: 'FAILED', reason: { code: 'X', message: '\x1b[2J\x07 46733123450' } };
    shell.sandbox.fault({ on: 'getRequestToPay', body, times: Number.POSITIVE_INFINITY });
    const { text } = await shell.run(['pay', successful, '12.50']);
    expect(text).toContain('X: [2J  ********450');
    expect(text).not.toContain('\x1b');
  });
});

describe('pay with real money', () => {
  const rwanda = { targetEnvironment: 'mtnrwanda' };
  const argv = ['pay', '250788123456', '5000'];

  it('asks first, naming environment, amount and the masked number', async () => {
    const shell = createShell(rwanda);
    const { code, questions } = await shell.run(argv, { answer: 'y' });
    expect(code).toBe(0);
    expect(questions).toEqual([
      'Real money: ask *********456 for 5000 RWF in mtnrwanda (Rwanda) at proxy.momoapi.mtn.co.rw? [y/N] ',
    ]);
  });

  it.each(['', 'n', 'nope', 'yesterday'])('takes %j as a no, and sends nothing', async (answer) => {
    const shell = createShell(rwanda);
    const { code, errors } = await shell.run(argv, { answer });
    expect(code).toBe(130);
    expect(errors).toContain('nothing was sent');
    expect(shell.sandbox.calls).toEqual([]);
  });

  it('needs --yes where there is nobody to ask', async () => {
    const shell = createShell(rwanda);
    const refused = await shell.run(argv);
    expect(refused.code).toBe(2);
    expect(refused.errors).toContain('--yes');
    expect(shell.sandbox.calls).toEqual([]);
    expect((await shell.run([...argv, '--yes'])).code).toBe(0);
  });
});

describe('pay with a line that makes no sense', () => {
  it.each([
    [['pay'], 'pay needs <phone>.'],
    [['pay', successful], 'pay needs <amount>.'],
    [['pay', '46', '12.50'], '<phone> must be a phone number'],
    [['pay', successful, '1e3'], '<amount> must be a decimal string'],
    [['pay', successful, '1', '--currency', 'USD'], '--currency must be EUR in the sandbox'],
    [['pay', successful, '1', '--reference-id', 'order-1'], '--reference-id must be a UUID'],
    [['pay', successful, '1', '--callback-url', 'http://1.2.3.4'], '--callback-url must be https'],
    [['pay', successful, '1', '--timeout', 'soon'], '--timeout must be seconds'],
  ])('refuses %j', async (argv, problem) => {
    const shell = createShell();
    const plain = await shell.run(argv);
    expect(plain.code).toBe(2);
    expect(plain.errors).toContain(problem);
    expect(plain.text).toBe('');
    const { errors } = await shell.run([...argv, '--json']);
    expect((JSON.parse(errors) as { error: { code: string; message: string } }).error).toMatchObject({ code: 'usage' });
    expect(shell.sandbox.calls).toEqual([]);
  });

  it('does not repeat a phone number that fell apart', async () => {
    const { code, errors } = await createShell().run(['pay', '+46', '733', '123999', '12.50']);
    expect(code).toBe(2);
    expect(errors).toContain('put quotes round');
    expect(errors).not.toContain('123999');
  });
});

describe('the configuration', () => {
  it('is asked for by name when it is missing, and nothing is sent', async () => {
    const shell = createShell();
    const { code, errors } = await shell.run(['pay', successful, '1'], { env: { MTN_TARGET_ENV: 'sandbox' } });
    expect(code).toBe(2);
    for (const name of ['MTN_SUBSCRIPTION_KEY', 'MTN_API_USER', 'MTN_API_KEY'])
      expect(errors).toContain(`${name} is missing`);
    expect(errors).not.toContain('MTN_TARGET_ENV is missing');
    expect(errors).toMatch(/momo-collections provision .*\n.*momo-collections sandbox/);
    expect(shell.sandbox.calls).toEqual([]);
  });

  it('comes from .env too, and the environment wins', async () => {
    const shell = createShell();
    const lines = Object.entries(shell.env).map(([name, value]) => `${name}='${value}'\n`);
    writeFileSync(join(shell.cwd, '.env'), lines.join(''));
    expect((await shell.run(['pay', successful, '1'], { env: { MTN_API_KEY: '' } })).code).toBe(0);
    const wrong = await shell.run(['pay', successful, '1'], { env: { MTN_API_KEY: 'not-the-key' } });
    expect(wrong.code).toBe(5);
    expect(wrong.errors).toContain('refused the credentials');
    expect(wrong.errors).not.toContain('not-the-key');
  });

  it('comes from another file when asked, which must be there', async () => {
    const shell = createShell();
    const lines = Object.entries(shell.env).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(shell.cwd, 'other.env'), lines.join(''));
    expect((await shell.run(['pay', successful, '1', '--env-file', 'other.env'], { env: {} })).code).toBe(0);
    const missing = await shell.run(['pay', successful, '1', '--env-file', 'none.env']);
    expect(missing.code).toBe(2);
    expect(missing.errors).toContain('There is no file');
  });
});
