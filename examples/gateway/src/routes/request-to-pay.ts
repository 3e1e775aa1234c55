import { MomoError } from 'momo-collections';
import type { ChargeRequest, LedgerPayment } from 'momo-collections/ledger';
import { wasRefused } from '../payments/status.ts';
import { within } from '../payments/within.ts';
import { readChargeRequest } from './charge-request.ts';
import type { RouteContext, Services } from './context.ts';

/**
 * Charges, and waits for MTN only so long: then the payment as it was written down before it was sent is answer enough,
 * and the sending goes on.
 */
async function chargeWithin(services: Services, request: ChargeRequest): Promise<LedgerPayment> {
  const { ledger, payments, configuration, inBackground } = services;
  const charging = ledger.charge(request);
  inBackground(charging);
  const charged = await within(charging, configuration.answerWithinMs);
  if (charged !== undefined) return charged;
  const [row] = await payments.find(request.scope ?? '', request.externalId);
  return row?.payment ?? charging;
}

/** `POST /request-to-pay` */
export function requestToPay(services: Services) {
  return async (c: RouteContext) => {
    const read = readChargeRequest(await c.req.text(), c.get('app'), services.configuration);
    if ('problem' in read) return c.json({ error: read.problem }, 422);
    const { request } = read;
    let payment: LedgerPayment;
    try {
      payment = await chargeWithin(services, request);
    } catch (error) {
      if (MomoError.is(error, 'invalid_input')) {
        const problems = error.issues.map(({ path, message }) => `${path} ${message}`.trim());
        return c.json({ error: `${problems.join('; ')}.` }, 422);
      }
      if (MomoError.is(error, 'reference_conflict')) {
        return c.json({ error: 'This externalId stands for a payment with other details. Nothing was charged.' }, 409);
      }
      throw error;
    }
    const wanted = request.metadata?.callbackUrl;
    if (wanted !== undefined && payment.metadata?.callbackUrl !== wanted) {
      return c.json(
        { error: 'This externalId stands for a payment with another callbackUrl. Nothing was charged.' },
        409,
      );
    }
    if (wasRefused(payment)) {
      const { code = 'unknown', message } = payment.reason ?? {};
      return c.json({ error: `MTN refused the payment: ${code}${message ? ` (${message})` : ''}` }, 502);
    }
    return c.json({ referenceId: payment.referenceId, status: 'PENDING' }, 202);
  };
}
