import type { AuditEntry } from '../../ledger/audit.js';
import type { LedgerEvent } from '../../ledger/event.js';
import type { LedgerPayment } from '../../ledger/payment.js';
import type { Receipt } from '../../ledger/receipt.js';
import type { PaymentChange, PaymentRow, PaymentStore } from '../../ledger/store.js';
import { createPollState } from '../../payment/poll-step.js';

/** When the cases play. Any moment would do. */
export const startMs = 1_800_000_000_000;

/** What may differ from one sample to another. */
export interface SampleOptions extends Partial<LedgerPayment> {
  readonly payerId?: string;
  readonly dueAtMs?: number | undefined;
}

/** A payment as the ledger would insert it. */
export function sampleRow({ payerId = '46733123450', dueAtMs = startMs, ...given }: SampleOptions = {}): PaymentRow {
  const id = given.id ?? crypto.randomUUID();
  return {
    payment: {
      id,
      referenceId: id,
      scope: '',
      externalId: `order-${id}`,
      attempt: 1,
      amount: '12.50',
      currency: 'EUR',
      payer: { partyIdType: 'MSISDN', partyId: payerId },
      payerMessage: 'Two books',
      payeeNote: '',
      method: 'MTN MoMo',
      state: 'created',
      createdAtMs: startMs,
      updatedAtMs: startMs,
      refunds: [],
      refundedAmount: '0',
      review: [],
      notes: [],
      ...given,
    },
    sending: { body: '{"amount":"12.50"}', sends: 0, mayHaveArrived: false, hasArrived: false, notFoundInARow: 0 },
    poll: createPollState({ referenceId: id, startedAtMs: startMs }),
    ...(dueAtMs !== undefined && { dueAtMs }),
    eventCount: 0,
    version: 1,
  };
}

/** The row one version on. */
export function changed(
  row: PaymentRow,
  payment: Partial<LedgerPayment> = {},
  more: Partial<PaymentRow> = {},
): PaymentRow {
  return { ...row, ...more, payment: { ...row.payment, ...payment }, version: row.version + 1 };
}

export function sampleAudit({ payment }: PaymentRow, note: string): AuditEntry {
  return { paymentId: payment.id, atMs: startMs, direction: 'inbound-from-mtn', action: 'read', note };
}

export function sampleEvent({ payment }: PaymentRow, sequence = 1): LedgerEvent {
  const { id } = payment;
  return { id: `${id}:${sequence}`, type: 'payment.review', paymentId: id, sequence, atMs: startMs, payment };
}

export function sampleReceipt({ payment }: PaymentRow): Receipt {
  const { id, amount, currency, method, scope, externalId } = payment;
  return {
    number: `20270115-${id.slice(-12)}`,
    issuedAt: new Date(startMs).toISOString(),
    amount,
    currency,
    method,
    financialTransactionId: '1820056571',
    referenceId: id,
    scope,
    externalId,
    payer: '********450',
    status: 'paid',
    refundedAmount: '0',
  };
}

/** A change without anything beside the row. */
export function plain(row: PaymentRow, more: Partial<PaymentChange> = {}): PaymentChange {
  return { row, audit: [], events: [], ...more };
}

/** Everything that a change can bring. */
export function full(row: PaymentRow, note: string): PaymentChange {
  return {
    row,
    audit: [sampleAudit(row, note), sampleAudit(row, `${note}, again`)],
    events: [sampleEvent(row, 1), sampleEvent(row, 2)],
    receipt: sampleReceipt(row),
  };
}

/** Inserts a payment that nobody holds. */
export async function given(
  store: PaymentStore,
  options?: SampleOptions,
  more?: Partial<PaymentChange>,
): Promise<PaymentRow> {
  const row = sampleRow(options);
  if (!(await store.insert(plain(row, more), 0))) throw new Error('expected a new payment to be inserted');
  return row;
}

export async function listed(rows: AsyncIterable<PaymentRow>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { payment } of rows) ids.push(payment.id);
  return ids;
}

/** The next events, each acknowledged, until there are no more, or too many. */
export async function drained(store: PaymentStore, nowMs = startMs): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < 100) {
    const events = await store.takeEvents({ nowMs, leaseMs: 1_000, limit: 100 });
    if (events.length === 0) break;
    for (const { id, paymentId } of events) {
      ids.push(id);
      await store.acknowledgeEvent(id, {
        paymentId,
        atMs: nowMs,
        direction: 'outbound-to-app',
        action: 'deliver',
        outcome: 'delivered',
      });
    }
  }
  return ids;
}

export const times = <Value>(count: number, make: (index: number) => Value): Value[] =>
  Array.from({ length: count }, (_, index) => make(index));
