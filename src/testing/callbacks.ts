import { parseUrl } from '../payment/urls.js';
import type { SimulatedClock } from './clock.js';
import { toStatusBody } from './status-bodies.js';
import type { CallbackOverrides, MomoSandboxOptions, SandboxCallback, SandboxPayment } from './types.js';

const defaultUrl = 'https://merchant.example/momo/callback';

// As captured from MTN: no signature, no credential.
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'user-agent': 'LWAC Http Client 1.0',
} as const;

/** As captured of a request to pay: no reference id, no payer message, the reason a bare code. */
function toCallbackBody(payment: SandboxPayment): Record<string, unknown> {
  // Of these there is no capture; by MTN's texts they resemble the status answer.
  if (!payment.operation.startsWith('requestTo')) return toStatusBody(payment, 'string');
  const { financialTransactionId, externalId, amount, currency, payer, payeeNote, status, reason } = payment;
  return {
    ...(financialTransactionId === undefined ? {} : { financialTransactionId }),
    externalId,
    amount,
    currency,
    payer,
    ...(payeeNote === undefined ? {} : { payeeNote }),
    status,
    ...(reason === undefined ? {} : { reason: reason.code }),
  };
}

/** The payment as it would be if the claimed status were true. */
function claim(payment: SandboxPayment, status: string): SandboxPayment {
  if (status === payment.status) return payment;
  const { financialTransactionId: _id, reason: _reason, ...rest } = payment;
  return {
    ...rest,
    status: status as SandboxPayment['status'],
    ...(status === 'SUCCESSFUL' ? { financialTransactionId: '1000000' } : {}),
    ...(status === 'FAILED' ? { reason: { code: 'APPROVAL_REJECTED' } } : {}),
  };
}

/** A callback request as MTN would make it, or as the overrides say. */
export function forgeCallback(payment: SandboxPayment, overrides: CallbackOverrides = {}): Request {
  const claimed = overrides.status === undefined ? payment : claim(payment, overrides.status);
  return new Request(overrides.url ?? payment.callbackUrl ?? defaultUrl, {
    method: overrides.method ?? payment.callbackMethod,
    headers: { ...headers, ...overrides.headers },
    body: JSON.stringify({ ...toCallbackBody(claimed), ...overrides.body }),
  });
}

/** Delivers the callback of a payment that became final, if it asked for one, and keeps what came of it. */
export function createCallbackDelivery(
  clock: SimulatedClock,
  options: MomoSandboxOptions['callbacks'],
  { onChange, signal }: { readonly onChange: () => void; readonly signal?: AbortSignal | undefined },
): { readonly list: readonly SandboxCallback[]; deliver(payment: SandboxPayment): void } {
  const list: SandboxCallback[] = [];

  async function deliverAll(payment: SandboxPayment, callbackUrl: string): Promise<void> {
    if (options === undefined) return;
    const { fetch, method = payment.callbackMethod, times = 1, delayMs = 0 } = options;
    await clock.delay(delayMs, signal);
    for (let sent = 0; sent < times; sent += 1) {
      const record = {
        referenceId: payment.referenceId,
        method,
        url: `${parseUrl(callbackUrl)?.origin}/***`,
        atMs: clock.now(),
      };
      const index = list.push(record) - 1;
      onChange();
      try {
        const response = await fetch(forgeCallback(payment, { method, url: callbackUrl }));
        list[index] = { ...record, status: response.status };
      } catch (error) {
        // The merchant's server is down: MTN shrugs. Only the name, for the message may quote the URL.
        list[index] = { ...record, error: error instanceof Error ? error.name : 'Error' };
      }
      onChange();
    }
  }

  return {
    list,
    deliver(payment) {
      // All that rejects is the delay of one that is called off.
      if (payment.callbackUrl !== undefined) deliverAll(payment, payment.callbackUrl).catch(() => {});
    },
  };
}
