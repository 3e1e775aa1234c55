import type { Route } from '../route.js';
import { accountHolderRoutes } from './account-holder.js';
import { balanceRoutes } from './balance.js';
import { deliveryNotificationRoutes } from './delivery-notification.js';
import { provisioningRoutes } from './provisioning.js';
import { requestToPayRoutes } from './request-to-pay.js';
import { tokenRoutes } from './token.js';

/** Every operation the sandbox serves. */
export const routes: readonly Route[] = [
  ...tokenRoutes,
  ...requestToPayRoutes,
  ...deliveryNotificationRoutes,
  ...balanceRoutes,
  ...accountHolderRoutes,
  ...provisioningRoutes,
];
