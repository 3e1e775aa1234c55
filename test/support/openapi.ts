import { readFileSync } from 'node:fs';
import { Ajv, type AnySchema, type ValidateFunction } from 'ajv';

/**
 * Checks requests and answers against MTN's OpenAPI export, more strictly than the export asks: unknown fields, enum
 * values, header and id shapes count. Media types are ignored, for MTN writes prose there.
 */

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'header' | 'query';
  readonly required?: boolean;
  readonly schema?: AnySchema;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}

type Content = Readonly<Record<string, { readonly schema?: AnySchema }>>;

interface Contract {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Record<string, unknown>>> };
}

interface Found {
  readonly file: string;
  readonly operation: Operation;
  readonly pathParams: Readonly<Record<string, string>>;
}

/** A request as it went out. Headers as `Headers` or a record; the body as text, or parsed. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers | Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** An answer as it came; the body as text, or parsed. */
export interface WireAnswer {
  readonly status: number;
  readonly body?: unknown;
}

const uuidV4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function read(name: string): Contract {
  return JSON.parse(readFileSync(new URL(`../fixtures/mtn-openapi/${name}.json`, import.meta.url), 'utf8'));
}

const contracts = [
  { file: 'collection', prefix: '/collection', contract: read('collection') },
  { file: 'sandbox-provisioning', prefix: '', contract: read('sandbox-provisioning') },
];

// The guide knows this field, the export does not.
const fieldsOutsideTheExport: Readonly<Record<string, Record<string, unknown>>> = {
  RequestToPay: { transferType: { type: 'string' } },
};

const ajv = new Ajv({ allErrors: true, strict: false });
for (const { file, contract } of contracts) {
  const schemas = Object.entries(contract.components.schemas).map(([name, schema]) => {
    const properties = { ...(schema.properties as object), ...fieldsOutsideTheExport[name] };
    return [name, { ...schema, properties, additionalProperties: false }];
  });
  ajv.addSchema({ $id: `momo://${file}`, components: { schemas: Object.fromEntries(schemas) } });
}

const validators = new Map<string, ValidateFunction>();

function checkSchema(file: string, schema: AnySchema, value: unknown): string[] {
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"momo://${file}#/`)) as AnySchema;
  const key = JSON.stringify(absolute);
  const validate = validators.get(key) ?? ajv.compile(absolute);
  validators.set(key, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const extra = params.additionalProperty === undefined ? '' : ` (${params.additionalProperty})`;
    return `body${instancePath} ${message}${extra}`;
  });
}

function matchPath(template: string, pathname: string): Record<string, string> | undefined {
  const names: string[] = [];
  const pattern = template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{([^}]+)\}/g, (_all, name: string) => {
    names.push(name);
    return '([^/]+)';
  });
  const match = new RegExp(`^${pattern}$`).exec(pathname);
  return match === null
    ? undefined
    : Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(match[index + 1] ?? '')]));
}

/** The operation of the export at this method and URL. */
function findContractOperation(method: string, url: string): Found | undefined {
  const { pathname } = new URL(url, 'https://sandbox.momodeveloper.mtn.com');
  for (const { file, prefix, contract } of contracts) {
    for (const [template, operations] of Object.entries(contract.paths)) {
      const operation = operations[method.toLowerCase()];
      const pathParams = operation && matchPath(`${prefix}${template}`, pathname);
      if (operation !== undefined && pathParams !== undefined) return { file, operation, pathParams };
    }
  }
  return undefined;
}

function schemaOf(content: Content | undefined): AnySchema | undefined {
  return Object.values(content ?? {}).find(({ schema }) => schema !== undefined)?.schema;
}

function isEmpty(body: unknown): boolean {
  return body === undefined || body === null || body === '';
}

function parse(body: unknown): { value: unknown } | { problem: string } {
  if (typeof body !== 'string') return { value: body };
  try {
    return { value: JSON.parse(body) };
  } catch {
    return { problem: 'body is not JSON' };
  }
}

function checkRequestHeaders(headers: Headers, { operation }: Found): string[] {
  const problems: string[] = [];
  if (!/^[!-~]+$/.test(headers.get('ocp-apim-subscription-key') ?? '')) problems.push('no Ocp-Apim-Subscription-Key');
  for (const { name, in: place, required } of operation.parameters ?? []) {
    if (place !== 'header') continue;
    const value = headers.get(name);
    if (value === null ? required === true : value === '') problems.push(`header ${name} is missing or empty`);
    if (name === 'X-Reference-Id' && value !== null && !uuidV4.test(value)) {
      problems.push('X-Reference-Id is not a lower-case UUID of version 4');
    }
    if (name === 'X-Callback-Url' && value !== null && !URL.canParse(value)) problems.push('X-Callback-Url is no URL');
    if (name !== 'Authorization' || value === null) continue;
    const scheme = operation.operationId.endsWith('Token') && /Create/.test(operation.operationId) ? 'Basic' : 'Bearer';
    if (!new RegExp(`^${scheme} \\S+$`).test(value)) problems.push(`Authorization is not ${scheme}`);
  }
  const allowed = new Set((operation.parameters ?? []).map(({ name }) => name.toLowerCase()));
  for (const name of ['x-reference-id', 'x-callback-url']) {
    if (headers.has(name) && !allowed.has(name)) problems.push(`${name} is not of this operation`);
  }
  return problems;
}

function checkRequestBody(headers: Headers, body: unknown, { file, operation }: Found): string[] {
  if (operation.requestBody === undefined) {
    const problems = isEmpty(body) ? [] : ['this operation takes no body'];
    if (headers.has('content-type')) problems.push('a content type without a body');
    return problems;
  }
  if (isEmpty(body)) return ['the body is missing'];
  const contentType = headers.get('content-type') ?? '';
  const wanted = Object.keys(operation.requestBody.content)[0] ?? 'application/json';
  if (!contentType.toLowerCase().startsWith(wanted)) return [`content type is not ${wanted}`];
  if (wanted !== 'application/json') return [];
  const parsed = parse(body);
  if ('problem' in parsed) return [parsed.problem];
  const schema = schemaOf(operation.requestBody.content);
  return schema === undefined ? [] : checkSchema(file, schema, parsed.value);
}

/** What is wrong with a request by MTN's export; empty when nothing is. */
export function checkRequest(request: WireRequest): string[] {
  const found = findContractOperation(request.method, request.url);
  if (found === undefined) return [`${request.method} ${new URL(request.url).pathname} is not in MTN's export`];
  const headers = new Headers(request.headers);
  const problems = Object.entries(found.pathParams).flatMap(([name, value]) =>
    /reference-?id/i.test(name) && !uuidV4.test(value) ? [`${name} is not a UUID of version 4`] : [],
  );
  return [...problems, ...checkRequestHeaders(headers, found), ...checkRequestBody(headers, request.body, found)];
}

/** What is wrong with an answer to this request by MTN's export; empty when nothing is. */
export function checkAnswer(request: { method: string; url: string }, answer: WireAnswer): string[] {
  const found = findContractOperation(request.method, request.url);
  if (found === undefined) return [`${request.method} ${new URL(request.url).pathname} is not in MTN's export`];
  const response = found.operation.responses[String(answer.status)];
  if (response === undefined) return [`${found.operation.operationId} never answers ${answer.status}`];
  const schema = schemaOf(response.content);
  if (schema === undefined || isEmpty(answer.body)) {
    return schema !== undefined && answer.status === 200 ? ['the body is missing'] : [];
  }
  const parsed = parse(answer.body);
  return 'problem' in parsed ? [parsed.problem] : checkSchema(found.file, schema, parsed.value);
}
