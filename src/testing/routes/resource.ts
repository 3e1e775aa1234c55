import { type Answer, empty, json, Refusal, walletError } from '../answers.js';
import { readCallbackUrl, requireReferenceId, withToken } from '../checks.js';
import { readJsonObject } from '../fields.js';
import type { AuthorizedExchange, Route, World } from '../route.js';
import type { Scenario } from '../scenarios.js';
import { toStatusBody } from '../status-bodies.js';
import type { OperationName, SandboxPayment } from '../types.js';

type Details = Omit<
  Parameters<World['payments']['add']>[0],
  'operation' | 'referenceId' | 'callbackUrl' | 'callbackMethod'
>;

/** The one at this path, made by this operation, or MTN's 404. */
export function requirePayment({ params, world, user }: AuthorizedExchange, madeBy: OperationName): SandboxPayment {
  const referenceId = requireReferenceId(params.referenceId, 'the reference id in the path');
  const payment = world.payments.findVisible(referenceId, user.subscriptionKey, madeBy);
  if (payment === undefined) throw new Refusal(walletError(404, 'RESOURCE_NOT_FOUND'));
  return payment;
}

/** A create with a reference id: its headers, then its body, then "have we seen this id?". */
export function createRoute(
  operation: OperationName,
  path: string,
  read: (fields: Readonly<Record<string, unknown>>, world: World) => Details,
  findScenario: (details: Details) => Scenario,
): Route {
  return {
    operation,
    method: 'POST',
    path,
    handle: withToken((exchange): Answer => {
      const { headers, body, world, user, lagMs } = exchange;
      const referenceId = requireReferenceId(headers.get('x-reference-id'), 'X-Reference-Id');
      const details = read(readJsonObject(headers, body), world);
      const callbackUrl = readCallbackUrl(exchange);
      if (world.payments.has(referenceId)) return walletError(409, 'RESOURCE_ALREADY_EXIST');
      const scenario = world.approval === 'manual' ? ({ kind: 'payer' } as const) : findScenario(details);
      const owner = { ownerKey: user.subscriptionKey, lagMs };
      // By MTN's texts: version 2 of a create, whatever it makes, is called back by PUT.
      const callbackMethod = path.includes('/v2_0/') ? 'PUT' : 'POST';
      world.payments.add({ ...details, operation, referenceId, callbackUrl, callbackMethod }, scenario, owner);
      return empty(202);
    }),
  };
}

/** The status read of what this operation made. */
export function statusRoute(operation: OperationName, path: string, madeBy: OperationName): Route {
  return {
    operation,
    method: 'GET',
    path: `${path}/{referenceId}`,
    handle: withToken((exchange) => {
      const { world } = exchange;
      const payment = requirePayment(exchange, madeBy);
      const answer = json(200, toStatusBody(payment, world.reasonShape));
      const { referenceId } = payment;
      return world.payments.isAwaitingPayer(referenceId) ? { ...answer, pendingReferenceId: referenceId } : answer;
    }),
  };
}
