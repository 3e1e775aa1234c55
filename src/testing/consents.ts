import type { SimulatedClock } from './clock.js';
import type { RandomSource } from './random.js';

/** Seconds: between two tries for a token, and until a consent is asked for in vain. */
export const consentTimes = { interval: 5, expiresIn: 300, tokenLife: 3600, refreshLife: 86_400 };

/** What an account holder was asked to consent to. */
interface Consent {
  readonly msisdn: string;
  readonly scope: string;
  readonly isOffline: boolean;
  readonly refreshLifeSeconds: number;
  readonly ownerKey: string;
}

/** The consents asked for, and the tokens given for them. */
export interface Consents {
  ask(consent: Consent): string;
  find(authReqId: string): Consent | undefined;
  /** A token for it; whatever stood for the consent is used up. */
  redeem(grant: string, consent: Consent): { accessToken: string; refreshToken: string | undefined };
  findRefreshed(refreshToken: string): Consent | undefined;
  findByToken(accessToken: string): Consent | undefined;
}

export function createConsents(clock: SimulatedClock, random: RandomSource): Consents {
  const known = new Map<string, { consent: Consent; expiresAtMs: number }>();
  function keep(prefix: string, id: string, consent: Consent, seconds: number): string {
    known.set(`${prefix} ${id}`, { consent, expiresAtMs: clock.now() + seconds * 1_000 });
    return id;
  }
  function find(key: string): Consent | undefined {
    const found = known.get(key);
    return found !== undefined && clock.now() < found.expiresAtMs ? found.consent : undefined;
  }
  return {
    ask: (consent) => keep('request', random.uuid(), consent, consentTimes.expiresIn),
    find: (authReqId) => find(`request ${authReqId}`),
    redeem(grant, consent) {
      known.delete(`request ${grant}`);
      known.delete(`refresh ${grant}`);
      const { isOffline, refreshLifeSeconds } = consent;
      return {
        accessToken: keep('token', random.hex(48), consent, consentTimes.tokenLife),
        refreshToken: isOffline ? keep('refresh', random.uuid(), consent, refreshLifeSeconds) : undefined,
      };
    },
    findRefreshed: (refreshToken) => find(`refresh ${refreshToken}`),
    findByToken: (accessToken) => find(`token ${accessToken}`),
  };
}
