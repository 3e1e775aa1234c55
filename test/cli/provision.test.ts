import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createShell, jsonLines, type Shell } from '../support/command-line.js';

const argv = ['provision', '--callback-host', 'pay.example.com'];
const at = ({ cwd }: Shell, name = '.env') => join(cwd, name);
const operations = ({ sandbox }: Shell) => sandbox.calls.map(({ operation }) => operation);

/** A shell with a subscription and no user yet. */
function newcomer(): Shell & { readonly only: { env: Record<string, string> } } {
  const shell = createShell();
  return { ...shell, only: { env: { MTN_SUBSCRIPTION_KEY: shell.env.MTN_SUBSCRIPTION_KEY as string } } };
}

describe('provision', () => {
  it('prints lines for an env file, with which a payment works', async () => {
    const shell = newcomer();
    const { code, text } = await shell.run(argv, shell.only);
    expect(code).toBe(0);
    const env = parseEnv(text) as Record<string, string>;
    expect(Object.keys(env).sort()).toEqual([
      'MTN_API_KEY',
      'MTN_API_USER',
      'MTN_PROVIDER_CALLBACK_HOST',
      'MTN_SUBSCRIPTION_KEY',
      'MTN_TARGET_ENV',
    ]);
    expect((await shell.run(['pay', '56733123453', '1'], { env })).code).toBe(0);
    expect((await shell.run(['doctor'], { env })).code).toBe(0);
    expect(readdirSync(shell.cwd)).toEqual([]);
  });

  it('gives scripts one object', async () => {
    const shell = newcomer();
    const { text } = await shell.run([...argv, '--json'], shell.only);
    const [{ apiUser, apiKey, env }] = jsonLines(text) as [Record<string, unknown>];
    expect(env).toMatchObject({ MTN_API_USER: apiUser, MTN_API_KEY: apiKey, MTN_TARGET_ENV: 'sandbox' });
  });

  it('writes a new file for its owner alone, and does not show the key', async () => {
    const shell = newcomer();
    const { code, text } = await shell.run([...argv, '--write'], shell.only);
    expect(code).toBe(0);
    expect(statSync(at(shell)).mode & 0o777).toBe(0o600);
    const env = parseEnv(readFileSync(at(shell), 'utf8'));
    expect(text).not.toContain(env.MTN_API_KEY);
    expect((await shell.run(['pay', '56733123453', '1'], { env: {} })).code).toBe(0);
  });

  it('writes to another path when given one', async () => {
    const shell = newcomer();
    expect((await shell.run([...argv, '--write', 'test.env', '--json'], shell.only)).code).toBe(0);
    expect(readdirSync(shell.cwd)).toEqual(['test.env']);
  });

  it('adds to a file that is there what it lacks, and leaves the rest as it is', async () => {
    const shell = newcomer();
    const old = `# mine\nOTHER=1\nMTN_SUBSCRIPTION_KEY=${shell.env.MTN_SUBSCRIPTION_KEY}\nMTN_API_KEY=`;
    writeFileSync(at(shell), old);
    const { code, text } = await shell.run([...argv, '--write', '--json'], { env: {} });
    expect(code).toBe(0);
    expect(jsonLines(text)[0]?.written).toEqual([
      'MTN_TARGET_ENV',
      'MTN_PROVIDER_CALLBACK_HOST',
      'MTN_API_USER',
      'MTN_API_KEY',
    ]);
    expect(readFileSync(at(shell), 'utf8').startsWith(`${old}\n`)).toBe(true);
    expect((await shell.run(['pay', '56733123453', '1'], { env: {} })).code).toBe(0);
  });

  it.each(['MTN_API_USER', 'MTN_API_KEY', 'MTN_TARGET_ENV', 'MTN_PROVIDER_CALLBACK_HOST'])(
    'makes nothing when %s stands in the file with another value',
    async (name) => {
      const shell = newcomer();
      writeFileSync(at(shell), `${name}=old\n`);
      const { code, errors } = await shell.run([...argv, '--write'], shell.only);
      expect(code).toBe(2);
      expect(errors).toContain(`already has ${name}`);
      expect(readFileSync(at(shell), 'utf8')).toBe(`${name}=old\n`);
      expect(operations(shell)).toEqual([]);
    },
  );

  it('prints the lines when the file cannot be written, so that the key is not lost', async () => {
    const shell = newcomer();
    const { code, text, errors } = await shell.run([...argv, '--write', 'no-such-folder/.env'], shell.only);
    expect(code).toBe(1);
    expect(parseEnv(text).MTN_API_KEY).toMatch(/^[0-9a-f]{32}$/);
    expect(errors).toContain('could not be written (ENOENT)');
  });

  it('makes nothing when the file cannot be read', async () => {
    const shell = newcomer();
    mkdirSync(at(shell, 'folder'));
    chmodSync(at(shell, 'folder'), 0o700);
    const { code } = await shell.run([...argv, '--write', 'folder'], shell.only);
    expect(code).toBe(2);
    expect(operations(shell)).toEqual([]);
  });

  it.each([
    [['provision'], '--callback-host must be given'],
    [['provision', '--callback-host', 'https://pay.example.com/momo'], 'a bare host name'],
    [[...argv, 'elsewhere.env'], 'A path goes with --write'],
    [[...argv, '--base-url', 'ftp://momo.example'], 'must be an https URL'],
  ])('refuses %j', async (line, problem) => {
    const shell = newcomer();
    const { code, errors } = await shell.run(line, shell.only);
    expect(code).toBe(2);
    expect(errors).toContain(problem);
    expect(operations(shell)).toEqual([]);
  });

  it('says which key it needs', async () => {
    const { code, errors } = await createShell().run(argv, { env: {} });
    expect(code).toBe(2);
    expect(errors).toContain('MTN_SUBSCRIPTION_KEY is missing');
  });

  it('says so when MTN refuses the key, without showing it', async () => {
    const shell = createShell();
    const { code, text, errors } = await shell.run([...argv, '--subscription-key', 'not-the-key'], { env: {} });
    expect(code).toBe(5);
    expect(text).toBe('');
    expect(errors).toContain('subscription key');
    expect(errors).not.toContain('not-the-key');
  });
});
