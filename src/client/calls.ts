import { v4 } from 'uuid';
import { Issues } from '../errors.js';
import { type AcceptedRequest, Form, type Prepare, type PreparedCreate } from '../operations/create.js';
import { type PaymentStatus, requestToPayStatus } from '../operations/request-to-pay.js';
import type { Operation, StatusResource } from '../operations/resource.js';
import type { PollableStatus } from '../payment/poll-step.js';
import { checkReferenceId } from '../payment/reference-id.js';
import type { Call, CallOptions } from './call.js';
import { type ClientContext, maxAttempts, runCall } from './context.js';
import { createPoll, type Poll, type PollOptions } from './poll.js';
import type { PollResult } from './poll-result.js';
import { createSafely, type SafeCreate } from './safe-create.js';
import type { ReadTicket } from './status-budget.js';
import { readStatus } from './status-read.js';

/** How a poll's own options tell a get of ours that it is one of the poll's reads: tried once, in the poll's place. */
const pollTicket = Symbol();

interface PollReadOptions extends CallOptions {
  readonly [pollTicket]?: ReadTicket;
}

/** The safe create of a checked request, under the caller's id or a new one: made once, before anything is sent. */
export function openCreate(
  context: ClientContext,
  prepared: PreparedCreate,
): { referenceId: string; create: SafeCreate } {
  const referenceId = prepared.referenceId ?? v4();
  const isCallersId = prepared.referenceId !== undefined;
  return { referenceId, create: createSafely(context, { ...prepared, referenceId, isCallersId }) };
}

/** Any create that has a reference id. */
export async function create<Input>(
  context: ClientContext,
  operation: Operation,
  prepare: Prepare<Input, PreparedCreate>,
  input: Input,
  options: CallOptions | undefined,
): Promise<AcceptedRequest> {
  const { referenceId, create } = openCreate(context, prepare(new Form(operation, input, context)));
  return runCall(context, operation, 'create', referenceId, options, create.run, create.isSafeAgain);
}

/** Any `get…` by reference id. */
export async function getStatus<Status>(
  context: ClientContext,
  resource: StatusResource<Status>,
  id: string,
  options: PollReadOptions | undefined,
): Promise<Status> {
  const { operation } = resource;
  const issues = new Issues();
  const referenceId = checkReferenceId(issues, id);
  issues.throwIfAny(`${operation} was not called`);
  const ticket = options?.[pollTicket];
  return runCall(context, operation, 'read', referenceId, options, (call) =>
    readStatus(context, call, resource, referenceId, ticket ?? { priority: 'young' }, ticket ? 1 : maxAttempts),
  );
}

/** The poll of a request-to-pay, or of what the options' own `read` reads. */
export function preparePoll<Status extends PollableStatus>(
  context: ClientContext,
  call: Call,
  referenceId: string,
  options: PollOptions<Status>,
): Poll<Status> {
  const { read } = options;
  const readOnce = (ticket: ReadTicket) =>
    read
      ? call.run(async (signal) =>
          read(referenceId, {
            signal,
            deadlineMs: call.remainingMs(),
            beforeStatusRead: call.beforeStatusRead,
            [pollTicket]: ticket,
          } as PollReadOptions),
        )
      : readStatus(context, call, requestToPayStatus as StatusResource<never>, referenceId, ticket, 1);
  return createPoll(call, context.clock, context.hints, referenceId, options, readOnce);
}

export async function pollUntilFinal<Status extends PollableStatus = PaymentStatus>(
  context: ClientContext,
  id: string,
  given?: PollOptions<Status>,
): Promise<PollResult<Status>> {
  const options = given ?? {};
  const issues = new Issues();
  issues.checkHooks(options, 'onUpdate', 'read');
  const referenceId = checkReferenceId(issues, id);
  issues.throwIfAny('pollUntilFinal was not called');
  const run = (call: Call) => preparePoll(context, call, referenceId, options).run();
  return (await runCall(context, 'pollUntilFinal', 'poll', referenceId, options, run)) as PollResult<Status>;
}
