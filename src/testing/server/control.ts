import type { IncomingMessage, ServerResponse } from 'node:http';
import { MomoError } from '../../errors.js';
import type { Faults } from '../faults.js';
import type { Fault, MomoSandbox } from '../types.js';
import { answerJson, answerTooLarge, isRead } from './answer.js';
import type { CallbackDelivery } from './delivery.js';
import { streamEvents } from './event-stream.js';
import type { Feed } from './feed.js';
import { findOriginProblem } from './guard.js';
import { readBody } from './read-body.js';

/** What the control endpoints work on. */
export interface Controls {
  readonly sandbox: MomoSandbox;
  readonly feed: Feed;
  readonly delivery: CallbackDelivery;
  readonly faults: Faults;
}

/** Where they are: MTN serves nothing there. */
export const controlPath = '/_phone/';

type Fields = Readonly<Record<string, unknown>>;
type Outcome = readonly [status: number, body: object];

const done: Outcome = [200, { ok: true }];

function decide({ sandbox }: Controls, referenceId: string, action: string, { code }: Fields): Outcome {
  const isKnown = sandbox.payments.some((payment) => payment.referenceId === referenceId.toLowerCase());
  if (!isKnown) return [404, { error: 'No payment has this reference id.' }];
  if (code !== undefined && (typeof code !== 'string' || !/^[A-Z][A-Z_]{0,63}$/.test(code))) {
    return [400, { error: 'code must be a code as MTN writes it, such as NOT_ENOUGH_FUNDS.' }];
  }
  try {
    if (action === 'approve') sandbox.approve(referenceId);
    else if (action === 'reject') sandbox.reject(referenceId, code);
    else sandbox.expire(referenceId);
    return done;
  } catch (error) {
    // Another page, or the clock, was faster.
    if (MomoError.is(error, 'invalid_input')) return [409, { error: error.message }];
    throw error;
  }
}

function addFault({ faults }: Controls, { times, ...fields }: Fields): Outcome {
  try {
    const given = times === undefined ? {} : { times: times === 'always' ? Number.POSITIVE_INFINITY : times };
    faults.add({ ...fields, ...given } as Fault);
    return [201, { id: faults.pending.at(-1)?.id }];
  } catch (error) {
    if (MomoError.is(error, 'invalid_input')) return [400, { error: error.message }];
    throw error;
  }
}

function setCallbacks({ delivery, feed }: Controls, { callbacks }: Fields): Outcome {
  if (callbacks !== 'delivered' && callbacks !== 'lost') {
    return [400, { error: 'callbacks must be "delivered" or "lost".' }];
  }
  delivery.isLossy = callbacks === 'lost';
  feed.notify();
  return done;
}

/** What a POST or DELETE does; undefined where there is nothing. */
function findAction(method: string, path: string): ((controls: Controls, fields: Fields) => Outcome) | undefined {
  const [first = '', second = '', third = '', ...rest] = path.split('/');
  if (rest.length > 0) return undefined;
  if (method === 'POST' && first === 'payments' && ['approve', 'reject', 'expire'].includes(third)) {
    return (controls, fields) => decide(controls, second, third, fields);
  }
  if (third !== '') return undefined;
  if (method === 'DELETE' && first === 'faults' && /^\d{1,15}$/.test(second)) {
    return ({ faults }) =>
      faults.cancel(Number(second)) ? done : [404, { error: 'This fault is used up, or never was.' }];
  }
  if (method !== 'POST' || second !== '') return undefined;
  return first === 'faults' ? addFault : first === 'settings' ? setCallbacks : undefined;
}

function parseFields(body: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

async function act(request: IncomingMessage, response: ServerResponse, controls: Controls, path: string) {
  const { method = '', headers } = request;
  const action = findAction(method, path);
  if (action === undefined) return answerJson(response, 404, { error: 'There is no such control.' });
  // A browser asks before it sends this type to another origin, and is refused.
  if (method === 'POST' && !/^application\/json\b/i.test(headers['content-type'] ?? '')) {
    return answerJson(response, 415, {
      error: 'Send Content-Type: application/json, with {} when there is nothing to say.',
    });
  }
  const body = await readBody(request);
  if (body === undefined) return answerTooLarge(response);
  const fields = method === 'POST' ? parseFields(body) : {};
  if (fields === undefined) return answerJson(response, 400, { error: 'The body must be a JSON object.' });
  answerJson(response, ...action(controls, fields));
}

/** Serves the control endpoints: the state, its changes, the payer's decisions and the faults. */
export async function serveControl(
  request: IncomingMessage,
  response: ServerResponse,
  controls: Controls,
  path: string,
) {
  const problem = findOriginProblem(request);
  if (problem !== undefined) return answerJson(response, 403, { error: problem });
  if (request.method === 'GET' && path === 'events') return streamEvents(response, controls.feed);
  if (isRead(request) && path === 'state') return answerJson(response, 200, controls.feed.read());
  return act(request, response, controls, path);
}
