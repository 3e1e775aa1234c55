import type { Route } from '../route.js';
import { accountHolderRoutes } from './account-holder.js';
import { balanceRoutes } from './balance.js';
import { consentRoutes } from './consent.js';
import { deliveryNotificationRoutes } from './delivery-notification.js';
import { invoiceRoutes } from './invoice.js';
import { paymentRoutes } from './payment.js';
import { preApprovalRoutes } from './pre-approval.js';
import { provisioningRoutes } from './provisioning.js';
import { requestToPayRoutes } from './request-to-pay.js';
import { requestToWithdrawRoutes } from './request-to-withdraw.js';
import { tokenRoutes } from './token.js';

/** Every operation the sandbox serves. */
export const routes: readonly Route[] = [
  ...tokenRoutes,
  ...requestToPayRoutes,
  ...deliveryNotificationRoutes,
  ...requestToWithdrawRoutes,
  ...invoiceRoutes,
  ...paymentRoutes,
  ...preApprovalRoutes,
  ...consentRoutes,
  ...balanceRoutes,
  ...accountHolderRoutes,
  ...provisioningRoutes,
];
