import { isFinal } from 'momo-collections';
import { type PaymentCallback, parseCallback, verifyCallbackUrl } from 'momo-collections/callback';
import type { LedgerPayment } from 'momo-collections/ledger';
import { createRateLimit } from '../rate-limit.ts';
import type { RouteContext, Services } from './context.ts';

/** Anybody can send a callback without a signed path, so no more than these cause reads; `pollDue` finds the rest. */
const unsignedPerMinute = 120;
/** Attempts of one order, in however many apps. */
const maxMatches = 20;

/** Could a status read still change it? One that timed out may be paid after all. */
const isOpen = ({ state }: LedgerPayment) => !isFinal(state) || state === 'expired';

/** The payments that a callback may be about: by its external id, else by its reference id. */
async function findClaimed(
  { ledger }: Services,
  { externalId, referenceId }: PaymentCallback,
): Promise<LedgerPayment[]> {
  const found: LedgerPayment[] = [];
  if (externalId !== undefined) {
    for await (const payment of ledger.list({ externalId })) {
      if (isOpen(payment)) found.push(payment);
      if (found.length >= maxMatches) break;
    }
  }
  if (found.length === 0 && referenceId !== undefined) {
    const payment = await ledger.get(referenceId);
    if (payment && isOpen(payment)) found.push(payment);
  }
  return found;
}

/** Whatever it claims, all that it does is to have MTN asked. */
async function confirmUnsigned(services: Services, body: string): Promise<void> {
  let callback: PaymentCallback;
  try {
    callback = parseCallback(body);
  } catch {
    return;
  }
  const claimed = await findClaimed(services, callback);
  await Promise.all(claimed.map(({ id }) => services.liveReads.read(id)));
}

/**
 * `POST /callback` and `/callback/{signed path}`, by PUT as well. The answer is 200 whatever came: it tells a stranger
 * nothing, and MTN has nothing to repeat.
 */
export function callback(services: Services) {
  const { ledger, liveReads, configuration, log, onNews, inBackground } = services;
  const takeUnsigned = createRateLimit();
  return async (c: RouteContext) => {
    const { callbackSecrets } = configuration;
    try {
      const known = await verifyCallbackUrl(c.req.url, callbackSecrets);
      if (known !== undefined) {
        // Kept as evidence and confirmed by the ledger. A body it cannot read still says that something happened.
        const { status } = await ledger.handleCallback(c.req.raw);
        if (status !== 200) inBackground(liveReads.read(known.referenceId));
        onNews();
      } else if (takeUnsigned('unsigned', unsignedPerMinute) === 0) {
        const work = confirmUnsigned(services, await c.req.text());
        inBackground(work.catch((error) => log.error('callback', error)));
      } else log.warn('callback-dropped');
    } catch (error) {
      log.error('callback', error);
    }
    return c.body(null, 200);
  };
}
