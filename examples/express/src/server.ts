import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import express from 'express';
import { toNodeHandler } from 'momo-collections/callback';
import { openOrders } from './orders.ts';
import { checkoutPage, notFoundPage, statusPage } from './pages.ts';
import { createPayments } from './payments.ts';
import { isOrderId, price, readPhone } from './shop.ts';
import { languageOf } from './texts.ts';

const orders = openOrders(process.env.DATABASE_FILE ?? 'orders.db');
const payments = createPayments(process.env, orders);
const app = express().disable('x-powered-by');

// Where MTN calls. Before any body parser: the handler wants the body as it came.
app.all('/momo/*path', toNodeHandler(payments.onCallback));

app.use(express.static(join(import.meta.dirname, '../public')));
app.use((_req, res, next) => {
  res.set({ 'Content-Security-Policy': "default-src 'self'; img-src data:", 'Cache-Control': 'no-store' });
  next();
});

app.get('/', (req, res) => {
  const hasProblem = req.query.problem === 'phone';
  res.send(checkoutPage(languageOf(req.get('Accept-Language')), { orderId: randomUUID(), price, hasProblem }));
});

app.post('/pay', express.urlencoded(), async (req, res) => {
  const { order: id, phone }: Record<string, unknown> = req.body ?? {};
  if (!isOrderId(id)) return void res.sendStatus(400);
  const payer = readPhone(phone);
  // Stored with its reference id before anything is sent. The second click finds the order of the first.
  const order = orders.find(id) ?? (payer && orders.place({ id, payer, ...price }));
  if (!order) return res.redirect(303, '/?problem=phone');
  if (order.state === 'created') await payments.send(order);
  res.redirect(303, `/orders/${order.id}`);
});

app.get('/orders/:id', (req, res) => {
  const language = languageOf(req.get('Accept-Language'));
  const order = orders.find(req.params.id);
  if (order) res.send(statusPage(language, order));
  else res.status(404).send(notFoundPage(language));
});

app.listen(Number(process.env.PORT ?? 3000), (error) => {
  if (error) throw error;
  console.log(`The shop is open: ${process.env.PUBLIC_URL}`);
});

for await (const _ of setInterval(5_000)) await payments.sweep();
