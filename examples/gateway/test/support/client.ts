import assert from 'node:assert/strict';
import { assertConforms } from './openapi.ts';

let orders = 0;

/** An order that no other test has. */
export function newOrder(more: object = {}) {
  orders += 1;
  const externalId = `ORDER-${process.pid}-${Date.now()}-${orders}`;
  return { amount: '12.50', externalId, payer: { partyIdType: 'MSISDN', partyId: '26876123456' }, ...more };
}

/** What a gateway answered. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a client reads what it expects; the document says what there is.
  readonly body: any;
  readonly headers: Headers;
}

/** An app's client: plain `fetch`, and each answer held against the OpenAPI document. */
export function createClient(url: string, key: string) {
  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'X-Proxy-Api-Key': key, 'Content-Type': 'application/json' },
      ...(body !== undefined && { body: text }),
    });
    const read = response.headers.get('content-type')?.includes('json') ? await response.json() : await response.text();
    const answer = { status: response.status, body: read, headers: response.headers };
    assertConforms(method, path, answer);
    return answer;
  }
  return {
    call,
    pay: (order: unknown) => call('POST', '/request-to-pay', order),
    status: (referenceId: string) => call('GET', `/status/${referenceId}`),
    callback: (body: unknown, path = '/callback', method = 'POST') => call(method, path, body),
    /** Asks until the payment has this status. */
    async until(referenceId: string, wanted: string, withinMs = 20_000): Promise<Answer['body']> {
      return eventually(async () => {
        const { body } = await call('GET', `/status/${referenceId}`);
        assert.equal(body.status, wanted);
        return body;
      }, withinMs);
    },
  };
}

/** Tries until it passes. */
export async function eventually<Result>(check: () => Result | Promise<Result>, withinMs = 20_000): Promise<Result> {
  for (const startedAtMs = Date.now(); ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() - startedAtMs > withinMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
