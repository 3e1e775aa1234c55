import type { StatusResource } from '../operations/resource.js';
import type { Call } from './call.js';
import { type ClientContext, sendAuthorized, sendOnce, sendWithRetries } from './context.js';
import { type Exchange, readAnswer } from './exchange.js';
import type { ReadTicket } from './status-budget.js';

/** One attempt at a status read: a token, a permit of the budget, then the request. */
export function sendStatusRead(
  context: ClientContext,
  call: Call,
  { operation, path }: StatusResource<unknown>,
  referenceId: string,
  ticket: ReadTicket,
  attempt = 1,
): Promise<Exchange> {
  return sendAuthorized(context, call, { method: 'GET', path: `${path}/${referenceId}` }, async (request) => {
    // After the token: permits that wait for a slow token would all leave at once.
    await context.budget.take(call, ticket);
    await call.run(async (signal) => call.beforeStatusRead?.(signal));
    return sendOnce(context, call, operation, attempt, request);
  });
}

/** Reads a status, with retries. */
export async function readStatus<Status>(
  context: ClientContext,
  call: Call,
  resource: StatusResource<Status>,
  referenceId: string,
  ticket: ReadTicket,
  attempts: number,
): Promise<Status> {
  const exchange = await sendWithRetries(context, call, resource.operation, attempts, (attempt) =>
    sendStatusRead(context, call, resource, referenceId, ticket, attempt),
  );
  return readAnswer(exchange, (json) => resource.read(referenceId, json));
}
