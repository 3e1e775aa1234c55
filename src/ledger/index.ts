export { MomoError } from '../errors.js';
export type { AuditDirection, AuditEntry } from './audit.js';
export type { ChargeOptions, ChargeRequest } from './charge.js';
export type { DeliveryResult } from './deliver.js';
export type { LedgerEvent, LedgerEventType } from './event.js';
export { PaymentLedger } from './ledger.js';
export { memoryPaymentStore } from './memory-store.js';
export type { LedgerCallOptions, LedgerClient, LedgerNotice, PaymentLedgerOptions } from './options.js';
export type { LedgerPayment, PaymentRecord, Refund, ReviewItem, ReviewNote, ReviewReason } from './payment.js';
export type { Organisation, Receipt } from './receipt.js';
export * from './reconcile/index.js';
export type { RefundRequest } from './refund.js';
export type { Resolution, ReviewCase } from './review.js';
export type { Settlement } from './settle.js';
export type {
  EventRelease,
  LeasedPayment,
  LeaseRequest,
  PaymentChange,
  PaymentFilter,
  PaymentRow,
  PaymentSending,
  PaymentStore,
  StoredCallback,
} from './store.js';
export type { SweepResult } from './sweep.js';
