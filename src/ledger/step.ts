import { MomoError } from '../errors.js';
import { toReferenceId } from '../payment/reference-id.js';
import { type Draft, openDraft } from './draft.js';
import type { LedgerSettings } from './options.js';
import type { PaymentRow } from './store.js';

/** One writer at a time is the rule; this often in a row it cannot lose but to a store that is broken. */
const maxTries = 50;

export async function findRow({ store }: LedgerSettings, id: unknown): Promise<PaymentRow | undefined> {
  const referenceId = toReferenceId(id);
  return referenceId === undefined ? undefined : store.get(referenceId);
}

/** @throws MomoError `not_found` */
export async function requireRow(settings: LedgerSettings, id: string): Promise<PaymentRow> {
  const row = await findRow(settings, id);
  if (row !== undefined) return row;
  throw new MomoError('not_found', 'The ledger has no such payment. Check the id: it is what charge gave as id.');
}

/** The other attempts of the order that have a receipt. */
async function paidAttempts({ store }: LedgerSettings, { payment }: PaymentRow): Promise<string[]> {
  const rows = await store.find(payment.scope, payment.externalId);
  return rows.filter((row) => row.payment.receiptNumber !== undefined).map((row) => row.payment.id);
}

/**
 * One step of a payment, written whole or not at all. Where somebody else was faster the step is made anew, on what the
 * payment has become; where the order has its receipt already, without one.
 *
 * @param build - Makes the step. It may run several times, so it does nothing else.
 * @param releasing - The lease that ends with it.
 */
export async function takeStep(
  settings: LedgerSettings,
  known: PaymentRow,
  build: (draft: Draft) => void,
  releasing?: number,
): Promise<PaymentRow> {
  const { store, clock, organisation } = settings;
  let row = known;
  let paidByOtherIds: readonly string[] | undefined;
  for (let tries = 0; tries < maxTries; tries++) {
    const draft = openDraft(row, clock.now(), { organisation, paidByOtherIds });
    build(draft);
    const change = draft.close();
    const outcome = await store.commit(change, releasing);
    if (outcome === 'committed') {
      for (const entry of change.audit) settings.tell({ type: 'audit', entry });
      return change.row;
    }
    if (outcome === 'second-receipt') paidByOtherIds = await paidAttempts(settings, row);
    else row = await requireRow(settings, row.payment.id);
  }
  throw new MomoError(
    'unavailable',
    `Payment ${row.payment.id} could not be written: others changed it each time. Look at the payment store.`,
    { referenceId: row.payment.id, isRetryable: true },
  );
}
