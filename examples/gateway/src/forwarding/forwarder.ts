import { createHmac } from 'node:crypto';
import type { Apps } from '../apps/apps.ts';
import type { Log } from '../log.ts';
import { callbackUrlProblem } from './callback-address.ts';
import type { Forward, Outbox } from './forward.ts';
import { type Attempt, type SendOptions, send } from './send.ts';

/** At once, in this process; and no app holds more than a few of them up with a slow server. */
const maxRunning = 16;
const maxRunningPerApp = 4;

/** What is due is sent, several at a time. */
export interface Forwarder {
  /** Begins to send what is due, as much as there is room for, and waits for none of it. */
  sendDue(): Promise<void>;
  /** Settles when all that was begun has been sent, and recorded. */
  finish(): Promise<void>;
}

export function createForwarder(
  { outbox, apps, log, options }: { outbox: Outbox; apps: Apps; log: Log; options: SendOptions },
  onRoom: () => void,
): Forwarder {
  const sending = new Set<Promise<void>>();
  const running = new Map<string, number>();
  const count = () => [...running.values()].reduce((sum, some) => sum + some, 0);

  async function attempt({ appId, body, callbackUrl }: Forward): Promise<Attempt> {
    try {
      const url = callbackUrl ?? (await apps.get(appId))?.callbackUrl;
      if (url === undefined) return { isDelivered: false, outcome: 'no-callback-url' };
      // The rules may have become stricter since it was accepted.
      if (callbackUrlProblem(url, options.arePrivateAllowed)) return { isDelivered: false, outcome: 'refused-url' };
      const signature = createHmac('sha256', await apps.signingKey(appId))
        .update(body, 'utf8')
        .digest('hex');
      return await send(url, body, { 'X-MoMo-Proxy-Signature': signature }, options);
    } catch (error) {
      log.error('forward', error);
      return { isDelivered: false, outcome: 'gateway-error' };
    }
  }

  async function forward(due: Forward): Promise<void> {
    const { appId, eventId } = due;
    running.set(appId, (running.get(appId) ?? 0) + 1);
    try {
      const atMs = Date.now();
      const result = await attempt(due);
      const recorded = { ...result, atMs, durationMs: Date.now() - atMs };
      const state = await outbox.record(due, recorded);
      log.info('forward', { eventId, appId, ...recorded, state, attempt: due.attempts + 1 });
    } finally {
      running.set(appId, (running.get(appId) ?? 1) - 1);
      if (running.get(appId) === 0) running.delete(appId);
    }
  }

  return {
    async sendDue() {
      while (count() < maxRunning) {
        const busy = [...running].filter(([, some]) => some >= maxRunningPerApp).map(([appId]) => appId);
        const due = await outbox.take(Math.min(maxRunningPerApp, maxRunning - count()), busy);
        if (due.length === 0) break;
        for (const one of due) {
          const work = forward(one)
            .catch((error) => log.error('forward', error))
            .finally(() => {
              sending.delete(work);
              onRoom();
            });
          sending.add(work);
        }
      }
    },
    finish: async () => {
      await Promise.all(sending);
    },
  };
}
