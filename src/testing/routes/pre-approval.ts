import { empty, json, Refusal, walletError } from '../answers.js';
import { withToken } from '../checks.js';
import { readNote, requireCurrency, requireParty } from '../fields.js';
import type { AuthorizedExchange, Route, World } from '../route.js';
import { findPayScenario, testNumbers } from '../scenarios.js';
import type { SandboxPayment } from '../types.js';
import { requireAccountHolder } from './account-holder.js';
import { createRoute, statusRoute } from './resource.js';

const path = '/collection/v2_0/preapproval';

function readPreApproval(fields: Readonly<Record<string, unknown>>, world: World) {
  const { validityTime } = fields;
  // A number here, and a text in an invoice.
  if (!/^[1-9][0-9]{0,9}$/.test(typeof validityTime === 'number' ? String(validityTime) : '')) {
    throw new Refusal(walletError(400, 'INTERNAL_PROCESSING_ERROR', 'validityTime must be a whole number of seconds'));
  }
  const expiresAt = world.clock.now() + Number(validityTime) * 1_000;
  return {
    amount: '0',
    currency: requireCurrency(fields.payerCurrency, world),
    externalId: '',
    payer: requireParty(fields.payer, 'payer'),
    payerMessage: readNote(fields.payerMessage, 'payerMessage'),
    fields: {
      preApprovalId: world.random.uuid(),
      // The contract says integer.
      expirationDateTime: expiresAt,
    },
  };
}

/** Those of this merchant that hold: agreed to, and neither cancelled nor expired since. */
function findApproved({ world, user }: AuthorizedExchange): SandboxPayment[] {
  return world.payments.list.filter(
    ({ operation, referenceId, status, fields }) =>
      operation === 'createPreApproval' &&
      status === 'SUCCESSFUL' &&
      world.payments.findVisible(referenceId, user.subscriptionKey, operation) !== undefined &&
      Number(fields?.expirationDateTime) > world.clock.now() &&
      !world.cancelled.has(fields?.preApprovalId),
  );
}

function toEntry({ payer, currency, payerMessage = '', createdAtMs, fields }: SandboxPayment) {
  const createdTime = new Date(createdAtMs).toISOString();
  return {
    preApprovalId: fields?.preApprovalId,
    toFri: 'FRI:merchant/USER',
    fromFri: `FRI:${payer.partyId}/${payer.partyIdType}`,
    fromCurrency: currency,
    createdTime,
    approvedTime: createdTime,
    expiryTime: new Date(Number(fields?.expirationDateTime)).toISOString(),
    status: 'APPROVED',
    message: payerMessage,
  };
}

export const preApprovalRoutes: readonly Route[] = [
  createRoute('createPreApproval', path, readPreApproval, ({ payer }) => findPayScenario(payer, 'preApproval')),
  statusRoute('getPreApproval', path, 'createPreApproval'),
  {
    operation: 'listApprovedPreApprovals',
    method: 'GET',
    path: '/collection/v1_0/preapprovals/{accountHolderIdType}/{accountHolderId}',
    handle: withToken((exchange) => {
      const { id } = requireAccountHolder(exchange.params, { msisdn: 'MSISDN', email: 'EMAIL' });
      if (id === testNumbers.preApproval.approvedListEmpty) return json(200, []);
      return json(
        200,
        findApproved(exchange)
          .filter(({ payer }) => payer.partyId === id)
          .map(toEntry),
      );
    }),
  },
  {
    operation: 'cancelPreApproval',
    method: 'DELETE',
    path: '/collection/v1_0/preapproval/{preApprovalId}',
    handle: withToken((exchange) => {
      const { preApprovalId } = exchange.params;
      const isApproved = findApproved(exchange).some(({ fields }) => fields?.preApprovalId === preApprovalId);
      if (!isApproved) return walletError(404, 'RESOURCE_NOT_FOUND', 'no approved pre-approval has this id');
      exchange.world.cancelled.add(preApprovalId);
      return empty(200);
    }),
  },
];
