import type { Route } from '../route.js';
import { findPayScenario } from '../scenarios.js';
import { readDebit } from './request-to-pay.js';
import { createRoute, statusRoute } from './resource.js';

const operation = 'requestToWithdraw';
const path = '/collection/v1_0/requesttowithdraw';

export const requestToWithdrawRoutes: readonly Route[] = [
  ...[path, '/collection/v2_0/requesttowithdraw'].map((place) =>
    createRoute(operation, place, readDebit, ({ payer }) => findPayScenario(payer, operation)),
  ),
  statusRoute('getRequestToWithdraw', path, operation),
];
