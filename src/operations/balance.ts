import { closePlain, type Form, takeCurrency } from './create.js';
import type { PlainRequest } from './resource.js';
import { readText } from './wire.js';

/** What is on the merchant's account. */
export interface Balance {
  /** As a decimal string, in major units; may be negative. */
  readonly availableBalance: string;
  readonly currency: string;
}

function readBalance(json: unknown): Balance | undefined {
  const availableBalance = readText(json, 'availableBalance');
  const currency = readText(json, 'currency');
  return availableBalance && currency ? { availableBalance, currency } : undefined;
}

/** @throws MomoError `invalid_input` */
export function prepareBalance(form: Form<{ readonly currency: string | undefined }>): PlainRequest<Balance> {
  const { currency } = form.fields;
  const place = currency === undefined ? '' : `/${takeCurrency(form, currency, 'currency')}`;
  return closePlain(form, 'GET', `v1_0/account/balance${place}`, readBalance);
}
