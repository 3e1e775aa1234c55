import { type InputIssue, invalidInput } from '../errors.js';
import { type Fault, type OperationName, operationNames } from './types.js';

const creates: readonly string[] = operationNames.filter((name) =>
  /^(requestTo|create(Invoice|Payment|PreApproval))/.test(name),
);

function isDuration(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}

function isSendable(body: unknown): boolean {
  try {
    return body === undefined || JSON.stringify(body) !== undefined;
  } catch {
    return false;
  }
}

/** All that a fault may have. */
const fields: readonly string[] = [
  'on',
  'times',
  'status',
  'body',
  'headers',
  'delayMs',
  'drop',
  'code',
  'lagMs',
] satisfies (keyof Fault)[];

function areHeaders(headers: Fault['headers']): boolean {
  try {
    if (typeof (headers ?? {}) !== 'object') return false;
    return new Headers({ ...headers }) !== undefined;
  } catch {
    return false;
  }
}

function findIssues(fault: Fault): InputIssue[] {
  const issues: InputIssue[] = [];
  function check(isFine: boolean, path: keyof Fault | '', message: string) {
    if (!isFine) issues.push({ path, message });
  }
  for (const field of Object.keys(fault)) {
    if (!fields.includes(field))
      issues.push({ path: field, message: `is no part of a fault: ${fields.join(', ')} are` });
  }
  const { on, times = 1, status = 200, delayMs = 0, drop, code, lagMs, body, headers } = fault;
  const isKnown = on === '*' || on === 'getToken' || (operationNames as readonly string[]).includes(on);
  check(isKnown, 'on', `must be * or one of ${operationNames.join(', ')}`);
  check(times === Number.POSITIVE_INFINITY || (Number.isInteger(times) && times > 0), 'times', 'must be 1 or more');
  check(Number.isInteger(status) && status >= 200 && status <= 599, 'status', 'must be a whole number, 200 to 599');
  check(isSendable(body), 'body', 'must be text, or something JSON can write');
  check(areHeaders(headers), 'headers', 'must be names and values that HTTP allows');
  check(isDuration(delayMs), 'delayMs', 'must be a number of milliseconds, 0 or more');
  check(drop === undefined || ['before', 'after', 'hang'].includes(drop), 'drop', 'must be before, after or hang');
  const answers = fault.status !== undefined || body !== undefined;
  check(!answers || drop === undefined || drop === 'after', 'drop', 'must be after when there is a status or a body');
  check(code === undefined || typeof code === 'string', 'code', 'must be a word, such as ECONNREFUSED');
  check(code === undefined || (drop !== undefined && drop !== 'hang'), 'code', 'needs drop: before or after');
  check(lagMs === undefined || isDuration(lagMs), 'lagMs', 'must be a number of milliseconds, 0 or more');
  check(lagMs === undefined || on === '*' || creates.includes(on), 'lagMs', `needs a create: ${creates.join(', ')}`);
  const effects = [fault.status, body, headers, fault.delayMs, drop, lagMs];
  check(
    effects.some((effect) => effect !== undefined),
    '',
    'does nothing: give it a status, body, headers, delayMs, drop or lagMs',
  );
  return issues;
}

/** A fault with calls left to hit. */
interface PendingFault {
  readonly id: number;
  readonly fault: Fault;
  readonly left: number;
}

/** The faults still to come. */
export interface Faults {
  /** In the order they were set. */
  readonly pending: readonly PendingFault[];
  add(fault: Fault): () => void;
  /** @returns Was it still to come? */
  cancel(id: number): boolean;
  /** The next fault for this call, used up by it. */
  take(operation: OperationName | 'unknown'): Fault | undefined;
}

export function createFaults(onChange: () => void): Faults {
  let pending: { readonly id: number; readonly fault: Fault; left: number }[] = [];
  let count = 0;

  function cancel(id: number): boolean {
    const rest = pending.filter((entry) => entry.id !== id);
    const wasPending = rest.length < pending.length;
    pending = rest;
    if (wasPending) onChange();
    return wasPending;
  }

  return {
    cancel,
    get pending() {
      return pending;
    },
    add(fault) {
      const issues = findIssues(fault);
      if (issues.length > 0) throw invalidInput('Not a fault', issues);
      const on = fault.on === 'getToken' ? 'createAccessToken' : fault.on;
      count += 1;
      const id = count;
      pending.push({ id, fault: { ...fault, on }, left: fault.times ?? 1 });
      onChange();
      return () => void cancel(id);
    },
    take(operation) {
      const entry = pending.find(({ fault: { on } }) => on === '*' || on === operation);
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left <= 0) pending = pending.filter((other) => other !== entry);
      return entry.fault;
    },
  };
}
