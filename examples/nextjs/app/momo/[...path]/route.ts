// Where MTN calls.

import { getShop } from '../../../lib/instance.ts';

export const POST = (request: Request) => getShop().payments.onCallback(request);
export const PUT = POST;
