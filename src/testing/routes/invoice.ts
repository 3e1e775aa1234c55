import { empty, json, walletError } from '../answers.js';
import { readCallbackUrl, requireReferenceId, withToken } from '../checks.js';
import { readJsonObject, readNote, requireAmount, requireCurrency, requireParty, requireText } from '../fields.js';
import type { Route, World } from '../route.js';
import { findPayScenario, type Scenario } from '../scenarios.js';
import type { SandboxPayment } from '../types.js';
import { createRoute, requirePayment, statusRoute } from './resource.js';

const path = '/collection/v2_0/invoice';

function readInvoice(fields: Readonly<Record<string, unknown>>, world: World) {
  const currency = requireCurrency(fields.currency, world);
  const seconds = requireText(fields.validityDuration, 'validityDuration', /^[1-9][0-9]{0,9}$/);
  requireParty(fields.payee, 'payee');
  const patienceMs = Number(seconds) * 1_000;
  const expiresAt = new Date(world.clock.now() + patienceMs);
  return {
    amount: requireAmount(fields.amount, currency),
    currency,
    externalId: requireText(fields.externalId, 'externalId'),
    payer: requireParty(fields.intendedPayer, 'intendedPayer'),
    patienceMs,
    fields: {
      description: readNote(fields.description, 'description'),
      payee: fields.payee,
      paymentReference: String(world.random.integer(1_000_000_000)),
      invoiceId: String(world.random.integer(1_000_000)),
      // As seen: without its zone.
      expiryDateTime: expiresAt.toISOString().replace('Z', ''),
    },
  };
}

/** Nobody pays an invoice the moment it is made: so it can be cancelled. No test values are published. */
function findInvoiceScenario({ payer }: Pick<SandboxPayment, 'payer'>): Scenario {
  const scenario = findPayScenario(payer);
  return scenario.kind === 'successful' ? { kind: 'delayed' } : scenario;
}

export const invoiceRoutes: readonly Route[] = [
  createRoute('createInvoice', path, readInvoice, findInvoiceScenario),
  statusRoute('getInvoice', path, 'createInvoice'),
  {
    operation: 'cancelInvoice',
    method: 'DELETE',
    path: `${path}/{referenceId}`,
    handle: withToken((exchange) => {
      const { headers, body, world } = exchange;
      const requestId = requireReferenceId(headers.get('x-reference-id'), 'X-Reference-Id');
      const externalId = requireText(readJsonObject(headers, body).externalId, 'externalId');
      readCallbackUrl(exchange);
      const { referenceId, status } = requirePayment(exchange, 'createInvoice');
      if (world.cancelled.has(requestId)) return walletError(409, 'RESOURCE_ALREADY_EXIST');
      if (requestId === referenceId) return empty(400, 'X-Reference-Id is of the invoice: a cancellation has its own');
      if (status === 'SUCCESSFUL' || status === 'FAILED') {
        return walletError(500, 'NOT_ALLOWED', 'the invoice is final already');
      }
      world.cancelled.add(requestId);
      world.payments.decide(referenceId, 'cancel', 'TRANSACTION_CANCELED');
      return json(200, { externalId });
    }),
  },
];
