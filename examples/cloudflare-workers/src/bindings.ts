import type { OrderObject } from './order.ts';

/** What wrangler.jsonc binds. Beside these there are the `MTN_…` variables, which only the client reads. */
export interface Bindings {
  readonly ORDERS: DurableObjectNamespace<OrderObject>;
  readonly TOKENS: KVNamespace;
  readonly PUBLIC_URL: string;
  readonly CALLBACK_SECRET: string;
}
