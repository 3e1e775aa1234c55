import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCallback } from '../../src/callback/index.js';
import {
  type ErrorCode,
  MomoCollections,
  type MomoCollectionsOptions,
  MomoError,
  transition,
} from '../../src/index.js';
import { createMomoSandbox, fixtures, type MomoSandbox } from '../../src/testing/index.js';

const sampleId = '7c0e4f9a-3b6d-4c58-9a21-0d5f8e3b1c42';
const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
const order = { amount: '12.50', currency: 'EUR', externalId: 'order-17', payer: '256772123456' };

type Provocation = (sandbox: MomoSandbox, client: MomoCollections) => unknown;

const always = Number.POSITIVE_INFINITY;

/** Each code, provoked as a shop may meet it. */
const provocations: { [Code in Exclude<ErrorCode, 'invalid_signature'>]: Provocation } = {
  invalid_input: (_, client) => client.requestToPay({ ...order, amount: '1e3', currency: 'RWF', payer: '12' }),
  invalid_transition: () => transition('successful', 'pending'),
  unauthorized: (sandbox) => clientOf(sandbox, { apiKey: 'not-the-key' }).requestToPay(order),
  forbidden: (sandbox, client) => {
    sandbox.fault({ on: 'requestToPay', status: 403, body: fixtures.error.gatewayForbidden });
    return client.requestToPay(order);
  },
  rejected: (sandbox, client) => {
    sandbox.fault({ on: 'requestToPay', status: 500, body: fixtures.error.invalidCallbackUrlHost });
    return client.requestToPay(order);
  },
  reference_conflict: async (_, client) => {
    await client.requestToPay({ ...order, referenceId: sampleId });
    return client.requestToPay({ ...order, referenceId: sampleId, amount: '99' });
  },
  outcome_unknown: (sandbox, client) => {
    sandbox.fault({ on: 'requestToPay', drop: 'after' });
    sandbox.fault({ on: 'getRequestToPay', status: 503, times: always });
    return client.requestToPay(order);
  },
  not_found: (_, client) => client.getRequestToPay(sampleId),
  rate_limited: (sandbox, client) => {
    const headers = { 'Retry-After': '5' };
    sandbox.fault({ on: 'getRequestToPay', status: 429, headers, body: fixtures.error.gatewayRateLimited, times: 3 });
    return client.getRequestToPay(sampleId);
  },
  unavailable: (sandbox, client) => {
    sandbox.fault({ on: 'getRequestToPay', status: 503, body: fixtures.error.unavailable, times: 3 });
    return client.getRequestToPay(sampleId);
  },
  network: (sandbox, client) => {
    sandbox.fault({ on: '*', drop: 'before', code: 'ECONNREFUSED', times: always });
    return client.requestToPay(order);
  },
  timeout: (sandbox) => {
    sandbox.fault({ on: 'getRequestToPay', drop: 'hang', times: always });
    return clientOf(sandbox, { timeoutMs: 5 }).getRequestToPay(sampleId);
  },
  aborted: (_, client) => client.pollUntilFinal(sampleId, { signal: AbortSignal.abort() }),
  unexpected_response: (sandbox, client) => {
    sandbox.fault({ on: 'getRequestToPay', body: fixtures.requestRejectedHtml, times: 3 });
    return client.getRequestToPay(sampleId);
  },
  invalid_callback: () => parseCallback('{"amount":"12.50"}'),
};

function clientOf(sandbox: MomoSandbox, options: Partial<MomoCollectionsOptions> = {}): MomoCollections {
  return new MomoCollections({ ...sandbox.clientOptions(), ...options });
}

async function provoke(provocation: Provocation): Promise<unknown> {
  const sandbox = createMomoSandbox();
  try {
    return await provocation(sandbox, clientOf(sandbox));
  } catch (error) {
    return error;
  }
}

const pageUrl = new URL('../../docs/errors.md', import.meta.url);

/** The page in pieces: what stands before the first code, then one section per code. */
function sectionsOf(page: string): string[] {
  return page.split(/^(?=## )/m);
}

/** With `UPDATE_DOCS=1` in the environment the page is written anew instead of compared. */
const isUpdate = process.env.UPDATE_DOCS === '1';

describe('docs/errors.md', async () => {
  const sections = sectionsOf(await readFile(pageUrl, 'utf8'));

  afterAll(async () => {
    if (isUpdate) await writeFile(pageUrl, sections.join(''));
  });

  it.each(Object.entries(provocations))('shows what %s really says', async (code, provocation) => {
    const error = await provoke(provocation);
    if (!MomoError.is(error)) throw new Error(`no MomoError but ${error}`);
    expect(error.code).toBe(code);
    const index = sections.findIndex((section) => section.startsWith(`## \`${code}\``));
    const section = sections[index] ?? '';
    const real = section
      .replace(/^> .*$/m, () => `> ${error.message.replaceAll(uuid, sampleId)}`)
      .replace(/`isRetryable`: \w+/, `\`isRetryable\`: ${error.isRetryable ? 'yes' : 'no'}`);
    if (isUpdate) sections[index] = real;
    else expect(section).toBe(real);
    expect(real).toMatch(/^## .*\n\n> .*\n\n`isRetryable`: /);
  });
});
