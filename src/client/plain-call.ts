import type { PlainRequest } from '../operations/resource.js';
import type { CallOptions } from './call.js';
import { type ClientContext, maxAttempts, runCall, sendAuthorized, sendOnce, sendWithRetries } from './context.js';
import { exchangeFailure } from './exchange.js';
import { Failure } from './failure.js';
import type { WireRequest } from './transport.js';

const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** What of a request is given. */
function given(fields: Readonly<Record<string, string | undefined>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function toWire({ basic, targetEnvironment }: ClientContext, request: PlainRequest<unknown>): WireRequest {
  const { method, path, headers, json, form, authorization } = request;
  const fields = given(form && Object.fromEntries(Object.entries(form).map(([name, value]) => [toSnake(name), value])));
  return {
    method,
    path,
    headers: {
      'X-Target-Environment': targetEnvironment,
      ...given(headers),
      ...(authorization && { Authorization: authorization === 'Basic' ? basic : authorization }),
      ...((json ?? form) && { 'Content-Type': json ? 'application/json' : 'application/x-www-form-urlencoded' }),
    },
    ...(json && { body: JSON.stringify(json) }),
    // Its fields are grants and phone numbers.
    ...(form && { body: String(new URLSearchParams(fields)), secrets: Object.values(fields) }),
  };
}

/**
 * A call without the safe create's care: it reads, or does what may be done twice. Repeated as a read is, the same bytes
 * each time; or sent once, where a second one would count.
 */
export async function callPlainly<Result>(
  context: ClientContext,
  request: PlainRequest<Result>,
  options: CallOptions | undefined,
): Promise<Result> {
  const { operation, method, referenceId, authorization, isOnce, ifNotFound, read } = request;
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
    // A cancellation that is there already: the answer to an earlier attempt was lost.
    const isDoneAlready = method === 'DELETE' && attempts > 1 && code === 'RESOURCE_ALREADY_EXIST';
    if (!isDoneAlready && ![200, 202, 204].includes(status)) throw exchangeFailure(exchange);
    const result = read(json);
    if (result !== undefined) return result;
    throw new Failure('unexpected_response', `the answer cannot be read (${shown})`, { status });
  });
}
