import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { type SandboxServerOptions, startSandboxServer } from '../../src/testing/server/index.js';

const script = fileURLToPath(new URL('curl/by-hand.sh', import.meta.url));

async function runByHand(options: SandboxServerOptions) {
  await using server = await startSandboxServer({ port: 0, ...options });
  const env = { PATH: process.env.PATH, HOST: server.url, SUBSCRIPTION_KEY: '0123456789abcdef0123456789abcdef' };
  const { stdout } = await promisify(execFile)('sh', [script], { env });
  return { stdout, calls: server.sandbox.calls.map(({ operation, status }) => [operation, status]) };
}

describe('MTN’s documentation followed by hand, with curl', () => {
  test('takes a payment, unchanged but for the host', async () => {
    expect(await runByHand({ approval: 'automatic' })).toEqual({
      stdout: 'SUCCESSFUL\n',
      calls: [
        ['createApiUser', 201],
        ['getApiUser', 200],
        ['createApiKey', 201],
        ['createAccessToken', 200],
        ['requestToPay', 202],
        ['getRequestToPay', 200],
      ],
    });
  });

  test('finds it waiting for the payer where a person approves', async () => {
    expect(await runByHand({ approval: 'manual' })).toMatchObject({ stdout: 'PENDING\n' });
  });
});
