import { readNote, requireAmount, requireCurrency, requireParty, requireText } from '../fields.js';
import type { Route, World } from '../route.js';
import { findPayScenario } from '../scenarios.js';
import { createRoute, statusRoute } from './resource.js';

const path = '/collection/v1_0/requesttopay';

/** The body of payments and withdrawals. */
export function readDebit(fields: Readonly<Record<string, unknown>>, world: World) {
  const currency = requireCurrency(fields.currency, world);
  return {
    amount: requireAmount(fields.amount, currency),
    currency,
    externalId: requireText(fields.externalId, 'externalId'),
    payer: requireParty(fields.payer, 'payer'),
    payerMessage: readNote(fields.payerMessage, 'payerMessage'),
    payeeNote: readNote(fields.payeeNote, 'payeeNote'),
  };
}

export const requestToPayRoutes: readonly Route[] = [
  createRoute('requestToPay', path, readDebit, ({ payer }) => findPayScenario(payer)),
  statusRoute('getRequestToPay', path, 'requestToPay'),
];
