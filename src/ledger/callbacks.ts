import { createCallbackHandler } from '../callback/handler.js';
import type { CallbackContext } from '../callback/handler-options.js';
import { MomoError } from '../errors.js';
import type { AuditEntry } from './audit.js';
import { clientOf } from './client-of.js';
import type { Draft } from './draft.js';
import type { LedgerSettings } from './options.js';
import { readAndRecord } from './read.js';
import { takeStep } from './step.js';
import type { PaymentRow } from './store.js';

/** MTN sends one or two. More are answered, but neither kept nor read at once. */
const keptCallbacks = 20;

/** For a poll of the app's own on the same client. What goes wrong here the read will say. */
function hint(settings: LedgerSettings, { payment }: PaymentRow): void {
  try {
    clientOf(settings, payment).checkNow(payment.id);
  } catch {}
}

/** Whatever is to be read is read by the next sweep. */
function readSoon(draft: Draft, nowMs: number): void {
  if (draft.row.dueAtMs !== undefined) draft.setDue(Math.min(draft.row.dueAtMs, nowMs));
}

/** @see PaymentLedger.handleCallback */
export async function handleCallback(
  settings: LedgerSettings,
  request: Request,
  context: CallbackContext | undefined,
): Promise<Response> {
  const { store, clock, callbackSecrets } = settings;
  // Nobody can be authenticated, so everybody gets what strangers get.
  if (callbackSecrets.length === 0) return new Response(null, { status: 404 });
  let isKept = true;
  // A handler for each request: what one handler would share among callbacks, leases and permits do for the whole fleet.
  const handler = createCallbackHandler({
    urlSecrets: callbackSecrets,
    now: () => clock.now(),
    onReceived: async (callback, { referenceId }) => {
      const row = await store.get(referenceId);
      if (row === undefined) return;
      const atMs = clock.now();
      const entry: AuditEntry = {
        paymentId: referenceId,
        atMs,
        direction: 'inbound-from-mtn',
        action: 'callback',
        httpStatus: 200,
        outcome: /^[A-Za-z_]{1,60}$/.test(callback.claimedStatus) ? callback.claimedStatus : 'odd-status',
      };
      isKept = await store.addCallback({ paymentId: referenceId, atMs, raw: callback.raw }, entry, keptCallbacks);
      if (isKept) settings.tell({ type: 'audit', entry });
      hint(settings, row);
    },
    read: async (referenceId) => {
      const row = await store.get(referenceId);
      if (row === undefined) throw new MomoError('not_found', 'The ledger has no such payment.', { referenceId });
      if (!isKept) {
        const nowMs = clock.now();
        if ((row.dueAtMs ?? nowMs) > nowMs) await takeStep(settings, row, (draft) => readSoon(draft, nowMs));
        throw new MomoError('rate_limited', 'Too many callbacks of one payment: it is read by pollDue.', {
          referenceId,
        });
      }
      // Whatever the callback claims, the payment becomes what MTN says of it.
      const { timed } = await readAndRecord(settings, row);
      if (timed.reading.kind === 'status') return timed.reading.status;
      throw timed.error;
    },
    onSuccessful: () => undefined,
  });
  return handler(request, context);
}
