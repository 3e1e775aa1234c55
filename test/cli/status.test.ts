import { expect, it } from 'vitest';
import { MomoCollections } from '../../src/index.js';
import { testNumbers } from '../../src/testing/index.js';
import { createShell, jsonLines, type Shell } from '../support/command-line.js';

const id = '7c0e4f9a-3b6d-4c58-9a21-0d5f8e3b1c42';

async function payment({ sandbox }: Shell, payer: string): Promise<string> {
  const client = new MomoCollections(sandbox.clientOptions());
  const request = { amount: '12.50', currency: 'EUR', externalId: 'order-17', payer, referenceId: id };
  return (await client.requestToPay(request)).referenceId;
}

const { successful, rejected, expired, ongoing } = testNumbers.requestToPay;

it.each([
  [successful, 0, 'successful', 'SUCCESSFUL'],
  [rejected, 1, 'failed', 'FAILED'],
  [expired, 1, 'expired', 'FAILED'],
  [ongoing, 4, 'pending', 'PENDING'],
])('reads once what MTN says of %s, and ends with %i', async (payer, exitCode, state, word) => {
  const shell = createShell();
  await payment(shell, payer);
  const before = shell.sandbox.calls.length;
  const json = await shell.run(['status', id.toUpperCase(), '--json']);
  expect(json.code).toBe(exitCode);
  expect(shell.sandbox.calls.slice(before).map(({ operation }) => operation)).toEqual([
    'createAccessToken',
    'getRequestToPay',
  ]);
  expect(jsonLines(json.text)).toEqual([
    expect.objectContaining({ referenceId: id, state, status: word, externalId: 'order-17' }),
  ]);
  const plain = await shell.run(['status', id]);
  expect(plain.code).toBe(exitCode);
  expect(plain.text).toContain(`${state}\n`);
  for (const text of [json.text, plain.text]) {
    expect(text).toContain(payer.slice(-3));
    expect(text).not.toContain(payer);
  }
});

it('does not take "not found" for a failure', async () => {
  const { code, text, errors } = await createShell().run(['status', id, '--json']);
  expect(code).toBe(3);
  expect(text).toBe('');
  const [{ error }] = jsonLines(errors) as [{ error: object }];
  expect(error).toMatchObject({
    code: 'not_found',
    referenceId: id,
    message: expect.stringContaining('no proof that it failed'),
  });
});

it('learns nothing, with 5, where MTN cannot be asked', async () => {
  const shell = createShell();
  shell.sandbox.fault({ on: '*', drop: 'before', times: Number.POSITIVE_INFINITY });
  const { code, errors } = await shell.run(['status', id]);
  expect(code).toBe(5);
  expect(errors).toContain('Nothing was learned of the payment.');
});

it('watches until it is decided', async () => {
  const shell = createShell();
  await payment(shell, testNumbers.requestToPay.delayed);
  const { code, text } = await shell.run(['status', id, '--watch']);
  expect(code).toBe(0);
  expect(text).toMatch(/(CREATED|PENDING): the payer has not decided\n(.*\n)*.*✓ successful/);
});

it('says on Ctrl-C that the payment goes on, and how to ask for it later', async () => {
  const shell = createShell();
  await payment(shell, ongoing);
  const { code, errors } = await shell.run(['status', id, '--watch'], { signal: AbortSignal.abort() });
  expect(code).toBe(130);
  expect(errors).toBe(
    `Stopped watching. The payment goes on at MTN. Ask for it with\n  npx momo-collections status ${id}\n`,
  );
});

it('is uncertain with 3 when the time to watch is over', async () => {
  const shell = createShell();
  await payment(shell, ongoing);
  const { code, text } = await shell.run(['status', id, '--watch', '--timeout', '30', '--json']);
  expect(code).toBe(3);
  expect(jsonLines(text)).toEqual([
    expect.objectContaining({ state: 'uncertain', why: 'deadline', status: 'PENDING' }),
  ]);
});

it.each([
  [['status'], 'status needs <reference id>.'],
  [['status', 'order-17'], 'UUID of version 4'],
  [['status', id, '--timeout', '5'], '--timeout goes with --watch'],
])('refuses %j', async (argv, problem) => {
  const { code, errors } = await createShell().run(argv);
  expect(code).toBe(2);
  expect(errors).toContain(problem);
});
