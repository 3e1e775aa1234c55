import { openOrders } from './orders.ts';
import { createPayments } from './payments.ts';

function openShop() {
  const orders = openOrders(process.env.DATABASE_FILE ?? 'orders.db');
  return { orders, payments: createPayments(process.env, orders) };
}

let shop: ReturnType<typeof openShop> | undefined;

/** Opened with the first request, for `next build` loads every route and has no secrets. */
export const getShop = () => (shop ??= openShop());
