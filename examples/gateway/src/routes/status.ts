import { isFinal } from 'momo-collections';
import type { LedgerPayment } from 'momo-collections/ledger';
import { statusOf } from '../payments/status.ts';
import { within } from '../payments/within.ts';
import type { RouteContext, Services } from './context.ts';

/** Then what is known has to do. */
const liveReadWithinMs = 5_000;

function view(payment: LedgerPayment, callbackForwarded: boolean) {
  const { referenceId, externalId, amount, currency, payer, financialTransactionId, reason } = payment;
  return {
    referenceId,
    externalId,
    status: statusOf(payment),
    amount,
    currency,
    payer,
    financialTxId: financialTransactionId ?? null,
    failureReason: reason?.code ?? null,
    callbackForwarded,
    createdAt: new Date(payment.createdAtMs).toISOString(),
    updatedAt: new Date(payment.updatedAtMs).toISOString(),
  };
}

/** `GET /status/{referenceId}` */
export function status({ ledger, outbox, liveReads }: Services) {
  return async (c: RouteContext) => {
    const referenceId = c.req.param('referenceId') ?? '';
    const known = await ledger.get(referenceId);
    if (known === undefined) return c.json({ error: 'No payment has this reference id.' }, 404);
    if (known.scope !== c.get('app').id) return c.json({ error: 'This payment belongs to another app.' }, 403);
    const live = isFinal(known.state) ? known : await within(liveReads.read(known.id), liveReadWithinMs);
    const payment = live ?? (await ledger.get(known.id)) ?? known;
    return c.json(view(payment, await outbox.isForwarded(payment.id)), 200);
  };
}
