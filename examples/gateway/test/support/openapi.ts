import assert from 'node:assert/strict';
import { Ajv2020 } from 'ajv/dist/2020.js';
import openapi from '../../openapi.json' with { type: 'json' };
import type { Answer } from './client.ts';

const ajv = new Ajv2020({ strict: false, allErrors: true, formats: { uuid: true, uri: true, 'date-time': true } });
ajv.addSchema({ $id: 'gateway', ...openapi });

type Responses = Record<string, { content?: Record<string, unknown>; headers?: Record<string, unknown> }>;

const templates = Object.keys(openapi.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
}));

const pointer = (...parts: string[]) => parts.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');

/** The answer is one that the document knows, in its shape. */
export function assertConforms(method: string, path: string, { status, body, headers }: Answer): void {
  const known = templates.find(({ pattern }) => pattern.test(path.split('?')[0] ?? ''));
  const operations = known && (openapi.paths as Record<string, object>)[known.template];
  const operation = operations && (operations as Record<string, { responses: Responses }>)[method.toLowerCase()];
  assert.ok(known && operation, `${method} ${path} is not in the document`);
  const response = operation.responses[status];
  assert.ok(response, `${method} ${path} answered ${status}, which is not in the document: ${JSON.stringify(body)}`);
  for (const name of Object.keys(response.headers ?? {})) assert.ok(headers.get(name), `${name} is missing`);
  if (response.content === undefined) {
    assert.equal(body, '');
    return;
  }
  const { template } = known;
  const parts = [
    'paths',
    template,
    method.toLowerCase(),
    'responses',
    String(status),
    'content',
    'application/json',
    'schema',
  ];
  const validate = ajv.compile({ $ref: `gateway#/${pointer(...parts)}` });
  assert.ok(
    validate(body),
    `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`,
  );
}

/** What an app is told has the shape of the document's webhook. */
export function assertIsResult(body: unknown): void {
  const validate = ajv.compile({ $ref: 'gateway#/components/schemas/Result' });
  assert.ok(validate(body), ajv.errorsText(validate.errors));
}
