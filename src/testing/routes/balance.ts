import { currencyDecimals } from '../../payment/amount.js';
import { type Answer, json } from '../answers.js';
import { withToken } from '../checks.js';
import { requireCurrency } from '../fields.js';
import type { AuthorizedExchange, Route } from '../route.js';

// MTN's sandbox answers at random: a sum, zero, a negative one, an error. Ours is steady; faults make the rest.
function answerBalance(currency: string): Answer {
  return json(200, { availableBalance: currencyDecimals(currency) === 0 ? '1000' : '1000.00', currency });
}

export const balanceRoutes: readonly Route[] = [
  {
    operation: 'getBalance',
    method: 'GET',
    path: '/collection/v1_0/account/balance',
    handle: withToken(({ world }) => answerBalance(world.currency ?? 'EUR')),
  },
  {
    operation: 'getBalance',
    method: 'GET',
    path: '/collection/v1_0/account/balance/{currency}',
    handle: withToken(({ params, world }: AuthorizedExchange) =>
      answerBalance(requireCurrency(params.currency, world)),
    ),
  },
];
