import { getShop } from '../../lib/instance.ts';
import { isOrderId, price, readPhone } from '../../lib/shop.ts';

/** Seconds, where the platform would stop earlier. */
export const maxDuration = 60;

const seeOther = (location: string) => new Response(null, { status: 303, headers: { location } });

export async function POST(request: Request): Promise<Response> {
  const form = await request.formData();
  const id = form.get('order');
  if (!isOrderId(id)) return new Response(null, { status: 400 });
  const { orders, payments } = getShop();
  const payer = readPhone(form.get('phone'));
  // Stored with its reference id before anything is sent. The second click finds the order of the first.
  const order = orders.find(id) ?? (payer && orders.place({ id, payer, ...price }));
  if (!order) return seeOther('/?problem=phone');
  if (order.state === 'created') await payments.send(order);
  return seeOther(`/orders/${order.id}`);
}
