// A stranger's file that uses every export of `momo-collections/ledger`. Compiled, never run.
import type { MomoCollections } from 'momo-collections';
import {
  type AmountsByCurrency,
  type AuditDirection,
  type AuditEntry,
  type ChargeOptions,
  type ChargeRequest,
  type CsvOptions,
  type DecimalSign,
  type DeliveryResult,
  type DuplicateRow,
  type EventRelease,
  type ExportedAuditEntry,
  type ExportedPayment,
  type ExportedRefund,
  exportAudit,
  exportFailed,
  exportMismatches,
  exportPending,
  exportRefunds,
  exportTransactions,
  type LeasedPayment,
  type LeaseRequest,
  type LedgerCallOptions,
  type LedgerClient,
  type LedgerEvent,
  type LedgerEventType,
  type LedgerNotice,
  type LedgerPayment,
  type LedgerRow,
  type MismatchExportOptions,
  type MissingInLedger,
  type MissingInStatement,
  MomoError,
  memoryPaymentStore,
  type Organisation,
  type PaymentChange,
  type PaymentFilter,
  PaymentLedger,
  type PaymentLedgerOptions,
  type PaymentRecord,
  type PaymentRow,
  type PaymentSending,
  type PaymentStore,
  type Receipt,
  type ReconciledLedgerRow,
  type ReconciledPair,
  type ReconciledRow,
  type ReconciledStatementRow,
  type ReconcileOptions,
  type Reconciliation,
  type ReconciliationClass,
  type ReconciliationDifference,
  type ReconciliationTally,
  type ReconciliationTotals,
  type Refund,
  type RefundRequest,
  type Resolution,
  type ReviewCase,
  type ReviewItem,
  type ReviewNote,
  type ReviewReason,
  type Rows,
  readStatement,
  reconcile,
  type Settlement,
  type StatementColumns,
  type StatementMapping,
  type StatementOutcome,
  type StatementRow,
  type StatusWords,
  type StoredCallback,
  type SweepResult,
  type TextSource,
  type TransactionKind,
  withRefunds,
} from 'momo-collections/ledger';

const organisation: Organisation = { name: 'Corner Books', contact: 'pay@books.example' };

export function open(mtn: MomoCollections, merchants: ReadonlyMap<string, LedgerClient>): PaymentLedger {
  const options: PaymentLedgerOptions = {
    client: ({ scope }: LedgerPayment) => merchants.get(scope) ?? mtn,
    store: memoryPaymentStore(),
    callbackUrl: 'https://pay.example.com/momo',
    callbackSecrets: ['one', 'two'],
    organisation,
    schedule: 'callback-first',
    duplicateWindowMs: 60_000,
    onEvent: (notice: LedgerNotice) => {
      if (notice.type === 'audit') void notice.entry.action;
      else void [notice.paymentId, notice.action, notice.error];
      // @ts-expect-error: only a problem has an error
      void notice.error;
    },
  };
  // @ts-expect-error: a ledger keeps its payments somewhere
  void new PaymentLedger({ client: mtn });
  return new PaymentLedger(options);
}

/** Another provider behind the same ledger. */
export const provider: LedgerClient = {
  async requestToPay({ referenceId }, options?: LedgerCallOptions) {
    await options?.beforeStatusRead?.(new AbortController().signal);
    if (options?.deadlineMs === 0) throw new MomoError('outcome_unknown', 'No answer.', { referenceId });
    return { referenceId, outcome: 'accepted', compared: false, attempts: 1, targetEnvironment: '', baseUrl: '' };
  },
  async getRequestToPay(referenceId) {
    return { referenceId, status: 'PENDING', state: 'pending', isFinal: false, raw: {} };
  },
  checkNow: () => false,
};

export async function useAll(ledger: PaymentLedger, request: Request): Promise<void> {
  const record: PaymentRecord = { type: 'invoice', id: 'INV-7' };
  const wanted: ChargeRequest = {
    externalId: 'order-1',
    amount: 5000n,
    currency: 'RWF',
    payer: '250788123456',
    record,
  };
  const how: ChargeOptions = { deadlineMs: 10_000 };
  const payment: LedgerPayment = await ledger.charge(wanted, how);
  // @ts-expect-error: an order has an id
  await ledger.charge({ amount: '5000', currency: 'RWF', payer: '250788123456' });
  // @ts-expect-error: what is kept is changed by the ledger alone
  payment.state = 'successful';
  const { handleCallback } = ledger;
  const response: Response = await handleCallback(request);
  const swept: SweepResult = await ledger.pollDue({ limit: 10 });
  const delivered: DeliveryResult = await ledger.deliverEvents(async (event: LedgerEvent) => {
    const type: LedgerEventType = event.type;
    const item: ReviewItem | undefined = event.review;
    const refund: Refund | undefined = event.refund;
    void [type, item?.reason, refund?.amount];
  });
  const receipt: Receipt | undefined = await ledger.receipt(payment.id);
  const [open]: ReviewCase[] = await ledger.review();
  const reason: ReviewReason | undefined = open?.reason;
  const resolution: Resolution = { state: 'failed', by: 'Amina', note: 'Not on the statement' };
  const [note]: readonly ReviewNote[] = (await ledger.resolve(payment.id, resolution)).notes;
  // @ts-expect-error: nobody decides without saying why
  await ledger.resolve(payment.id, { state: 'failed', by: 'Amina' });
  const back: RefundRequest = { amount: '5000', reference: 'T-1', by: 'Amina', approvedBy: 'Jean' };
  await ledger.markRefunded(payment.id, back);
  const settlement: Settlement = { reference: 'S-1', fees: '75', by: 'reconciliation' };
  await ledger.markSettled(payment.id, settlement);
  const [line]: AuditEntry[] = await ledger.audit(payment.id);
  const direction: AuditDirection | undefined = line?.direction;
  void [response.status, swept.changed, delivered.failed, receipt?.number, reason, note?.closed, direction];
}

export async function* report(ledger: PaymentLedger, file: TextSource): AsyncGenerator<string> {
  const filter: PaymentFilter = { states: ['successful', 'refunded'], scope: 'books', createdFromMs: 0 };
  const columns: StatementColumns = { amount: 'Amount', currency: 'Currency' };
  const decimal: DecimalSign = ',';
  const mapping: StatementMapping = { columns, decimal };
  const statement: AsyncIterable<StatementRow> = readStatement(file, mapping);
  const statuses: StatusWords = { Liquidado: 'successful' };
  const options: ReconcileOptions = { statuses };
  const rows: Rows<LedgerRow> = withRefunds(ledger.list(filter));
  const reconciliation: Reconciliation = reconcile(rows, statement, options);
  const summary: ReconciliationTotals = await reconciliation.summary();
  const tally: ReconciliationTally = summary.classes.matched.ledger;
  const amounts: AmountsByCurrency = tally.amounts;
  for await (const row of reconciliation) yield describe(row);
  const csv: CsvOptions = { delimiter: ';' };
  const more: MismatchExportOptions = { ...csv, find: (id) => ledger.get(id) };
  yield* exportMismatches(reconciliation, more);
  yield* exportTransactions(ledger.list(), csv);
  yield* exportFailed(ledger.list());
  yield* exportPending(ledger.list());
  yield* exportRefunds(ledger.list());
  yield* exportAudit(ledger.listAudit(filter));
  void Object.keys(amounts);
}

function describe(row: ReconciledRow): string {
  const kind: ReconciliationClass = row.class;
  if (row.class === 'missing-in-ledger') {
    const only: MissingInLedger = row;
    const side: ReconciledStatementRow = only.statement;
    const outcome: StatementOutcome = side.outcome;
    return `${kind} ${outcome}`;
  }
  if (row.class === 'missing-in-statement') {
    const only: MissingInStatement = row;
    const side: ReconciledLedgerRow = only.ledger;
    const transaction: TransactionKind = side.kind;
    return `${kind} ${transaction}`;
  }
  if (row.class === 'duplicate') {
    const twice: DuplicateRow = row;
    return `${kind} ${twice.duplicateOf.line}`;
  }
  const pair: ReconciledPair = row;
  const differences: readonly ReconciliationDifference[] = pair.differences;
  return `${kind} ${differences.length}`;
}

/** What a store of one's own is made of. */
export function wrap(store: PaymentStore): PaymentStore {
  return {
    ...store,
    async commit(change: PaymentChange, releasing) {
      const row: PaymentRow = change.row;
      const sending: PaymentSending = row.sending;
      void sending.sends;
      return store.commit(change, releasing);
    },
    async leaseDue(request: LeaseRequest): Promise<LeasedPayment[]> {
      return store.leaseDue(request);
    },
    async callbacks(paymentId): Promise<StoredCallback[]> {
      return store.callbacks(paymentId);
    },
    async releaseEvent(eventId, entry, release: EventRelease) {
      await store.releaseEvent(eventId, entry, release);
    },
  };
}

export const shown: [ExportedPayment, ExportedRefund, ExportedAuditEntry] = [
  { referenceId: '', externalId: 'order-1', amount: '5000', currency: 'RWF', state: 'successful' },
  { atMs: 0, amount: '5000', reference: 'T-1', by: 'Amina', approvedBy: 'Jean', note: '' },
  { paymentId: '', atMs: 0, direction: 'inbound-from-app', action: 'charge' },
];
