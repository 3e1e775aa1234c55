import type { CallbackContext } from '../callback/handler-options.js';
import type { AuditEntry } from './audit.js';
import { handleCallback } from './callbacks.js';
import { type ChargeOptions, type ChargeRequest, charge } from './charge.js';
import { type DeliveryResult, deliver } from './deliver.js';
import type { LedgerEvent } from './event.js';
import { checkFilter } from './filter.js';
import { checkLedgerOptions, checkLimit, type LedgerSettings, type PaymentLedgerOptions } from './options.js';
import type { LedgerPayment } from './payment.js';
import { refresh } from './read.js';
import { type Receipt, withStatus } from './receipt.js';
import { markRefunded, type RefundRequest } from './refund.js';
import { listReview, type Resolution, type ReviewCase, resolve } from './review.js';
import { type Settlement, settle } from './settle.js';
import { findRow, requireRow } from './step.js';
import type { PaymentFilter } from './store.js';
import { type SweepResult, sweep } from './sweep.js';

/**
 * Payments kept in a database: one order, one charge, one receipt, whatever crashes and however many processes run.
 *
 * `charge` asks for the money, `handleCallback` and `pollDue` learn what came of it from MTN's own status read, and
 * `deliverEvents` tells your app. Every change is written together with its audit entry, event and receipt, or not at all.
 *
 * @example
 * ```ts
 * import { memoryPaymentStore, PaymentLedger } from 'momo-collections/ledger';
 *
 * const ledger = new PaymentLedger({ client, store: memoryPaymentStore() });
 * await ledger.charge({ externalId: 'order-17', amount: '5000', currency: 'RWF', payer: '250788123456' });
 * await ledger.pollDue();
 * await ledger.deliverEvents(({ type, paymentId }) => console.log(type, paymentId));
 * ```
 */
export class PaymentLedger {
  readonly #settings: LedgerSettings;

  /**
   * @throws MomoError `invalid_input` with every problem of the options; no value is quoted.
   * @example
   * ```ts
   * import { memoryPaymentStore, PaymentLedger } from 'momo-collections/ledger';
   *
   * const ledger = new PaymentLedger({
   *   client,
   *   store: memoryPaymentStore(),
   *   callbackUrl: 'https://pay.example.com/momo',
   *   callbackSecrets: [currentSecret, previousSecret],
   * });
   * ```
   */
  constructor(options: PaymentLedgerOptions) {
    this.#settings = checkLedgerOptions(options);
  }

  /**
   * Charges an order, once: the payment of (`scope`, `externalId`, `attempt`) is made, or the one there is comes back, in
   * whatever state. Its reference id and exact body are stored before anything is sent.
   *
   * It returns when MTN has taken it, has refused it, or has not answered in time; what is still open `pollDue` finishes.
   * A refusal of MTN's is a payment that is `failed`, not an error. An abort ends the waiting, not the payment.
   *
   * @throws MomoError `invalid_input` (nothing was stored), `reference_conflict` (the order is there with another amount,
   *   currency or payer), `invalid_transition` (the attempt before has not failed by MTN's word), or, when that word could
   *   not be had, the error of the status read
   * @example
   * ```ts
   * const { id, state } = await ledger.charge({
   *   externalId: 'order-17', amount: '5000', currency: 'RWF', payer: '250788123456',
   * });
   * ```
   */
  async charge(request: ChargeRequest, options: ChargeOptions = {}): Promise<LedgerPayment> {
    return charge(this.#settings, request, options);
  }

  /**
   * Takes a callback of MTN's, at the URL that `charge` gave it: keeps it, reads the payment's status, and goes by that.
   * What the callback itself claims changes nothing. Can be passed on as it is: `toNodeHandler(ledger.handleCallback)`.
   *
   * @param context - With `waitUntil` it answers first and reads after.
   * @returns 404 without a valid signed URL; otherwise as `createCallbackHandler`.
   * @example
   * ```ts
   * const server = { fetch: ledger.handleCallback };
   * ```
   */
  readonly handleCallback = (request: Request, context?: CallbackContext): Promise<Response> =>
    handleCallback(this.#settings, request, context);

  /**
   * Looks after every payment that is due: sends what a crash left unsent, reads what is open, gives up what is too old.
   * Call it every few seconds, in as many processes as you like: each payment is looked after by one at a time, and all
   * together make at most 8 reads in any second.
   *
   * A payment is read on the ledger's schedule for 10 minutes; then it is `uncertain`, and read after 5, 15 and 60 minutes
   * and every 6 hours for 7 days. One that expired, or that a person called failed without MTN's word, is read once more
   * after an hour.
   *
   * @param options - `limit`: how many payments at most; default 100.
   * @throws MomoError `invalid_input` for a limit that is none
   * @example
   * ```ts
   * setInterval(() => void ledger.pollDue().catch(console.error), 2_000);
   * ```
   */
  async pollDue(options: { readonly limit?: number | undefined } = {}): Promise<SweepResult> {
    const limit = checkLimit('pollDue', options, 100);
    return sweep(this.#settings, limit);
  }

  /**
   * Hands out what happened to payments, at least once each, in order for each payment. An event is done when the handler
   * has settled. When it throws, or has not settled after `leaseMs`, the event comes again with the next call; from the
   * third failure on after 2 s, 4 s and so on up to 5 minutes, while other payments go on. One whose process died comes
   * again too.
   *
   * @param options - `limit`: how many events at most; default 1 000.
   * @throws MomoError `invalid_input`; what the store throws
   * @example
   * ```ts
   * await ledger.deliverEvents(async ({ id, type, payment }) => {
   *   if (type === 'payment.successful') await orders.markPaid(id, payment);
   * });
   * ```
   */
  async deliverEvents(
    handler: (event: LedgerEvent) => unknown,
    options: { readonly limit?: number | undefined } = {},
  ): Promise<DeliveryResult> {
    const limit = checkLimit('deliverEvents', options, 1_000);
    return deliver(this.#settings, handler, limit);
  }

  /**
   * A payment as it stands in the ledger; nothing is asked of MTN. Undefined when there is none.
   *
   * @example
   * ```ts
   * const payment = await ledger.get(referenceId);
   * ```
   */
  async get(id: string): Promise<LedgerPayment | undefined> {
    return (await findRow(this.#settings, id))?.payment;
  }

  /**
   * Asks MTN at once what became of a payment, writes it down as `pollDue` would, and gives the payment as it then stands.
   * It takes one of the fleet's 8 reads a second, so ask when somebody waits for the answer, and not in a loop.
   *
   * When MTN cannot be asked just now the payment comes back as it was: nothing new is known. So does one that was never
   * sent, of which MTN knows nothing.
   *
   * @throws MomoError `not_found`
   * @example
   * ```ts
   * const { state } = await ledger.refresh(referenceId);
   * ```
   */
  async refresh(id: string): Promise<LedgerPayment> {
    return refresh(this.#settings, id);
  }

  /**
   * Payments by creation, oldest first, for reports and reconciliation: read in pages, however many there are.
   *
   * @throws MomoError `invalid_input` for a filter that is none
   * @example
   * ```ts
   * for await (const payment of ledger.list({ states: ['failed', 'expired'] })) console.log(payment.externalId);
   * ```
   */
  async *list(filter: PaymentFilter = {}): AsyncGenerator<LedgerPayment, void, undefined> {
    for await (const { payment } of this.#settings.store.list(checkFilter(filter))) yield payment;
  }

  /**
   * The history of many payments, payment after payment as {@link list} gives them: for `exportAudit`.
   *
   * @throws MomoError `invalid_input` for a filter that is none
   * @example
   * ```ts
   * for await (const text of exportAudit(ledger.listAudit({ scope: 'books' }))) console.log(text);
   * ```
   */
  async *listAudit(filter: PaymentFilter = {}): AsyncGenerator<AuditEntry, void, undefined> {
    for await (const { id } of this.list(filter)) yield* await this.#settings.store.audit(id);
  }

  /**
   * The receipt of a payment: made once, when MTN's status read said paid. It stays after a refund, and says so.
   * Undefined for a payment that was never successful, and for the second success of one order.
   *
   * @throws MomoError `not_found`
   * @example
   * ```ts
   * const receipt = await ledger.receipt(referenceId);
   * if (receipt) console.log(receipt.number, receipt.amount, receipt.currency);
   * ```
   */
  async receipt(id: string): Promise<Receipt | undefined> {
    const { payment } = await requireRow(this.#settings, id);
    const receipt = await this.#settings.store.receipt(payment.id);
    return receipt && withStatus(receipt, payment);
  }

  /**
   * What needs a person, oldest payment first: one entry for each open question.
   *
   * @param options - `limit`: how many entries at most; default 1 000.
   * @example
   * ```ts
   * for (const { id, reason, payment } of await ledger.review()) console.log(id, reason, payment.amount);
   * ```
   */
  async review(options: { readonly limit?: number | undefined } = {}): Promise<ReviewCase[]> {
    const limit = checkLimit('review', options, 1_000);
    return listReview(this.#settings, limit);
  }

  /**
   * Closes the open questions of a payment by a person's decision. MTN is asked first: `successful` is refused unless MTN
   * says paid, as asked for; `failed` and `expired` are refused while MTN says paid or pending, and before the payment's
   * time is over. Refused or not, it is in the audit, and what MTN said is taken in.
   *
   * @throws MomoError `not_found`, `invalid_input`, `invalid_transition` (it cannot be decided so), and, when MTN could
   *   not be asked, the error of the status read
   * @example
   * ```ts
   * await ledger.resolve(referenceId, { state: 'failed', by: 'Amina', note: 'Not on the statement of May' });
   * ```
   */
  async resolve(id: string, resolution: Resolution): Promise<LedgerPayment> {
    return resolve(this.#settings, id, resolution);
  }

  /**
   * Writes down that money was given back; the ledger moves none. Partial refunds add up, and when all is back the state
   * is `refunded`. One `reference` counts once.
   *
   * @throws MomoError `not_found`, `invalid_input` (more than was paid), `invalid_transition` (it is not successful),
   *   `reference_conflict` (the reference stands for another amount)
   * @example
   * ```ts
   * await ledger.markRefunded(referenceId, {
   *   amount: '2000', reference: 'transfer-88', by: 'Amina', approvedBy: 'Jean', note: 'One book was sold out',
   * });
   * ```
   */
  async markRefunded(id: string, refund: RefundRequest): Promise<LedgerPayment> {
    return markRefunded(this.#settings, id, refund);
  }

  /**
   * Writes down what the provider's statement says of a payment: its settlement, and the fees where known.
   *
   * @throws MomoError `not_found`, `invalid_input`
   * @example
   * ```ts
   * await ledger.markSettled(referenceId, { reference: 'settlement-2026-05', fees: '75', by: 'reconciliation' });
   * ```
   */
  async markSettled(id: string, settlement: Settlement): Promise<LedgerPayment> {
    return settle(this.#settings, id, settlement);
  }

  /**
   * A payment's whole history, oldest first: who asked for what, what went to MTN and came from there, what your app was
   * told. No secret and no phone number is in it.
   *
   * @throws MomoError `not_found`
   * @example
   * ```ts
   * for (const { atMs, direction, action, outcome } of await ledger.audit(referenceId)) {
   *   console.log(new Date(atMs).toISOString(), direction, action, outcome);
   * }
   * ```
   */
  async audit(id: string): Promise<AuditEntry[]> {
    const { payment } = await requireRow(this.#settings, id);
    return this.#settings.store.audit(payment.id);
  }
}
