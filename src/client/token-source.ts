import { readAccessToken } from '../operations/access-token.js';
import { type Answer, shownAnswer, shownReason } from './answer.js';
import { answerFailure } from './answer-failure.js';
import { CallScope } from './call-scope.js';
import type { Clock } from './clock.js';
import type { Report } from './events.js';
import { Failure, Interruption } from './failure.js';
import { StoreGuard } from './store-guard.js';
import type { StoredToken, TokenStore } from './token-store.js';

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

/** A token of ours, and when it was renewed because MTN had refused the one before. */
interface HeldToken extends StoredToken {
  readonly renewedAtMs?: number | undefined;
}

/** One refresh, shared by all who wait for it; the last one to leave ends it. */
interface Refresh {
  readonly promise: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

export interface TokenSourceOptions {
  readonly clock: Clock;
  readonly store: TokenStore | undefined;
  /** The store's key for these credentials. */
  readonly storeKey: () => Promise<string>;
  /** Asks MTN, with the retries of a read. */
  readonly ask: (scope: CallScope, report: Report) => Promise<Answer>;
}

/**
 * The access token of one set of credentials: reused while fresh, renewed by one request however many callers wait.
 * A caller that gives up disturbs nobody.
 */
export class TokenSource {
  readonly #options: TokenSourceOptions;
  #held: HeldToken | undefined;
  #refresh: Refresh | undefined;
  #refusal: { readonly failure: Failure; readonly atMs: number } | undefined;
  /** The last token that MTN refused: a store may still have it. */
  #refusedToken: string | undefined;
  /** A refused token is to be replaced: the next one counts as renewed. */
  #isRenewal = false;

  constructor(options: TokenSourceOptions) {
    this.#options = options;
  }

  /** A fresh token. Joins a refresh that is under way, and starts one otherwise. */
  async get(scope: CallScope, report: Report): Promise<StoredToken> {
    for (;;) {
      const held = this.#held;
      if (held !== undefined && this.#isFresh(held)) {
        report({ operation: 'createAccessToken', type: 'token', source: 'memory' });
        return held;
      }
      this.#throwWhileRefused();
      const isFirst = this.#refresh === undefined;
      this.#refresh ??= this.#startRefresh(report);
      await this.#join(this.#refresh, scope);
      // Gone again when a faster caller had it refused: look once more.
      if (this.#held === undefined) continue;
      // The refresh itself reported for the caller that started it.
      if (!isFirst) report({ operation: 'createAccessToken', type: 'token', source: 'memory' });
      return this.#held;
    }
  }

  /**
   * MTN answered 401 to this token. False means: give up, for the token is brand-new and another one would fare no
   * better. True: ask {@link get} again; a newer token than this one is kept.
   */
  refuse(accessToken: string): boolean {
    const held = this.#held;
    if (held?.accessToken !== accessToken) return true;
    const { renewedAtMs } = held;
    if (renewedAtMs !== undefined && this.#isWithin(renewedAtMs, refusalLastsMs)) return false;
    this.#held = undefined;
    this.#refusedToken = accessToken;
    this.#isRenewal = true;
    return true;
  }

  #isWithin(sinceMs: number, lastsMs: number): boolean {
    const ageMs = this.#options.clock.now() - sinceMs;
    return ageMs >= 0 && ageMs < lastsMs;
  }

  #isFresh({ issuedAtMs, expiresAtMs }: StoredToken): boolean {
    const nowMs = this.#options.clock.now();
    // Issued in the future: our clock was set back, and nothing says how old the token is.
    if (issuedAtMs !== undefined && nowMs < issuedAtMs - clockSkewMs) return false;
    const halfLifeMs = issuedAtMs === undefined ? renewBeforeExpiryMs : (expiresAtMs - issuedAtMs) / 2;
    return nowMs < expiresAtMs - Math.min(renewBeforeExpiryMs, halfLifeMs);
  }

  #throwWhileRefused(): void {
    const refusal = this.#refusal;
    if (refusal === undefined) return;
    if (this.#isWithin(refusal.atMs, refusalLastsMs)) throw refusal.failure;
    this.#refusal = undefined;
  }

  #startRefresh(report: Report): Refresh {
    const controller = new AbortController();
    const scope = new CallScope(this.#options.clock, refreshDeadlineMs, controller.signal);
    const promise = this.#renew(scope, report)
      .then((source) => report({ operation: 'createAccessToken', type: 'token', source }))
      .catch((error: unknown) => {
        // The refresh's own bounds, not those of a caller.
        if (!(error instanceof Interruption)) throw error;
        throw new Failure('timeout', 'MTN gave no access token in time. Try again.', { isRetryable: true });
      })
      .finally(() => {
        scope.close();
        if (this.#refresh === refresh) this.#refresh = undefined;
      });
    promise.catch(() => {});
    const refresh: Refresh = { promise, controller, waiting: 0 };
    return refresh;
  }

  async #join(refresh: Refresh, scope: CallScope): Promise<void> {
    refresh.waiting++;
    try {
      await scope.run(() => refresh.promise);
    } finally {
      refresh.waiting--;
      if (refresh.waiting === 0) {
        if (this.#refresh === refresh) this.#refresh = undefined;
        refresh.controller.abort();
      }
    }
  }

  async #renew(scope: CallScope, report: Report): Promise<'store' | 'mtn'> {
    const { store, storeKey } = this.#options;
    const guard = new StoreGuard(scope, store, store === undefined ? '' : await storeKey());
    if (await this.#takeFromStore(guard)) return 'store';
    const lock = await guard.lock(lockTtlMs);
    if (lock.state === 'held') {
      for (let poll = 0; poll < lockPolls; poll++) {
        await scope.sleep(lockPollMs);
        if (await this.#takeFromStore(guard)) return 'store';
      }
      // Its owner may be dead; a second token does no harm.
      await this.#askMtn(guard, scope, report);
      return 'mtn';
    }
    try {
      // Another may have written one between our look and our lock.
      if (store?.lock !== undefined && (await this.#takeFromStore(guard))) return 'store';
      await this.#askMtn(guard, scope, report);
      return 'mtn';
    } finally {
      await lock.release();
    }
  }

  async #takeFromStore(guard: StoreGuard): Promise<boolean> {
    const token = await guard.get();
    if (token === undefined) return false;
    if (token.accessToken === this.#refusedToken) {
      await guard.delete();
      return false;
    }
    if (!this.#isFresh(token)) return false;
    this.#held = token;
    this.#isRenewal = false;
    return true;
  }

  async #askMtn(guard: StoreGuard, scope: CallScope, report: Report): Promise<void> {
    const { ask, clock } = this.#options;
    const answer = await ask(scope, report);
    const token = answer.status === 200 ? readAccessToken(answer.json) : undefined;
    const nowMs = clock.now();
    if (token === undefined) throw this.#refused(answer, nowMs);
    // Issued when the answer came, so that a slow answer makes no token look older or younger than it may be used.
    const stored = { accessToken: token.accessToken, issuedAtMs: nowMs, expiresAtMs: nowMs + token.lifeMs };
    this.#held = { ...stored, renewedAtMs: this.#isRenewal ? nowMs : undefined };
    this.#isRenewal = false;
    await guard.set(stored);
  }

  #refused(answer: Answer, nowMs: number): Failure {
    const isLogin = answer.reason?.code === 'login_failed';
    if (!isLogin && answer.status !== 401) return answerFailure(answer, nowMs);
    const hint =
      answer.writer === 'gateway'
        ? 'Check that subscriptionKey is an active key of the Collections product on this base URL'
        : 'Check that apiUser and apiKey are right, belong to this subscription key, and were made for this environment';
    const failure = new Failure(
      'unauthorized',
      `MTN refused the credentials (${shownAnswer(answer)}). ${hint}. MTN is not asked again for 30 seconds.`,
      { status: answer.status, reason: shownReason(answer) },
    );
    this.#refusal = { failure, atMs: nowMs };
    return failure;
  }
}
