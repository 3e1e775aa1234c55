import { Form, type Prepare } from '../operations/create.js';
import type { Operation, PlainRequest } from '../operations/resource.js';
import { compact } from '../payment/compact.js';
import type { CallOptions } from './call.js';
import { type ClientContext, maxAttempts, runCall, sendAuthorized, sendOnce, sendWithRetries } from './context.js';
import { readAnswer } from './exchange.js';
import { Failure } from './failure.js';
import type { WireRequest } from './transport.js';

const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function toWire({ basic }: ClientContext, request: PlainRequest<unknown>): WireRequest {
  const { method, path, headers, json, form, authorization } = request;
  const fields = compact(Object.fromEntries(Object.entries(form ?? {}).map(([name, value]) => [toSnake(name), value])));
  return compact({
    method,
    path,
    headers: compact({
      ...headers,
      Authorization: authorization === 'Basic' ? basic : authorization,
      'Content-Type': json ? 'application/json' : form && 'application/x-www-form-urlencoded',
    }),
    body: form ? String(new URLSearchParams(fields)) : json && JSON.stringify(json),
    // The fields of a form are grants and phone numbers.
    secrets: Object.values(fields),
  });
}

/**
 * A call without the safe create's care: it reads, or does what may be done twice. Repeated as a read is, the same bytes
 * each time; or sent once, where a second one would count.
 */
export async function callPlainly<Input, Result>(
  context: ClientContext,
  operation: Operation,
  prepare: Prepare<Input, PlainRequest<Result>>,
  input: Input,
  options: CallOptions | undefined,
): Promise<Result> {
  const request = prepare(new Form(operation, input, context));
  const { method, referenceId, authorization, isOnce, ifNotFound, read } = request;
  const wire = toWire(context, request);
  return runCall(context, operation, 'read', referenceId, options, async (call) => {
    let attempts = 0;
    const exchange = await sendWithRetries(context, call, operation, isOnce ? 1 : maxAttempts, (attempt) => {
      attempts = attempt;
      const send = (complete: WireRequest) => sendOnce(context, call, operation, attempt, complete);
      return authorization ? send(wire) : sendAuthorized(context, call, wire, send);
    });
    const { status, code, writer, json, shown } = exchange;
    if (status === 404 && writer === 'wallet' && ifNotFound !== undefined) return ifNotFound;
    // By contract some of these come without a body.
    if (status === 404 && json === '') throw new Failure('not_found', shown, { status });
    // A cancellation that is there already: the answer to an earlier attempt was lost.
    const isDoneAlready = method === 'DELETE' && attempts > 1 && code === 'RESOURCE_ALREADY_EXIST';
    return readAnswer(isDoneAlready ? { ...exchange, status: 202 } : exchange, read);
  });
}
