import { empty, json, Refusal, walletError } from '../answers.js';
import { readCallbackUrl, requireReferenceId, withToken } from '../checks.js';
import { readJsonObject, readNote, requireAmount, requireCurrency, requireParty, requireText } from '../fields.js';
import type { AuthorizedExchange, Route } from '../route.js';
import { findPayScenario } from '../scenarios.js';
import type { SandboxPayment } from '../types.js';

const path = '/collection/v1_0/requesttopay';

/** The payment at this path, or MTN's 404. */
export function requirePayment({ params, world, user }: AuthorizedExchange): SandboxPayment {
  const referenceId = requireReferenceId(params.referenceId, 'the reference id in the path');
  const payment = world.payments.findVisible(referenceId, user.subscriptionKey, 'requestToPay');
  if (payment === undefined) throw new Refusal(walletError(404, 'RESOURCE_NOT_FOUND'));
  return payment;
}

function toStatusBody(payment: SandboxPayment, reasonShape: 'object' | 'string') {
  const { financialTransactionId, externalId, amount, currency, payer, payerMessage, payeeNote, status, reason } =
    payment;
  // JSON.stringify leaves out what is undefined, as MTN does.
  return {
    financialTransactionId,
    externalId,
    amount,
    currency,
    payer,
    payerMessage,
    payeeNote,
    status,
    reason: reasonShape === 'string' ? reason?.code : reason,
  };
}

export const requestToPayRoutes: readonly Route[] = [
  {
    operation: 'requestToPay',
    method: 'POST',
    path,
    handle: withToken((exchange) => {
      const { headers, body, world, user, lagMs } = exchange;
      const referenceId = requireReferenceId(headers.get('x-reference-id'), 'X-Reference-Id');
      const fields = readJsonObject(headers, body);
      const currency = requireCurrency(fields.currency, world);
      const details = {
        operation: 'requestToPay',
        referenceId,
        amount: requireAmount(fields.amount, currency),
        currency,
        externalId: requireText(fields.externalId, 'externalId'),
        payer: requireParty(fields.payer, 'payer'),
        payerMessage: readNote(fields.payerMessage, 'payerMessage'),
        payeeNote: readNote(fields.payeeNote, 'payeeNote'),
        callbackUrl: readCallbackUrl(exchange),
      } as const;
      if (world.payments.has(referenceId)) return walletError(409, 'RESOURCE_ALREADY_EXIST');
      const scenario = world.approval === 'manual' ? ({ kind: 'payer' } as const) : findPayScenario(details.payer);
      world.payments.add(details, scenario, { ownerKey: user.subscriptionKey, lagMs });
      return empty(202);
    }),
  },
  {
    operation: 'getRequestToPay',
    method: 'GET',
    path: `${path}/{referenceId}`,
    handle: withToken((exchange) => {
      const { world } = exchange;
      const payment = requirePayment(exchange);
      const answer = json(200, toStatusBody(payment, world.reasonShape));
      const { referenceId } = payment;
      return world.payments.isAwaitingPayer(referenceId) ? { ...answer, pendingReferenceId: referenceId } : answer;
    }),
  },
];
