import { empty, Refusal } from '../answers.js';
import { readNote, requireAmount, requireCurrency, requireText } from '../fields.js';
import type { Route, World } from '../route.js';
import { findAmountScenario } from '../scenarios.js';
import { createRoute, statusRoute } from './resource.js';

const path = '/collection/v2_0/payment';

function readPayment(fields: Readonly<Record<string, unknown>>, world: World) {
  const { money, maxNumberOfRetries: retries, includeSenderCharges: charges, ...rest } = fields;
  const { amount, currency: given } = Object(money) as Record<string, unknown>;
  const currency = requireCurrency(given, world);
  for (const name of ['couponId', 'productId', 'productOfferingId']) {
    if (rest[name] !== undefined) requireText(rest[name], name);
  }
  for (const name of ['receiverMessage', 'senderNote']) readNote(rest[name], name);
  if (retries !== undefined && !Number.isSafeInteger(retries)) {
    throw new Refusal(empty(400, 'maxNumberOfRetries must be a whole number'));
  }
  if (charges !== undefined && typeof charges !== 'boolean') {
    throw new Refusal(empty(400, 'includeSenderCharges must be true or false'));
  }
  requireText(fields.serviceProviderUserName, 'serviceProviderUserName');
  return {
    amount: requireAmount(amount, currency),
    currency,
    externalId: requireText(fields.externalTransactionId, 'externalTransactionId'),
    payer: { partyIdType: 'MSISDN', partyId: requireText(fields.customerReference, 'customerReference') } as const,
    fields,
  };
}

export const paymentRoutes: readonly Route[] = [
  createRoute('createPayment', path, readPayment, ({ amount }) => findAmountScenario(amount)),
  statusRoute('getPayment', path, 'createPayment'),
];
