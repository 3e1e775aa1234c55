import { v4 } from 'uuid';
import { invalidInput } from '../errors.js';
import type { AcceptedRequest } from '../operations/create.js';
import {
  type PaymentStatus,
  type PreparedRequestToPay,
  prepareRequestToPay,
  type RequestToPay,
  requestToPayPath,
  requestToPayStatus,
} from '../operations/request-to-pay.js';
import type { StatusResource } from '../operations/resource.js';
import type { PollableStatus } from '../payment/poll-step.js';
import { toReferenceId } from '../payment/reference-id.js';
import type { CallOptions } from './call-scope.js';
import { type Call, type ClientContext, runCall } from './context.js';
import { Poll, type PollOptions } from './poll.js';
import type { PollResult } from './poll-result.js';
import { maxAttempts } from './retry.js';
import { SafeCreate } from './safe-create.js';
import type { ReadTicket } from './status-budget.js';
import { readStatus } from './status-read.js';

export const createDeadlineMs = 120_000;
export const readDeadlineMs = 60_000;
export const pollDeadlineMs = 600_000;

/** How a poll's own options tell a get of ours that it is one of the poll's reads: tried once, in the poll's place. */
const pollTicket = Symbol('poll ticket');

interface PollReadOptions extends CallOptions {
  readonly [pollTicket]?: ReadTicket;
}

function requireReferenceId(operation: string, value: unknown): string {
  const referenceId = toReferenceId(value);
  if (referenceId !== undefined) return referenceId;
  throw invalidInput(`${operation} was not called`, [{ path: 'referenceId', message: 'must be a UUID of version 4' }]);
}

/** The safe create of a checked request-to-pay. */
export function createRequestToPay(
  context: ClientContext,
  call: Call,
  referenceId: string,
  prepared: PreparedRequestToPay,
): SafeCreate {
  return new SafeCreate(context, call, {
    operation: 'requestToPay',
    path: requestToPayPath,
    referenceId,
    isCallersId: prepared.referenceId !== undefined,
    body: prepared.body,
    callbackUrl: prepared.callbackUrl,
    details: prepared.details,
    resource: requestToPayStatus,
  });
}

export async function requestToPay(
  context: ClientContext,
  request: RequestToPay,
  options: CallOptions | undefined,
): Promise<AcceptedRequest> {
  const prepared = prepareRequestToPay(request, context.settings);
  const referenceId = prepared.referenceId ?? v4();
  let create: SafeCreate | undefined;
  return runCall(
    context,
    {
      operation: 'requestToPay',
      referenceId,
      defaultDeadlineMs: createDeadlineMs,
      explain: (error) => create?.explain(error) ?? error,
    },
    options,
    (call) => {
      create = createRequestToPay(context, call, referenceId, prepared);
      return create.run();
    },
  );
}

/** Any `get…` by reference id. */
export async function getStatus<Status>(
  context: ClientContext,
  resource: StatusResource<Status>,
  id: string,
  options: PollReadOptions | undefined,
): Promise<Status> {
  const { operation } = resource;
  const referenceId = requireReferenceId(operation, id);
  const ticket = options?.[pollTicket];
  return runCall(context, { operation, referenceId, defaultDeadlineMs: readDeadlineMs }, options, (call) =>
    readStatus(context, call, resource, referenceId, {
      ticket: ticket ?? { priority: 'young' },
      attempts: ticket === undefined ? maxAttempts : 1,
    }),
  );
}

/** The poll of a request-to-pay, or of what the options' own `read` reads. */
export function createPoll<Status extends PollableStatus = PaymentStatus>(
  context: ClientContext,
  call: Call,
  referenceId: string,
  options: PollOptions<Status>,
): Poll<Status> {
  const { scope } = call;
  const { read } = options;
  const readDefault = (ticket: ReadTicket) =>
    readStatus(context, call, requestToPayStatus, referenceId, { ticket, attempts: 1 }) as unknown as Promise<Status>;
  return new Poll<Status>({
    referenceId,
    scope,
    options,
    hints: context.hints,
    read:
      read === undefined
        ? readDefault
        : (ticket) =>
            scope.run(async (signal) => {
              const readOptions: PollReadOptions = {
                signal,
                deadlineMs: Math.max(scope.remainingMs(), 0),
                [pollTicket]: ticket,
              };
              return read(referenceId, readOptions);
            }),
  });
}

export async function pollUntilFinal<Status extends PollableStatus = PaymentStatus>(
  context: ClientContext,
  id: string,
  options: PollOptions<Status> = {},
): Promise<PollResult<Status>> {
  const referenceId = requireReferenceId('pollUntilFinal', id);
  const plan = { operation: 'pollUntilFinal', referenceId, defaultDeadlineMs: pollDeadlineMs } as const;
  return runCall(
    context,
    plan,
    options,
    async (call) => (await createPoll(context, call, referenceId, options).run()) as PollResult<Status>,
  );
}
