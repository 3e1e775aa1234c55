import { type LedgerClient, PaymentLedger } from 'momo-collections/ledger';
import type { Configuration } from './configuration.ts';
import { isResult } from './forwarding/body.ts';
import { createForwarder } from './forwarding/forwarder.ts';
import type { Resolve } from './forwarding/send.ts';
import type { Log } from './log.ts';
import { type Loop, startLoop } from './loop.ts';
import { createLiveReads } from './payments/live-reads.ts';
import { within } from './payments/within.ts';
import { createRoutes } from './routes/routes.ts';
import type { Stores } from './stores.ts';

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly configuration: Configuration;
  readonly stores: Stores;
  readonly client: LedgerClient;
  readonly log: Log;
  readonly resolve?: Resolve;
}

/** A gateway at work: polling and forwarding have begun. */
export interface Gateway {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  /** Settles when what was begun is done, and nothing new begins. */
  stop(): Promise<void>;
}

const forwardTimeoutMs = 10_000;
const backgroundWithinMs = 2_000;
export function startGateway({ configuration, stores, client, log, resolve }: GatewayOptions): Gateway {
  const { publicUrl, callbackSecrets, leaseMs, pollSchedule, arePrivateCallbacksAllowed } = configuration;
  const { payments, apps, outbox, database } = stores;
  const ledger = new PaymentLedger({
    client,
    store: payments,
    ...(publicUrl !== undefined && { callbackUrl: `${publicUrl}/callback` }),
    callbackSecrets,
    leaseMs,
    schedule: pollSchedule,
    onEvent: (notice) => {
      if (notice.type === 'problem') log.error(notice.action, notice.error, { paymentId: notice.paymentId });
    },
  });
  const options = {
    arePrivateAllowed: arePrivateCallbacksAllowed,
    timeoutMs: forwardTimeoutMs,
    ...(resolve && { resolve }),
  };
  const forwarder = createForwarder({ outbox, apps, log, options }, () => loops.forward.nudge());

  // The event is handed out again until this has settled, so that a result is on its way before it is forgotten.
  const addToOutbox = () =>
    ledger.deliverEvents(async (event) => {
      const { metadata, scope } = event.payment;
      const hasAddress = metadata?.callbackUrl !== undefined || (await apps.get(scope))?.callbackUrl !== undefined;
      if (!isResult(event) || !hasAddress) return;
      await outbox.add(event);
      loops.forward.nudge();
    });
  const loop = (name: string, pauseMs: number, work: () => Promise<unknown>) =>
    startLoop(pauseMs, work, (error) => log.error(name, error));
  const loops: Record<'poll' | 'deliver' | 'forward', Loop> = {
    poll: loop('poll', 1_000, async () => {
      const { changed } = await ledger.pollDue({ limit: 24 });
      if (changed > 0) loops.deliver.nudge();
    }),
    deliver: loop('deliver', 1_000, addToOutbox),
    forward: loop('forward', 1_000, () => forwarder.sendDue()),
  };

  const background = new Set<Promise<unknown>>();
  const inBackground = (work: Promise<unknown>) => {
    // Whoever waits for it hears of its error.
    const quiet: Promise<unknown> = work.catch(() => undefined).finally(() => background.delete(quiet));
    background.add(quiet);
  };
  const onNews = () => loops.deliver.nudge();
  const liveReads = createLiveReads(ledger, onNews);
  const services = { configuration, ledger, payments, apps, outbox, liveReads, log, onNews, inBackground };
  const routes = createRoutes(services, database);
  return {
    fetch: (request) => routes.fetch(request),
    async stop() {
      // A send that hangs is taken up after the next start, like one that was cut off.
      await within(Promise.all(background), backgroundWithinMs);
      await Promise.all([loops.poll.stop(), loops.deliver.stop(), loops.forward.stop()]);
      await forwarder.finish();
    },
  };
}
