import { toReferenceId } from '../payment/reference-id.js';
import { type Answer, empty, gatewayError, gatewayTexts, Refusal, toResponse } from './answers.js';
import { lacksLength, lengthRequired } from './content-length.js';
import type { Faults } from './faults.js';
import { redactBody, redactHeaders, redactPath } from './redact.js';
import { findRoute, type World } from './route.js';
import { routes } from './routes/index.js';
import type { Fault, Fetch, SandboxCall } from './types.js';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** As Node's fetch fails when the connection does, the code two levels down. */
function connectionLost(code = 'ECONNRESET'): TypeError {
  const text = code === 'ECONNRESET' ? `read ${code}` : `connect ${code}`;
  return new TypeError('fetch failed', { cause: Object.assign(new Error(text), { code }) });
}

/** The promise's outcome, or the signal's reason as soon as it aborts. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** The answer a fault gives of its own. */
function toFaultAnswer({ status = 200, body, headers }: Fault): Answer {
  if (body === undefined || body === '') return { status, ...(headers === undefined ? {} : { headers }) };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const contentType = text.startsWith('<') ? 'text/html' : 'application/json';
  // Through Headers, so that a Content-Type in any case wins over ours.
  const all = new Headers({ 'content-type': contentType });
  for (const [name, value] of Object.entries(headers ?? {})) all.set(name, value);
  return { status, body: text, headers: Object.fromEntries(all) };
}

/** The sandbox as a `fetch`: record, fault or work, answer. */
export function createSandboxFetch(
  world: World,
  faults: Faults,
  { onChange, seesLength }: { readonly onChange: () => void; readonly seesLength: boolean },
): { fetch: Fetch; calls: readonly SandboxCall[] } {
  const calls: Writable<SandboxCall>[] = [];

  function record(request: Request, url: URL, found: ReturnType<typeof findRoute>): Writable<SandboxCall> {
    const referenceId = toReferenceId(request.headers.get('x-reference-id') ?? found?.params.referenceId);
    const call: Writable<SandboxCall> = {
      operation: found?.route.operation ?? 'unknown',
      method: request.method,
      path: redactPath(url.pathname),
      atMs: world.clock.now(),
      ...(referenceId === undefined ? {} : { referenceId }),
      headers: redactHeaders(request.headers),
    };
    calls.push(call);
    onChange();
    return call;
  }

  function work(request: Request, url: URL, body: string, found: ReturnType<typeof findRoute>, lagMs = 0): Answer {
    if (seesLength && lacksLength(request, found?.route.operation ?? 'unknown')) return lengthRequired;
    if (/\/\//.test(url.pathname)) return empty(400, 'the path has a double slash');
    if (found === undefined) return gatewayError(404, gatewayTexts.notFound);
    try {
      return found.route.handle({ world, url, headers: request.headers, body, params: found.params, lagMs });
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  }

  /** All of the work, in one go: what the caller gets, and how late. */
  async function arrive(request: Request, signal: AbortSignal) {
    const url = new URL(request.url);
    const found = findRoute(routes, request.method, url.pathname);
    const call = record(request, url, found);
    const body = await orAborted(request.text(), signal);
    const recorded = redactBody(request.headers.get('content-type'), body);
    if (recorded !== undefined) call.body = recorded;
    world.clock.catchUp();
    const fault = faults.take(call.operation);
    const isInstead = fault !== undefined && (fault.status !== undefined || fault.body !== undefined);
    const isUndone = fault?.drop === 'before' || fault?.drop === 'hang' || (isInstead && fault.drop !== 'after');
    let answer = isUndone ? undefined : work(request, url, body, found, fault?.lagMs);
    if (answer?.problem !== undefined) call.problem = answer.problem;
    if (isInstead) answer = toFaultAnswer(fault);
    else if (answer !== undefined && fault?.headers !== undefined) {
      answer = { ...answer, headers: { ...answer.headers, ...fault.headers } };
    }
    if (fault?.drop !== undefined && !isInstead) call.dropped = fault.drop;
    return { call, fault, answer };
  }

  async function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    // The caller's own signal: the one of the copied request may be collected while we wait.
    const signal = init?.signal ?? (input instanceof Request ? input.signal : request.signal);
    signal.throwIfAborted();
    const { call, fault, answer } = await world.clock.whileBusy(() => arrive(request, signal));
    onChange();
    if (fault?.drop === 'hang') return orAborted(new Promise<never>(() => {}), signal);
    if (fault?.delayMs !== undefined) await world.clock.delay(fault.delayMs, signal);
    if (call.dropped !== undefined || answer === undefined) throw connectionLost(fault?.code);
    signal.throwIfAborted();
    call.status = answer.status;
    onChange();
    // Asked again, for the payer may have decided while the answer was under way.
    if (answer.pendingReferenceId !== undefined && world.payments.isAwaitingPayer(answer.pendingReferenceId)) {
      world.clock.hold();
    }
    return toResponse(answer);
  }

  return { fetch, calls };
}
