import { Issues } from '../errors.js';
import { isDecimal } from '../payment/amount.js';
import type { LedgerSettings } from './options.js';
import type { LedgerPayment } from './payment.js';
import { requireRow, takeStep } from './step.js';

/** What the provider's statement says of a payment. */
export interface Settlement {
  readonly reference: string;
  /** What the provider kept: a decimal string in major units. */
  readonly fees?: string | undefined;
  /** Who found it. */
  readonly by: string;
}

/** @see PaymentLedger.markSettled */
export async function settle(settings: LedgerSettings, id: string, settlement: Settlement): Promise<LedgerPayment> {
  const { reference, fees, by } = Object(settlement) as Settlement;
  const issues = new Issues();
  for (const [path, value] of Object.entries({ reference, by })) {
    issues.check(typeof value === 'string' && value.trim() !== '', path, 'must be given');
  }
  issues.check(fees === undefined || isDecimal(fees), 'fees', 'must be a decimal string');
  issues.throwIfAny('The settlement was not written down');
  const row = await takeStep(settings, await requireRow(settings, id), (draft) => {
    draft.set({ settlementReference: reference, ...(fees !== undefined && { fees }) });
    draft.log({ direction: 'inbound-from-app', action: 'settle', outcome: reference, by });
  });
  return row.payment;
}
