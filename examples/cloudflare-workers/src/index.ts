import { type Context, Hono } from 'hono';
import { verifyCallbackUrl } from 'momo-collections/callback';
import type { Bindings } from './bindings.ts';
import { checkoutPage, notFoundPage, statusPage } from './pages.ts';
import { isOrderId, price, readPhone } from './shop.ts';
import { languageOf } from './texts.ts';

export { OrderObject } from './order.ts';

const app = new Hono<{ Bindings: Bindings }>();

const browserLanguage = (c: Context) => languageOf(c.req.header('Accept-Language'));

app.use(async (c, next) => {
  await next();
  c.header('Content-Security-Policy', "default-src 'self'; img-src data:");
  c.header('Cache-Control', 'no-store');
});

app.get('/', (c) => {
  const hasProblem = c.req.query('problem') === 'phone';
  return c.html(checkoutPage(browserLanguage(c), { orderId: crypto.randomUUID(), price, hasProblem }));
});

app.post('/pay', async (c) => {
  const { order: id, phone } = await c.req.parseBody();
  if (!isOrderId(id)) return c.body(null, 400);
  const object = c.env.ORDERS.getByName(id);
  const payer = readPhone(phone);
  // Stored with its reference id before anything is sent. The second click finds the order of the first.
  const order = (await object.find()) ?? (payer && (await object.place({ id, payer, ...price })));
  if (!order) return c.redirect('/?problem=phone', 303);
  if (order.state === 'created') await object.send();
  return c.redirect(`/orders/${id}`, 303);
});

app.get('/orders/:id', async (c) => {
  const id = c.req.param('id');
  const order = isOrderId(id) ? await c.env.ORDERS.getByName(id).find() : undefined;
  return order ? c.html(statusPage(browserLanguage(c), order)) : c.html(notFoundPage(browserLanguage(c)), 404);
});

// Where MTN calls. A stranger without a signed URL wakes nobody.
app.all('/momo/:order/*', async (c) => {
  const known = await verifyCallbackUrl(c.req.url, c.env.CALLBACK_SECRET);
  return known ? c.env.ORDERS.getByName(c.req.param('order')).fetch(c.req.raw) : c.body(null, 404);
});

export default app;
