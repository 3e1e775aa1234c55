import { readAccessToken } from '../operations/access-token.js';
import { type Call, openCall } from './call.js';
import { type Exchange, exchangeFailure } from './exchange.js';
import { Failure, Interruption } from './failure.js';
import type { Settings } from './options.js';
import { type GuardedStore, guardStore } from './store-guard.js';
import type { StoredToken } from './token-store.js';

/**
 * The access token of one set of credentials: reused while fresh, renewed by one request however many callers wait.
 * A caller that gives up disturbs nobody.
 */
export interface TokenSource {
  /** A fresh token. Joins a refresh that is under way, and starts one otherwise. */
  get(call: Call): Promise<StoredToken>;
  /**
   * MTN answered 401 to this token. False means: give up, for it is brand-new and another one would fare no better.
   * True: {@link get} again; a newer token than this one is kept.
   */
  refuse(accessToken: string): boolean;
}

/** A hash of everything a token depends on: two merchants never share one, and a wrong key never borrows a right one's. */
async function storeKeyOf({ baseUrl, targetEnvironment, apiUser, apiKey, subscriptionKey }: Settings): Promise<string> {
  const text = JSON.stringify([baseUrl, targetEnvironment, apiUser, apiKey, subscriptionKey]);
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @param ask - Asks MTN, with the retries of a read. */
export function createTokenSource(settings: Settings, ask: (call: Call) => Promise<Exchange>): TokenSource {
  /** MTN asks to renew about 10 minutes before a token ends. */
  const renewBeforeExpiryMs = 600_000;
  /** For this long after MTN refused our credentials, or a token just renewed, it is not asked again. */
  const refusalLastsMs = 30_000;
  /** A machine that writes a token may have a clock this far ahead of ours. */
  const clockSkewMs = 60_000;
  const refreshDeadlineMs = 120_000;
  const lockTtlMs = 60_000;
  const lockPollMs = 250;
  const lockPolls = 20;
  const { clock, tokenStore } = settings;
  let held: StoredToken | undefined;
  /** When the held token was got in place of one that MTN had refused. */
  let renewedAtMs = -Infinity;
  /** A refused token is to be replaced: the next one counts as renewed. */
  let isRenewal = false;
  /** The last token that MTN refused: a store may still have it. */
  let refusedToken: string | undefined;
  /** Where the held token came in place of a refused one from the store; when it is refused too, the store lies. */
  let isSecondHand = false;
  let isStoreBelieved = true;
  let refusal: { readonly failure: Failure; readonly atMs: number } | undefined;
  /** The refresh under way, shared by all who wait for it; the last one to leave ends it. */
  let refresh: { readonly done: Promise<void>; readonly controller: AbortController; waiting: number } | undefined;

  const isRecent = (atMs: number) => {
    const ageMs = clock.now() - atMs;
    return ageMs >= 0 && ageMs < refusalLastsMs;
  };

  const isFresh = ({ issuedAtMs, expiresAtMs }: StoredToken) => {
    const nowMs = clock.now();
    const halfLifeMs = (expiresAtMs - (issuedAtMs ?? -Infinity)) / 2;
    // Issued in the future: our clock was set back, and nothing says how old the token is.
    const isFromFuture = nowMs < (issuedAtMs ?? 0) - clockSkewMs;
    return !isFromFuture && nowMs < expiresAtMs - Math.min(renewBeforeExpiryMs, halfLifeMs);
  };

  const takeFromStore = async (store: GuardedStore) => {
    const token = isStoreBelieved ? await store.get() : undefined;
    if (token === undefined) return false;
    if (token.accessToken === refusedToken) await store.delete();
    else if (isFresh(token)) {
      held = token;
      isSecondHand = isRenewal;
      renewedAtMs = -Infinity;
      isRenewal = false;
      return true;
    }
    return false;
  };

  const askMtn = async (store: GuardedStore, call: Call) => {
    const exchange = await ask(call);
    const token = exchange.status === 200 ? readAccessToken(exchange.json) : undefined;
    const nowMs = clock.now();
    if (token === undefined) {
      const isRefusal = exchange.status === 401 || exchange.code === 'login_failed';
      if (!isRefusal) throw exchangeFailure(exchange);
      const { status, reason, shown } = exchange;
      const what = `MTN refused the credentials (${shown}), and is not asked again for 30 seconds`;
      const failure = new Failure('unauthorized', what, { status, reason });
      refusal = { failure, atMs: nowMs };
      throw failure;
    }
    held = { accessToken: token.accessToken, issuedAtMs: nowMs, expiresAtMs: nowMs + token.lifeMs };
    renewedAtMs = isRenewal ? nowMs : -Infinity;
    isRenewal = false;
    isSecondHand = false;
    isStoreBelieved = true;
    await store.set(held);
  };

  const renew = async (call: Call): Promise<'store' | 'mtn'> => {
    const store = guardStore(call, tokenStore, tokenStore ? await storeKeyOf(settings) : '');
    if (await takeFromStore(store)) return 'store';
    const release = await store.lock(lockTtlMs);
    try {
      // Held by another: its token will come, unless it is dead; then a second token does no harm.
      for (let poll = 0; release === 'held' && poll < lockPolls; poll++) {
        await call.sleep(lockPollMs);
        if (await takeFromStore(store)) return 'store';
      }
      // Another may have written one between our look and our lock.
      if (release !== 'held' && tokenStore?.lock && (await takeFromStore(store))) return 'store';
      await askMtn(store, call);
      return 'mtn';
    } finally {
      if (release !== 'held') await release();
    }
  };

  const startRefresh = ({ report }: Call) => {
    const controller = new AbortController();
    const call = openCall(clock, report, refreshDeadlineMs, controller);
    const run = async () => {
      try {
        report('createAccessToken', { type: 'token', source: await renew(call) });
      } catch (error) {
        // The refresh's own bounds, not those of a caller.
        throw error instanceof Interruption ? call.interruption(error) : error;
      } finally {
        call.close();
      }
    };
    const started = { done: Promise.resolve().then(run), controller, waiting: 0 };
    started.done.catch(() => {});
    return started;
  };

  return {
    async get(call) {
      for (;;) {
        let isMine = false;
        if (held === undefined || !isFresh(held)) {
          if (refusal !== undefined && isRecent(refusal.atMs)) throw refusal.failure;
          isMine = refresh === undefined;
          refresh ??= startRefresh(call);
          const joined = refresh;
          joined.waiting++;
          try {
            await call.run(() => joined.done);
          } finally {
            if (--joined.waiting === 0) {
              refresh = undefined;
              joined.controller.abort();
            }
          }
        }
        // Gone again when a faster caller had it refused: look once more.
        if (held === undefined) continue;
        // The refresh itself reported for the caller that started it.
        if (!isMine) call.report('createAccessToken', { type: 'token', source: 'memory' });
        return held;
      }
    },
    refuse(accessToken) {
      if (held?.accessToken !== accessToken) return true;
      if (isRecent(renewedAtMs)) return false;
      held = undefined;
      refusedToken = accessToken;
      isRenewal = true;
      isStoreBelieved = !isSecondHand;
      return true;
    },
  };
}
