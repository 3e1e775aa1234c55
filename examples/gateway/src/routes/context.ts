import type { Context } from 'hono';
import type { PaymentLedger, PaymentStore } from 'momo-collections/ledger';
import type { App, Apps } from '../apps/apps.ts';
import type { Configuration } from '../configuration.ts';
import type { Outbox } from '../forwarding/forward.ts';
import type { Log } from '../log.ts';
import type { LiveReads } from '../payments/live-reads.ts';

/** What the routes work with. */
export interface Services {
  readonly configuration: Configuration;
  readonly ledger: PaymentLedger;
  readonly payments: PaymentStore;
  readonly apps: Apps;
  readonly outbox: Outbox;
  readonly liveReads: LiveReads;
  readonly log: Log;
  /** Something may have become final: tell the apps soon. */
  readonly onNews: () => void;
  /** Work that outlives its request; a stop waits for it. */
  readonly inBackground: (work: Promise<unknown>) => void;
}

/** What a request carries along: the app, once it is known. */
export interface Env {
  readonly Variables: { app: App };
}

export type RouteContext = Context<Env>;
